using LongT5.Text;

namespace LongT5.Evaluation;

/// <summary>What a summary is like beside its document, without any reference.</summary>
/// <param name="Words">Words of the summary.</param>
/// <param name="SentenceCount">Its sentences.</param>
/// <param name="Compression">Words of the document for each word of the summary; 0 for an empty one.</param>
/// <param name="Novelty">The share of its runs of 1, 2, 3 and 4 words that the document does not have (See et al., 2017).</param>
/// <param name="Repetition">The share of its runs of 3 words that it has written before.</param>
/// <param name="CopiedSentences">The share of its sentences that stand in the document, word for word.</param>
public sealed record SummaryTraits(int Words, int SentenceCount, double Compression, double[] Novelty, double Repetition, double CopiedSentences)
{
    private const int LongestGram = 4;
    private const int RepeatedGram = 3;

    /// <summary>Words are compared as ROUGE compares them, without stems.</summary>
    public static SummaryTraits Of(string document, string summary)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(summary);
        var numbers = new WordNumbers(stem: false);
        var (source, written) = (numbers.Read(document), numbers.Read(summary));
        var sentences = Sentences.Split(summary).Select(range => numbers.Read(summary.AsSpan(range))).Where(sentence => sentence.Length > 0).ToList();
        var own = Grams(written, RepeatedGram);
        return new(
            written.Length,
            sentences.Count,
            written.Length == 0 ? 0 : source.Length / (double)written.Length,
            [.. Enumerable.Range(1, LongestGram).Select(n => Share(Grams(written, n), Grams(source, n).ToHashSet(StringComparer.Ordinal)))],
            own.Count == 0 ? 0 : 1 - (own.Distinct(StringComparer.Ordinal).Count() / (double)own.Count),
            sentences.Count == 0 ? 0 : sentences.Count(sentence => source.AsSpan().IndexOf(sentence) >= 0) / (double)sentences.Count);
    }

    private static double Share(List<string> grams, HashSet<string> known)
        => grams.Count == 0 ? 0 : grams.Count(gram => !known.Contains(gram)) / (double)grams.Count;

    private static List<string> Grams(int[] words, int n)
    {
        var grams = new List<string>(Math.Max(words.Length - n + 1, 0));
        for (var i = 0; i + n <= words.Length; i++) grams.Add(string.Join(' ', words[i..(i + n)]));
        return grams;
    }
}
