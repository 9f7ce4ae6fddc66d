using LongT5.Text;

namespace LongT5.Tasks.Parts;

/// <summary>A text counted in tokens, and where a part of it may begin.</summary>
/// <remarks>
/// The tokens are made a stretch at a time and forgotten: of a long text they would take many times the memory of the
/// text. A stretch begins behind white space, where tokens begin anyway.
/// </remarks>
sealed class CountedText
{
    // A share of a part's length that it costs to begin a part there instead of at a section.
    private const double AtParagraph = 0.25, AtSentence = 0.5, BehindHeading = 0.2, PerLevel = 0.02;

    private const int Stretch = 1 << 13;

    private readonly Tokenizer _tokenizer;

    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="text">The text.</param>
    public CountedText(Tokenizer tokenizer, InputText text)
    {
        (_tokenizer, Text) = (tokenizer, text.Text);
        Places = Count(text, out var tokens);
        Tokens = tokens;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>How many tokens it has, the end token among them.</summary>
    public int Tokens { get; }

    /// <summary>Where its sentences begin, in order.</summary>
    public IReadOnlyList<TextPlace> Places { get; }

    /// <summary>Where a word begins, so many tokens behind a place, or else the token itself.</summary>
    public TextPlace Word(TextPlace from, int tokens)
    {
        var passed = 0;
        foreach (var (start, read) in Stretches(from.Start))
        {
            var (end, first) = (passed + read.Ids.Length - 1, passed == 0 ? 1 : 0);
            if (tokens < end)
            {
                var at = tokens - passed;
                while (at > first && !StreamingDecoder.StartsAnew(read.Pieces[at])) at--;
                if (at == first) at = tokens - passed;
                return new(start + read.Offsets[at].Start, from.Token + passed + at, 0);
            }
            passed = end;
        }
        return new(Text.Length, Tokens, 0);
    }

    private List<TextPlace> Count(InputText text, out int tokens)
    {
        var breaks = (text.Breaks ?? TextParts.Paragraphs(text.Text)).ToLookup(one => one.Start);
        var sentences = Sentences.Split(text.Text);
        var places = new List<TextPlace>(sentences.Count);
        var isBehindHeading = false;
        tokens = 0;
        foreach (var (from, read) in Stretches(0))
        {
            var (token, last) = (0, read.Ids.Length - 1);
            while (places.Count < sentences.Count)
            {
                var sentence = sentences[places.Count];
                var start = sentence.Start.Value;
                while (token < last && read.Offsets[token].End + from <= start) token++;
                if (token == last) break;
                var found = breaks[start].MaxBy(one => one.Level > 0);
                places.Add(new(start, tokens + token, Cost(found, isBehindHeading)));
                isBehindHeading = !Sentences.IsWhole(text.Text.AsSpan()[sentence]);
            }
            tokens += last;
        }
        tokens++;
        return places;
    }

    private static double Cost(TextBreak? found, bool isBehindHeading) => found switch
    {
        { Level: > 0 } => PerLevel * Math.Min(found.Level - 1, 9),
        _ => (found is null ? AtSentence : AtParagraph) + (isBehindHeading ? BehindHeading : 0),
    };

    private IEnumerable<(int Start, Tokenization Tokens)> Stretches(int start)
    {
        for (int end; start < Text.Length; start = end)
        {
            end = End(start);
            yield return (start, _tokenizer.EncodeWithOffsets(Text[start..end]));
        }
    }

    private int End(int start)
    {
        var most = start + Stretch;
        if (most >= Text.Length) return Text.Length;
        var end = most;
        while (end > start && !char.IsWhiteSpace(Text[end - 1])) end--;
        while (end > start && end < Text.Length && char.IsWhiteSpace(Text[end])) end++;
        return end > start ? end : char.IsLowSurrogate(Text[most]) ? most - 1 : most;
    }
}

/// <summary>A place where a part of a text may begin.</summary>
/// <param name="Start">Where it is in the text.</param>
/// <param name="Token">The token that begins there.</param>
/// <param name="Cost">How bad a place it is for a part to begin.</param>
readonly record struct TextPlace(int Start, int Token, double Cost);
