using System.Text;

namespace LongT5.Tasks;

/// <summary>Ends a text before the first of some texts, also where it comes in pieces.</summary>
/// <param name="stops">The texts that end it.</param>
sealed class StopText(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>Whether one of them has come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>A text up to the first of them.</summary>
    public static string Cut(string text, IReadOnlyList<string> stops)
        => First(text, stops) is >= 0 and var end ? text[..end] : text;

    /// <summary>Takes a piece; gives what can be no part of any of them.</summary>
    public string Add(string piece)
    {
        if (HasEnded) return "";
        if (stops.Count == 0) return piece;
        var text = _held.Append(piece).ToString();
        _held.Clear();
        if (First(text, stops) is >= 0 and var end)
        {
            HasEnded = true;
            return text[..end];
        }
        var safe = text.Length - stops.Max(stop => Overlap(text, stop));
        _held.Append(text, safe, text.Length - safe);
        return text[..safe];
    }

    /// <summary>Gives what was held back.</summary>
    public string Finish() => HasEnded ? "" : _held.ToString();

    private static int First(string text, IReadOnlyList<string> stops)
        => stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0)
            .DefaultIfEmpty(-1).Min();

    /// <summary>How much of the end of a text one of them may begin with.</summary>
    private static int Overlap(string text, string stop)
    {
        for (var length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
            if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                return length;
        return 0;
    }
}
