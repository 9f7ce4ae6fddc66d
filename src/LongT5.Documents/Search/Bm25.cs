using LongT5.Tasks;

namespace LongT5.Documents.Search;

/// <summary>How well passages fit a query by the words that they share (Okapi BM25).</summary>
/// <remarks>
/// The sum over the words of the query of idf · f (k + 1) / (f + k (1 - b + b · length / mean length)), with
/// idf = ln(1 + (N - n + 0.5) / (n + 0.5)); k and b as they are in Lucene.
/// </remarks>
sealed class Bm25
{
    private const double K = 1.2, B = 0.75;

    private readonly WordNumbers _numbers = new();
    private readonly int[][] _words; // of each passage, in order
    private readonly double _meanLength;

    /// <param name="texts">The passages.</param>
    public Bm25(IEnumerable<string> texts)
    {
        _words = [.. texts.Select(text => _numbers.Of(text))];
        _meanLength = Math.Max(1, _words.Sum(words => (long)words.Length) / (double)Math.Max(1, _words.Length));
    }

    /// <summary>[N]: the score of each passage; 0 for one that shares no word.</summary>
    public double[] Scores(string query)
    {
        var scores = new double[_words.Length];
        var counts = new int[_words.Length];
        foreach (var word in _numbers.Of(query).Distinct())
        {
            for (var i = 0; i < counts.Length; i++)
                counts[i] = _words[i].AsSpan().Count(word);
            var having = counts.Count(count => count > 0);
            var rarity = Math.Log(1 + (counts.Length - having + 0.5) / (having + 0.5));
            for (var i = 0; i < counts.Length; i++)
                if (counts[i] > 0)
                    scores[i] += rarity * counts[i] * (K + 1)
                        / (counts[i] + K * (1 - B + B * _words[i].Length / _meanLength));
        }
        return scores;
    }
}
