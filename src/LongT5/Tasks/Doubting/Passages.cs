using LongT5.Text;

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
    private readonly IReadOnlyList<Range> _sentences;
    private readonly Dictionary<string, List<int>> _places = [];

    /// <summary>The sentences of a text, and what it has in all.</summary>
    public Passages(string text)
    {
        _text = text;
        _sentences = Sentences.Split(text);
        for (var i = 0; i < _sentences.Count; i++)
        {
            var sentence = text[_sentences[i]];
            var words = Word.Of(sentence);
            Facts.Add(sentence, words);
            foreach (var stem in Content(words))
            {
                if (!_places.TryGetValue(stem, out var places)) _places[stem] = places = [];
                places.Add(i);
            }
        }
    }

    /// <summary>What the document has, wherever.</summary>
    public SourceFacts Facts { get; } = new();

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
            foreach (var place in _places.GetValueOrDefault(stem) ?? [])
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
        var text = _text[_sentences[place]];
        return new(text, Word.Of(text), share);
    }

    private double Around(int place, HashSet<string> content)
    {
        var (first, last) = (Math.Max(0, place - 1), Math.Min(_sentences.Count - 1, place + 1));
        return (double)content.Count(stem => _places.TryGetValue(stem, out var places)
            && places.BinarySearch(first) is var at && ((at < 0 ? ~at : at) < places.Count)
            && places[at < 0 ? ~at : at] <= last) / content.Count;
    }
}
