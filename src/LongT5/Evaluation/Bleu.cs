using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace LongT5.Evaluation;

/// <summary>
/// BLEU (Papineni et al., 2002) of a whole corpus, as sacreBLEU reports it: tokenizer 13a, exponential smoothing.
/// </summary>
public static partial class Bleu
{
    private const int LongestGram = 4;

    /// <summary>The score, from 0 to 100.</summary>
    /// <param name="predictions">One text an example.</param>
    /// <param name="references">One or more references for each, in the same order.</param>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        Paired.Check(predictions, references);
        var (matches, totals) = (new long[LongestGram], new long[LongestGram]);
        var (predictedLength, expectedLength) = (0L, 0L);
        for (var i = 0; i < predictions.Count; i++)
        {
            var predicted = Tokenize(predictions[i]);
            var expected = references[i].Select(Tokenize).ToList();
            predictedLength += predicted.Length;
            expectedLength += expected.Select(tokens => tokens.Length)
                .MinBy(length => (Math.Abs(length - predicted.Length), length));
            for (var n = 1; n <= LongestGram; n++)
            {
                var most = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var tokens in expected)
                {
                    foreach (var (gram, count) in Grams(tokens, n)) most[gram] = Math.Max(count,
                        most.GetValueOrDefault(gram));
                }
                foreach (var (gram, count) in Grams(predicted, n))
                {
                    matches[n - 1] += Math.Min(count, most.GetValueOrDefault(gram));
                    totals[n - 1] += count;
                }
            }
        }
        if (matches[0] == 0 || totals.Contains(0)) return 0;
        var (logs, smoothing) = (0.0, 1.0);
        for (var n = 0; n < LongestGram; n++)
        {
            if (matches[n] == 0) smoothing *= 2;
            logs += Math.Log(matches[n] == 0 ? 1 / (smoothing * totals[n]) : matches[n] / (double)totals[n]);
        }
        var brevity = predictedLength < expectedLength ? Math.Exp(1 - (expectedLength / (double)predictedLength)) : 1;
        return 100 * brevity * Math.Exp(logs / LongestGram);
    }

    /// <summary>Tokens as mteval-v13a makes them: punctuation stands alone, but not inside numbers.</summary>
    public static string[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        text = Signs().Replace($" {text} ", " $1 ");
        text = BehindNonDigits().Replace(text, "$1 $2 ");
        text = BeforeNonDigits().Replace(text, " $1 $2");
        text = Dashes().Replace(text, "$1 $2 ");
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static Dictionary<string, int> Grams(string[] tokens, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + n <= tokens.Length; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, string.Join(' ', tokens, i, n), out _)++;
        return counts;
    }

    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])")]
    private static partial Regex Signs();

    [GeneratedRegex(@"([^0-9])([\.,])")]
    private static partial Regex BehindNonDigits();

    [GeneratedRegex(@"([\.,])([^0-9])")]
    private static partial Regex BeforeNonDigits();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex Dashes();
}

/// <summary>Lists that belong together, example by example.</summary>
static class Paired
{
    public static void Check<T>(IReadOnlyList<T> predictions, IReadOnlyList<IReadOnlyList<T>> references)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        if (predictions.Count == 0) throw new ArgumentException("There is nothing to score.", nameof(predictions));
        if (predictions.Count != references.Count)
            throw new ArgumentException(
                $"There are {predictions.Count} predictions, but references for {references.Count}.",
                nameof(references));
        if (references.Any(list => list.Count == 0))
            throw new ArgumentException("A prediction needs at least one reference.", nameof(references));
    }
}
