using LongT5.Text;

namespace LongT5.Evaluation;

/// <summary>What a summary is like beside its document, without any reference.</summary>
/// <param name="Words">Words of the summary.</param>
/// <param name="SentenceCount">Its sentences.</param>
/// <param name="Compression">Words of the document for each word of the summary; 0 for an empty one.</param>
/// <param name="Novelty">The share of the runs of 1, 2, 3 and 4 words within its sentences that the document
/// does not have (See et al., 2017).</param>
/// <param name="Repetition">The share of its runs of 3 words that it has written before.</param>
/// <param name="CopiedSentences">The share of its sentences that stand in the document, word for word.</param>
/// <param name="SecondHalf">The share of its sentences that tell of the second half of the document: there lies the
/// middle one of the places where their runs of 4 words are first found. A sentence without such a run counts for the
/// first half.</param>
public sealed record SummaryTraits(
    int Words, int SentenceCount, double Compression, double[] Novelty, double Repetition, double CopiedSentences,
    double SecondHalf)
{
    private const int LongestGram = 4;
    private const int RepeatedGram = 3;

    /// <summary>
    /// Words are compared as ROUGE compares them, without stems; a line of a summary ends a sentence.
    /// </summary>
    public static SummaryTraits Of(string document, string summary)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(summary);
        var numbers = new WordNumbers(stem: false);
        var (source, written) = (numbers.Read(document), numbers.Read(summary));
        var sentences = summary.Split('\n')
            .SelectMany(line => Sentences.Split(line).Select(range => numbers.Read(line.AsSpan(range))))
            .Where(sentence => sentence.Length > 0).ToList();
        var own = Grams(written, RepeatedGram);
        var places = Enumerable.Range(1, LongestGram).Select(n => FirstPlaces(source, n)).ToList();
        return new(
            written.Length,
            sentences.Count,
            written.Length == 0 ? 0 : source.Length / (double)written.Length,
            [.. places.Select((known, i) => Share(sentences.SelectMany(sentence => Grams(sentence, i + 1)).ToList(),
                gram => !known.ContainsKey(gram)))],
            own.Count == 0 ? 0 : 1 - (own.Distinct().Count() / (double)own.Count),
            Share(sentences, sentence => source.AsSpan().IndexOf(sentence) >= 0),
            Share(sentences, sentence => Place(sentence, places[^1]) >= source.Length / 2));
    }

    /// <summary>The median of the places where the document first has the runs of a sentence; -1 for none.</summary>
    private static int Place(int[] sentence, Dictionary<Gram, int> known)
    {
        var found = Grams(sentence, LongestGram).Where(known.ContainsKey).Select(gram => known[gram]).Order().ToList();
        return found.Count == 0 ? -1 : found[found.Count / 2];
    }

    private static double Share<T>(List<T> all, Func<T, bool> counts) => all.Count == 0
        ? 0 : all.Count(counts) / (double)all.Count;

    private static Dictionary<Gram, int> FirstPlaces(int[] words, int n)
    {
        var places = new Dictionary<Gram, int>(words.Length);
        for (var i = 0; i + n <= words.Length; i++) places.TryAdd(Gram.At(words, i, n), i);
        return places;
    }

    private static List<Gram> Grams(int[] words, int n)
        => [.. Enumerable.Range(0, Math.Max(words.Length - n + 1, 0)).Select(i => Gram.At(words, i, n))];

    /// <summary>A run of up to four word numbers.</summary>
    private readonly record struct Gram(int First, int Second, int Third, int Fourth)
    {
        public static Gram At(int[] words, int at, int n)
            => new(words[at], n > 1 ? words[at + 1] : -1, n > 2 ? words[at + 2] : -1, n > 3 ? words[at + 3] : -1);
    }
}
