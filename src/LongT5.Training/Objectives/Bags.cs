namespace LongT5.Training.Objectives;

/// <summary>
/// Multisets of a document's words, as ROUGE-1 counts them in PEGASUS: lower case, ASCII, no stop words.
/// </summary>
internal sealed class Bags
{
    private readonly Dictionary<string, int> _ids = [];
    private readonly List<int> _rest = [];

    /// <param name="sentences">The sentences; each becomes a bag, all of them together the document's.</param>
    public Bags(IReadOnlyList<string> sentences)
    {
        Each = new Dictionary<int, int>[sentences.Count];
        for (var i = 0; i < Each.Length; i++)
        {
            Each[i] = [];
            Sizes.Add(0);
            foreach (var word in Words(sentences[i]))
            {
                if (!_ids.TryGetValue(word, out var id))
                {
                    _ids[word] = id = _ids.Count;
                    _rest.Add(0);
                }
                Each[i][id] = Each[i].GetValueOrDefault(id) + 1;
                Sizes[i]++;
                _rest[id]++;
                Size++;
            }
        }
    }

    /// <summary>Each sentence's words and how often they stand in it.</summary>
    public Dictionary<int, int>[] Each { get; }

    /// <summary>Number of words of each sentence.</summary>
    public List<int> Sizes { get; } = [];

    /// <summary>Number of words of the document.</summary>
    public int Size { get; }

    /// <summary>ROUGE-1 F1 of a choice of words against the words of the document that are not in it.</summary>
    public double AgainstRest(Dictionary<int, int> chosen, int size)
    {
        var overlap = 0;
        foreach ((var word, var count) in chosen)
            overlap += Math.Min(count, _rest[word] - count);
        double precision = overlap / Math.Max(1.0, size), recall = overlap / Math.Max(1.0, Size - size);
        return overlap == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>The mean, over a sentence's words, of the logarithm of how often they stand in the document.</summary>
    public double MeanLogFrequency(int sentence)
        => Each[sentence].Sum(word => word.Value * Math.Log(_rest[word.Key])) / Math.Max(1, Sizes[sentence]);

    /// <summary>The share of a sentence's words that stand among others, 0 to 1.</summary>
    public double ShareIn(int sentence, IReadOnlyDictionary<int, int> others)
        => Each[sentence].Sum(word => others.ContainsKey(word.Key) ? word.Value : 0) / Math.Max(1.0, Sizes[sentence]);

    /// <summary>The words of a text, with or without those that say nothing.</summary>
    public static IEnumerable<string> Words(string text, bool stopWords = false)
    {
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
                at++;
            if (at == start)
                at++;
            else if (text[start..at].ToLowerInvariant() is var word && (stopWords || !StopWords.Contains(word)))
                yield return word;
        }
    }

    private static readonly HashSet<string> StopWords =
    [
        .. ("i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers " +
            "herself it its itself they them their theirs themselves what which who whom this that these those am is " +
            "are was were be been being have has had having do does did doing a an the and but if or because as until "
                +
            "while of at by for with about against between into through during before after above below to from up " +
            "down in out on off over under again further then once here there when where why how all any both each " +
            "few more most other some such no nor not only own same so than too very s t can will just don should now")
            .Split(' '),
    ];
}
