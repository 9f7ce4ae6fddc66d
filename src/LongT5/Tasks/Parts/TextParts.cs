using LongT5.Text;

namespace LongT5.Tasks.Parts;

/// <summary>Cuts a text into parts of nearly equal length that begin where something begins.</summary>
static class TextParts
{
    // A share of a part's length that it costs to begin a part there instead of at a section.
    private const double AtParagraph = 0.25, AtSentence = 0.5, BehindHeading = 0.2, PerLevel = 0.02;

    // Parts differ in length by no more than this share of it to each side, unless nothing begins there.
    private const double Reach = 0.25;

    // Parts need not be full: so much is left to choose where they end.
    private const double Full = 7 / 8.0;

    /// <summary>The parts, in order; together they are the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokens">Its tokens, the end token among them.</param>
    /// <param name="room">Most tokens of a part.</param>
    public static IReadOnlyList<Range> Of(InputText text, Tokenization tokens, int room)
    {
        var total = tokens.Ids.Length;
        var starts = new List<int> { 0 };
        var places = Places(text, tokens);
        for (var from = 0; total - from > room;)
        {
            var length = (total - from) / Math.Max(2, Math.Ceiling((total - from) / (Full * room)));
            var place = Best(places, from, length, from + room) ?? Anywhere(tokens, from, (int)(from + length));
            if (!IsBlank(starts[^1], place.Start)) starts.Add(place.Start);
            from = place.Token;
        }
        if (starts.Count > 1 && IsBlank(starts[^1], text.Text.Length)) starts.RemoveAt(starts.Count - 1);
        return [.. starts.Zip(starts.Skip(1).Append(text.Text.Length), (start, end) => start..end)];

        bool IsBlank(int start, int end) => text.Text.AsSpan()[start..end].IsWhiteSpace();
    }

    private static Place? Best(List<Place> places, int from, double length, int most)
    {
        Place? best = null;
        var cost = double.PositiveInfinity;
        foreach (var place in places)
        {
            if (place.Token <= from || place.Token > most) continue;
            var distance = Math.Abs(place.Token - from - length) / length;
            var price = distance + (distance > Reach ? 1 : 0) + place.Cost;
            if (price < cost) (best, cost) = (place, price);
        }
        return best;
    }

    // A text without an end of a sentence for so long is parted between two words.
    private static Place Anywhere(Tokenization tokens, int from, int token)
    {
        var at = token;
        while (at > from + 1 && !StreamingDecoder.StartsAnew(tokens.Pieces[at])) at--;
        if (at == from + 1) at = token;
        return new(tokens.Offsets[at].Start, at, 0);
    }

    private static List<Place> Places(InputText text, Tokenization tokens)
    {
        var breaks = (text.Breaks ?? Paragraphs(text.Text)).ToLookup(one => one.Start);
        var places = new List<Place>();
        var (token, isBehindHeading) = (0, false);
        foreach (var sentence in Sentences.Split(text.Text))
        {
            var start = sentence.Start.Value;
            while (token < tokens.Ids.Length - 1 && tokens.Offsets[token].End <= start) token++;
            var found = breaks[start].MaxBy(one => one.Level > 0);
            var cost = found switch
            {
                { Level: > 0 } => PerLevel * Math.Min(found.Level - 1, 9),
                not null => AtParagraph,
                null => AtSentence,
            };
            places.Add(new(start, token, cost + (isBehindHeading && found is not { Level: > 0 } ? BehindHeading : 0)));
            isBehindHeading = !Sentences.IsWhole(text.Text.AsSpan()[sentence]);
        }
        return places;
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

    /// <param name="Start">Where it is in the text.</param>
    /// <param name="Token">The token that begins there.</param>
    /// <param name="Cost">How bad a place it is for a part to begin.</param>
    private sealed record Place(int Start, int Token, double Cost);
}
