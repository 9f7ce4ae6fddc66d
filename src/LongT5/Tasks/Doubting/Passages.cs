namespace LongT5.Tasks.Doubting;

/// <summary>A sentence of the document that shares words with one of the summary.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Words">Its words.</param>
/// <param name="Share">How many of the other's words that mean something it has, of 1.</param>
sealed record Candidate(string Text, List<Word> Words, double Share);

/// <summary>The sentences of a document, found by their words.</summary>
sealed class Passages
{
    private const int Most = 4;

    private readonly string _text;
    private readonly Lazy<Index> _index;

    /// <summary>The sentences of a text, which is read when it is first asked for.</summary>
    public Passages(string text)
    {
        _text = text;
        _index = new(() => new(text));
    }

    /// <summary>What the document has, wherever.</summary>
    public SourceFacts Facts => _index.Value.Facts;

    /// <summary>Whether the text has a sentence as it is.</summary>
    public bool Quotes(string sentence) => _text.Contains(sentence, StringComparison.Ordinal);

    /// <summary>The sentences that have most of these words, best first.</summary>
    /// <param name="words">Words of a sentence.</param>
    /// <param name="within">The share of the words that three sentences in a row have, at best.</param>
    public List<Candidate> Nearest(List<Word> words, out double within)
    {
        var content = Content(words);
        var shared = new Dictionary<int, int>();
        foreach (var stem in content)
            foreach (var place in _index.Value.Places.GetValueOrDefault(stem) ?? [])
                shared[place] = shared.GetValueOrDefault(place) + 1;
        var best = shared.OrderByDescending(one => one.Value).ThenBy(one => one.Key).Take(Most).ToList();
        within = content.Count == 0 ? 1 : best.Select(one => Around(one.Key, content)).DefaultIfEmpty(0).Max();
        return [.. best.Select(one => Candidate(one.Key, (double)one.Value / content.Count))];
    }

    /// <summary>The words that mean something, by their stems.</summary>
    public static HashSet<string> Content(List<Word> words)
        => [.. words.Where(word => !Stopwords.Contains(word.Folded)).Select(word => Folding.Stem(word.Folded))];

    private Candidate Candidate(int place, double share)
    {
        var text = _text[_index.Value.Sentences[place]];
        return new(text, Word.Of(text), share);
    }

    private double Around(int place, HashSet<string> content)
    {
        var (first, last) = (place - 1, place + 1);
        return (double)content.Count(stem => _index.Value.Places.TryGetValue(stem, out var places)
            && places.BinarySearch(first) is var at && (at < 0 ? ~at : at) is var next
            && next < places.Count && places[next] <= last) / content.Count;
    }

    /// <summary>Which sentences have a word, by its stem, and what all of them have.</summary>
    private sealed class Index
    {
        public Index(string text)
        {
            Sentences = LongT5.Text.Sentences.Split(text);
            for (var i = 0; i < Sentences.Count; i++)
            {
                var sentence = text[Sentences[i]];
                var words = Word.Of(sentence);
                Facts.Add(sentence, words);
                foreach (var stem in Content(words))
                {
                    if (!Places.TryGetValue(stem, out var places)) Places[stem] = places = [];
                    places.Add(i);
                }
            }
        }

        public IReadOnlyList<Range> Sentences { get; }

        public Dictionary<string, List<int>> Places { get; } = [];

        public SourceFacts Facts { get; } = new();
    }
}
