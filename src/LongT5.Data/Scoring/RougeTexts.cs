using LongT5.Evaluation;
using LongT5.Text;

namespace LongT5.Data.Scoring;

/// <summary>
/// Texts as a profile of ROUGE reads them: sentences are split the same way, whichever system wrote them.
/// </summary>
/// <remarks>
/// ROUGE-Lsum takes lines for sentences. A model writes one line, a baseline may write a line a sentence; left as they
/// are, the second would be measured by another measure. So a prediction is made one line first, and then split as the
/// profile splits: <c>t5</c> behind every " . ", <c>huggingface</c> (as its example scripts do) behind every sentence,
/// predictions and references alike, <c>rouge_score</c> not at all. The lines of references stay: they are part of the
/// data set.
/// </remarks>
static class RougeTexts
{
    /// <summary>What a system wrote.</summary>
    public static string Prediction(RougeProfile profile, string text)
        => Split(profile, string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>What it should have written.</summary>
    public static string Reference(RougeProfile profile, string text)
        => profile == RougeProfile.HuggingFace
            ? string.Join('\n', text.Split('\n').Select(line => Split(profile, line))) : text;

    private static string Split(RougeProfile profile, string line)
        => profile == RougeProfile.HuggingFace
            ? string.Join('\n', Sentences.Split(line).Select(range => line[range])) : line;
}
