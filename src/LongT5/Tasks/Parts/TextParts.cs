namespace LongT5.Tasks.Parts;

/// <summary>Cuts a text into parts of nearly equal length that begin where something begins.</summary>
static class TextParts
{
    // Parts differ in length by no more than this share of it to each side, unless nothing begins there.
    private const double Reach = 0.25;

    // Parts need not be full: so much is left to choose where they end.
    private const double Full = 7 / 8.0;

    /// <summary>The parts, in order; together they are the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="room">Most tokens of a part.</param>
    public static IReadOnlyList<Range> Of(CountedText text, int room)
    {
        var starts = new List<int> { 0 };
        TextPlace next;
        for (var from = new TextPlace(0, 0, 0); text.Tokens - from.Token > room; from = next)
        {
            var left = text.Tokens - from.Token;
            var length = left / Math.Max(2, Math.Ceiling(left / (Full * room)));
            // A text without an end of a sentence for so long is parted between two words.
            next = Best(text.Places, from.Token, length, room) ?? text.Word(from, (int)length);
            if (!IsBlank(starts[^1], next.Start)) starts.Add(next.Start);
        }
        if (starts.Count > 1 && IsBlank(starts[^1], text.Text.Length)) starts.RemoveAt(starts.Count - 1);
        return [.. starts.Zip(starts.Skip(1).Append(text.Text.Length), (start, end) => start..end)];

        bool IsBlank(int start, int end) => text.Text.AsSpan()[start..end].IsWhiteSpace();
    }

    private static TextPlace? Best(IReadOnlyList<TextPlace> places, int from, double length, int most)
    {
        TextPlace? best = null;
        var cost = double.PositiveInfinity;
        foreach (var place in places)
        {
            if (place.Token <= from || place.Token > from + most) continue;
            var distance = Math.Abs(place.Token - from - length) / length;
            var price = distance + (distance > Reach ? 1 : 0) + place.Cost;
            if (price < cost) (best, cost) = (place, price);
        }
        return best;
    }

    /// <summary>Where a text goes on behind a blank line.</summary>
    public static IEnumerable<TextBreak> Paragraphs(string text)
    {
        var isBlank = true;
        for (int at = 0, end; at < text.Length; at = end + 1)
        {
            end = text.IndexOf('\n', at) is >= 0 and var found ? found : text.Length;
            var start = at;
            while (start < end && char.IsWhiteSpace(text[start])) start++;
            if (isBlank && start < end) yield return new(start);
            isBlank = start == end;
        }
    }
}
