namespace LongT5.Tasks;

/// <summary>The words of a source, sentence by sentence, to see which of them another sentence shares.</summary>
sealed class WordOverlap
{
    private readonly WordNumbers _words = new();
    private readonly int[][] _sentences;
    private readonly int[] _having; // of each word of the source, how many sentences have it

    public WordOverlap(SourceSentences source)
    {
        _sentences = new int[source.Count][];
        for (var s = 0; s < _sentences.Length; s++)
            _sentences[s] = _words.Of(source[s]);
        _having = new int[_words.Count];
        foreach (var word in _sentences.SelectMany(sentence => sentence.Distinct()))
            _having[word]++;
    }

    /// <summary>What a sentence has to be found of.</summary>
    public Shared With(string sentence) => new(this, _words.Of(sentence));

    /// <summary>The words of one sentence, and pairs of words, with the weight of each.</summary>
    /// <remarks>
    /// A word's weight is its inverse document frequency among the sentences of the source, all words together a half;
    /// pairs, of which each weighs the same, are the other half.
    /// </remarks>
    public sealed class Shared
    {
        private readonly double[] _weights;
        private readonly int[][] _terms; // of each sentence of the source

        /// <param name="source">The source.</param>
        /// <param name="words">The words of the sentence, in order.</param>
        public Shared(WordOverlap source, int[] words)
        {
            int[] single = [.. words.Distinct()];
            (int, int)[] pairs = [.. words.Zip(words.Skip(1)).Distinct()];
            double[] rarity = [.. single.Select(word => Math.Log((source._sentences.Length + 1)
                / ((word < source._having.Length ? source._having[word] : 0) + 0.5)))];
            var all = rarity.Sum() * (pairs.Length > 0 ? 2 : 1);
            _weights = [.. rarity.Select(value => value / all), .. pairs.Select(_ => 0.5 / pairs.Length)];

            var places = new int[source._words.Count]; // of each word among the terms, from 1
            foreach (var (i, word) in single.Index()) places[word] = i + 1;
            var places2 = pairs.Index().ToDictionary(pair => pair.Item, pair => single.Length + pair.Index);
            var lastSeen = new int[_weights.Length]; // the sentence, from 1, that has a term already
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

        /// <summary>[S]: the share of all weight that each sentence of the source has.</summary>
        public double[] Shares()
        {
            var shares = new double[_terms.Length];
            for (var s = 0; s < shares.Length; s++)
                foreach (var term in _terms[s])
                    shares[s] += _weights[term];
            return shares;
        }

        /// <summary>
        /// What a sentence of the source has weighs nothing from now on: the next is the one that adds most to it.
        /// </summary>
        public void Cover(int s)
        {
            foreach (var term in _terms[s]) _weights[term] = 0;
        }
    }
}
