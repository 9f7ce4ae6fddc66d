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
        private readonly double[] _worth;
        private readonly int[][] _terms; // of each sentence of the source

        /// <param name="source">The source.</param>
        /// <param name="words">The words of the sentence, in order.</param>
        public Shared(WordOverlap source, int[] words)
        {
            int[] single = [.. words.Distinct()];
            (int, int)[] pairs = [.. words.Zip(words.Skip(1)).Distinct()];
            double[] rarity = [.. single.Select(word => Math.Log((source._sentences.Length + 1)
                / (source._having[word] + 0.5)))];
            var all = rarity.Sum() * (pairs.Length > 0 ? 2 : 1);
            _worth = [.. rarity.Select(value => value / all), .. pairs.Select(_ => 0.5 / pairs.Length)];

            var places = new int[source._having.Count]; // of each word among the terms, from 1
            foreach (var (i, word) in single.Index()) places[word] = i + 1;
            var places2 = pairs.Index().ToDictionary(pair => pair.Item, pair => single.Length + pair.Index);
            var lastSeen = new int[_worth.Length]; // the sentence, from 1, that has a term already
            _terms = new int[source._sentences.Length][];
            var terms = new List<int>();
            for (var s = 0; s < _terms.Length; s++)
            {
                terms.Clear();
                var before = -1;
                foreach (var word in source._sentences[s])
                {
                    var place = places[word] - 1;
                    if (place >= 0) Take(place);
                    if (place >= 0 && before >= 0 && places2.TryGetValue((before, word), out var pair)) Take(pair);
                    before = place >= 0 ? word : -1;
                }
                _terms[s] = [.. terms];

                void Take(int term)
                {
                    if (lastSeen[term] == s + 1) return;
                    lastSeen[term] = s + 1;
                    terms.Add(term);
                }
            }
        }

        /// <summary>[S]: the share of all worth that each sentence of the source has.</summary>
        public double[] Shares()
        {
            var shares = new double[_terms.Length];
            for (var s = 0; s < shares.Length; s++)
                foreach (var term in _terms[s])
                    shares[s] += _worth[term];
            return shares;
        }

        /// <summary>
        /// What a sentence of the source has is worth nothing from now on: the next is the one that adds most to it.
        /// </summary>
        public void Cover(int s)
        {
            foreach (var term in _terms[s]) _worth[term] = 0;
        }
    }
}
