using System.Text;

namespace LongT5.Evaluation;

/// <summary>How answers are made comparable before they are compared.</summary>
public enum AnswerStyle
{
    /// <summary>SQuAD's: punctuation of ASCII is deleted. Natural Questions is scored so too.</summary>
    Squad,

    /// <summary>TriviaQA's: punctuation, and some quotes beyond ASCII, become spaces.</summary>
    TriviaQa,
}

/// <summary>
/// Exact match and F1 of short answers, by the definitions of SQuAD (Rajpurkar et
/// al., 2016) and TriviaQA (Joshi et al., 2017).
/// </summary>
public static class AnswerMatch
{
    /// <summary>An answer in lower case, without punctuation, articles and spare spaces.</summary>
    public static string Normalize(string answer, AnswerStyle style = AnswerStyle.Squad)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var bare = new StringBuilder(answer.Length);
        foreach (var c in answer.ToLowerInvariant())
        {
            if (!IsPunctuation(c, style)) bare.Append(c);
            else if (style == AnswerStyle.TriviaQa) bare.Append(' ');
        }
        return string.Join(' ', Words(WithoutArticles(bare.ToString())));
    }

    /// <summary>Whether a prediction is one of the gold answers.</summary>
    public static bool Exact(string prediction, IReadOnlyList<string> golds, AnswerStyle style = AnswerStyle.Squad)
    {
        var normalized = Normalize(prediction, style);
        return Checked(golds).Any(gold => Normalize(gold, style) == normalized);
    }

    /// <summary>The F1 of the words of a prediction and of the gold answer that fits best, from 0 to 1.</summary>
    public static double F1(string prediction, IReadOnlyList<string> golds, AnswerStyle style = AnswerStyle.Squad)
    {
        var predicted = Words(Normalize(prediction, style));
        return Checked(golds).Max(gold => F1(predicted, Words(Normalize(gold, style))));
    }

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> golds)
    {
        ArgumentNullException.ThrowIfNull(golds);
        return golds.Count > 0
            ? golds : throw new ArgumentException("A question needs at least one gold answer.", nameof(golds));
    }

    private static double F1(string[] predicted, string[] gold)
    {
        if (predicted.Length == 0 || gold.Length == 0) return predicted.Length == gold.Length ? 1 : 0;
        var left = gold.CountBy(word => word).ToDictionary(StringComparer.Ordinal);
        var common = 0;
        foreach (var word in predicted)
        {
            if (left.GetValueOrDefault(word) == 0) continue;
            left[word]--;
            common++;
        }
        return RougeScore.Of(common, predicted.Length, gold.Length).F;
    }

    private static bool IsPunctuation(char c, AnswerStyle style)
        => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
            || (style == AnswerStyle.TriviaQa && c is '\u2018' or '\u2019' or '\u00b4');

    private static string WithoutArticles(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            while (end < text.Length && Rune.TryGetRuneAt(text, end, out var rune) && IsWord(rune))
                end += rune.Utf16SequenceLength;
            kept.Append(text.AsSpan(i, end - i) is "a" or "an" or "the" ? " " : text.AsSpan(i, end - i));
            if (end < text.Length) kept.Append(text[end++]);
            i = end;
        }
        return kept.ToString();
    }

    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || Rune.IsNumber(rune) || rune.Value == '_';

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
