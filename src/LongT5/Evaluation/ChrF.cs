using System.Runtime.InteropServices;

namespace LongT5.Evaluation;

/// <summary>
/// chrF (Popović, 2015) of a whole corpus, as sacreBLEU reports it: grams of 1 to 6 characters, no white space, beta 2.
/// </summary>
public static class ChrF
{
    private const int LongestGram = 6;
    private const double Beta = 2;

    /// <summary>The score, from 0 to 100; of several references the one that fits best counts.</summary>
    /// <param name="predictions">One text an example.</param>
    /// <param name="references">One or more references for each, in the same order.</param>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        Paired.Check(predictions, references);
        var total = new Counts[LongestGram];
        for (var i = 0; i < predictions.Count; i++)
        {
            var best = references[i].Select(reference => Compare(predictions[i], reference)).MaxBy(F)!;
            for (var n = 0; n < LongestGram; n++)
                total[n] = new(total[n].Predicted + best[n].Predicted, total[n].Expected + best[n].Expected,
                    total[n].Common + best[n].Common);
        }
        return 100 * F(total);
    }

    private static Counts[] Compare(string prediction, string reference)
    {
        var (predicted, expected) = (Ink(prediction), Ink(reference));
        var counts = new Counts[LongestGram];
        for (var n = 1; n <= LongestGram; n++)
        {
            var (left, right) = (Grams(predicted, n), Grams(expected, n));
            counts[n - 1] = new(left.Values.Sum(), right.Values.Sum(),
                left.Sum(gram => Math.Min(gram.Value, right.GetValueOrDefault(gram.Key))));
        }
        return counts;
    }

    // Averages precision and recall over the lengths that both sides have.
    private static double F(Counts[] counts)
    {
        var used = counts.Where(count => count.Predicted > 0 && count.Expected > 0).ToList();
        if (used.Count == 0) return 0;
        var (precision, recall) = (used.Average(count => count.Common / (double)count.Predicted),
            used.Average(count => count.Common / (double)count.Expected));
        return precision + recall == 0
            ? 0 : (1 + (Beta * Beta)) * precision * recall / ((Beta * Beta * precision) + recall);
    }

    // Code points, so that a character beyond the basic plane is one.
    private static string[] Ink(string text)
        => [.. text.EnumerateRunes().Where(rune => !System.Text.Rune.IsWhiteSpace(rune))
            .Select(rune => rune.ToString())];

    private static Dictionary<string, int> Grams(string[] characters, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + n <= characters.Length; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, string.Concat(characters.AsSpan(i, n)), out _)++;
        return counts;
    }

    private readonly record struct Counts(int Predicted, int Expected, int Common);
}
