using System.Text;

namespace LongT5.Tasks.Doubting;

/// <summary>A text without some of its sentences.</summary>
static class KeptText
{
    /// <summary>The sentences that are kept, each with what stood before it.</summary>
    public static string Of(string text, IReadOnlyList<string> sentences, ReadOnlySpan<int> kept)
    {
        var (left, at) = (new StringBuilder(), 0);
        for (var i = 0; i < sentences.Count; i++)
        {
            var end = text.IndexOf(sentences[i], at, StringComparison.Ordinal) + sentences[i].Length;
            if (kept.Contains(i)) left.Append(text, at, end - at);
            at = end;
        }
        return left.ToString().Trim();
    }
}
