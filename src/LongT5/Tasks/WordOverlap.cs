using System.Globalization;
using System.Text;
using LongT5.Evaluation;

namespace LongT5.Tasks;

/// <summary>The words of a source, sentence by sentence, to see which of them another sentence shares.</summary>
/// <remarks>
/// Words are runs of letters and digits in small letters, English endings off; each sign of a script without spaces is
/// one.
/// </remarks>
sealed class WordOverlap
{
    private const int FirstWithoutSpaces = 0x2e80;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal), _stems = new(StringComparer.Ordinal);
    private readonly List<int> _having = [];
    private readonly int[][] _sentences;

    public WordOverlap(SourceSentences source)
    {
        _sentences = new int[source.Count][];
        for (var s = 0; s < _sentences.Length; s++)
        {
            _sentences[s] = Words(source[s]);
            foreach (var word in _sentences[s].Distinct())
                _having[word]++;
        }
    }

    /// <summary>What a sentence has to be found of.</summary>
    public Shared With(string sentence) => new(this, Words(sentence));

    // The words as numbers, in order.
    private int[] Words(ReadOnlySpan<char> text)
    {
        var words = new List<int>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var isPart = Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
            var isAlone = rune.Value >= FirstWithoutSpaces;
            if (!isPart || isAlone) End();
            if (isPart) word.Append(Rune.ToLowerInvariant(rune));
            if (isAlone) End();
        }
        End();
        return [.. words];

        void End()
        {
            if (word.Length > 0) words.Add(Number(word.ToString()));
            word.Clear();
        }
    }

    private int Number(string word)
    {
        if (_words.TryGetValue(word, out var number)) return number;
        var stem = PorterStemmer.Stem(word);
        if (!_stems.TryGetValue(stem, out number))
        {
            _stems[stem] = number = _having.Count;
            _having.Add(0);
        }
        return _words[word] = number;
    }

    /// <summary>The words of one sentence, and pairs of words, with what each is worth.</summary>
    /// <remarks>
    /// A word is worth the logarithm of how few sentences of the source have it, all words together a half; pairs, of
    /// which each is worth the same, are the other half.
    /// </remarks>
    public sealed class Shared
    {
        private readonly WordOverlap _source;
        private readonly Dictionary<(int, int), double> _worth = [];

        public Shared(WordOverlap source, int[] words)
        {
            _source = source;
            foreach (var word in words)
                _worth[(word, -1)] = Math.Log((source._sentences.Length + 1) / (source._having[word] + 0.5));
            var all = _worth.Values.Sum() * (words.Length > 1 ? 2 : 1);
            foreach (var term in _worth.Keys) _worth[term] /= all;
            HashSet<(int, int)> pairs = [.. words.Zip(words.Skip(1))];
            foreach (var pair in pairs) _worth[pair] = 0.5 / pairs.Count;
        }

        /// <summary>[S]: the share of all worth that each sentence of the source has.</summary>
        public double[] Shares() => [.. _source._sentences.Select(words => Terms(words).Sum(term => _worth[term]))];

        /// <summary>
        /// What a sentence of the source has is worth nothing from now on: the next is the one that adds most to it.
        /// </summary>
        public void Cover(int s)
        {
            foreach (var term in Terms(_source._sentences[s])) _worth[term] = 0;
        }

        private HashSet<(int, int)> Terms(int[] words)
        {
            var terms = new HashSet<(int, int)>();
            for (var i = 0; i < words.Length; i++)
            {
                if (!_worth.ContainsKey((words[i], -1))) continue;
                terms.Add((words[i], -1));
                if (i + 1 < words.Length && _worth.ContainsKey((words[i], words[i + 1])))
                    terms.Add((words[i], words[i + 1]));
            }
            return terms;
        }
    }
}
