using LongT5.Text;

namespace LongT5.Tasks.Labelling;

/// <summary>Stretches of the tokens of a text that are read one by one.</summary>
static class TokenWindows
{
    /// <summary>As few as there is room for; each ends with a sentence, unless one alone is longer.</summary>
    /// <param name="text">The text.</param>
    /// <param name="offsets">Of its N tokens, the end token not among them.</param>
    /// <param name="room">Most tokens of a window; null for all.</param>
    /// <param name="overlap">Tokens that a window has of the one before it; fewer than half of the room.</param>
    public static IReadOnlyList<Range> Of(string text, ReadOnlySpan<(int Start, int End)> offsets, int? room,
        int overlap = 0)
    {
        if (room is not { } most || offsets.Length <= most) return [0..offsets.Length];
        var begins = Begins(text, offsets);
        var windows = new List<Range>();
        for (var first = 0; ;)
        {
            var end = Math.Min(first + most, offsets.Length);
            if (end == offsets.Length)
            {
                windows.Add(first..end);
                return windows;
            }
            var whole = end;
            while (whole > first + overlap && !begins[whole]) whole--;
            if (whole > first + overlap) end = whole;
            windows.Add(first..end);
            first = end - overlap;
        }
    }

    /// <summary>Whether a sentence begins in each token.</summary>
    private static bool[] Begins(string text, ReadOnlySpan<(int Start, int End)> offsets)
    {
        var begins = new bool[offsets.Length];
        var token = 0;
        foreach (var sentence in Sentences.Split(text))
        {
            while (token < offsets.Length && offsets[token].End <= sentence.Start.Value) token++;
            if (token == offsets.Length) break;
            begins[token] = true;
        }
        return begins;
    }
}
