using LongT5.Evaluation;
using LongT5.Text;

namespace LongT5.Data.Scoring;

/// <summary>Systems that need no model, which any model has to beat.</summary>
public static class Baseline
{
    private const int OracleSentences = 400; // the greedy search is quadratic; the sentences of a long document are enough

    /// <summary>The baselines by name.</summary>
    public static IReadOnlyDictionary<string, Func<Example, string>> All { get; } = new Dictionary<string, Func<Example, string>>
    {
        ["lead-3"] = example => Lead(example.Document, 3),
        ["lead-to-length"] = example => FirstWords(example.Document, Words(example.Targets[0]).Length),
        ["oracle"] = Oracle,
    };

    /// <summary>The first sentences of a document.</summary>
    public static string Lead(string document, int sentences)
        => string.Join("\n", Sentences.Split(document).Take(sentences).Select(range => document[range]));

    /// <summary>The first words of a document.</summary>
    public static string FirstWords(string document, int words) => string.Join(' ', Words(document).Take(words));

    /// <summary>The sentences that ROUGE itself would choose: the best one, then whichever adds most, until none does.</summary>
    /// <remarks>What no extractive system passes by much (Nallapati et al., 2017). It reads the reference, so it is no system.</remarks>
    private static string Oracle(Example example)
    {
        var rouge = new Rouge(RougeProfile.T5);
        var sentences = Sentences.Split(example.Document).Take(OracleSentences).Select(range => example.Document[range]).ToArray();
        double Gain(IEnumerable<int> chosen)
        {
            var scores = rouge.Score(example.Targets[0], string.Join("\n", chosen.Order().Select(i => sentences[i])));
            return scores.One.F + scores.Two.F;
        }

        var (chosen, best) = (new List<int>(), 0.0);
        while (chosen.Count < sentences.Length)
        {
            var (next, gain) = Enumerable.Range(0, sentences.Length).Except(chosen).Select(i => (i, Gain(chosen.Append(i)))).MaxBy(one => one.Item2);
            if (gain <= best) break;
            (best, chosen) = (gain, [.. chosen, next]);
        }
        return string.Join("\n", chosen.Order().Select(i => sentences[i]));
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
