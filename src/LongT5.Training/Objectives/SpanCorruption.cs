using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>
/// Span corruption (T5, Raffel et al. 2020): spans of tokens are each replaced by a sentinel; the target lists every
/// sentinel with the tokens that it hides.
/// </summary>
public sealed record SpanCorruption : Objective
{
    /// <summary>Share of the tokens that is hidden.</summary>
    public double Density { get; init; } = 0.15;

    /// <summary>Mean number of tokens of a hidden span.</summary>
    public double MeanSpan { get; init; } = 3;

    /// <summary>Id of the first sentinel; the next ones count down from it.</summary>
    public int FirstSentinel { get; init; } = 32099;

    /// <summary>How many sentinels the vocabulary has.</summary>
    public int Sentinels { get; init; } = 100;

    /// <summary>
    /// What happens where there are more spans than sentinels: false makes fewer and longer spans; true counts on
    /// down into the ordinary vocabulary, as T5's own code does (from 1,800 tokens on at the defaults).
    /// </summary>
    public bool PastSentinels { get; init; }

    internal override void Check(string of)
    {
        base.Check(of);
        Expect.PartBelowAll(Density, $"density of {of}");
        Expect.AtLeast(1, MeanSpan, $"meanSpan of {of}");
        Expect.Positive(Sentinels, $"number of sentinels of {of}");
        Expect.AtLeast(Sentinels - 1, FirstSentinel, $"firstSentinel of {of}, from which {Sentinels} count down,");
    }

    internal override (Dictionary<string, string[]> Beginning, IEnumerable<Dictionary<string, string[]>> End)? Cut(
        IReadOnlyDictionary<string, string[]> row, double share, int passage) => CutText(row, share, passage);

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var ids = Encode(Text(row, ref dice, room, out _));
        var length = RawLength(room);
        if (ids.Length < 2)
            return null;
        var start = ids.Length > length ? dice.Below(ids.Length - length + 1) : 0;
        ReadOnlySpan<int> tokens = ids.AsSpan(start, Math.Min(length, ids.Length));

        (var hidden, var spans) = Counts(tokens.Length);
        int[] hide = Parts(hidden, spans, ref dice), keep = Parts(tokens.Length - hidden, spans, ref dice);
        var input = new List<int>();
        var target = new List<int>();
        for (int span = 0, at = 0; span < spans; span++)
        {
            input.AddRange(tokens.Slice(at, keep[span]));
            at += keep[span];
            input.Add(FirstSentinel - span);
            target.Add(FirstSentinel - span);
            target.AddRange(tokens.Slice(at, hide[span]));
            at += hide[span];
        }
        return new TokenizedExample(Close(input, room.Input), Close(target, room.Target));
    }

    /// <summary>
    /// The most tokens of text whose input and target fit the room (T5's <c>random_spans_helper</c>).
    /// </summary>
    internal int RawLength(in Room room)
    {
        var length = 2;
        while (Fits(length + 1, room))
            length++;
        return length;
    }

    private bool Fits(int length, in Room room)
    {
        (var hidden, var spans) = Counts(length);
        return length - hidden + spans + 1 <= room.Input && hidden + spans + 1 <= room.Target;
    }

    private (int Hidden, int Spans) Counts(int length)
    {
        var hidden = Math.Clamp((int)Math.Round(length * Density), 1, length - 1);
        var spans = Math.Max(1, (int)Math.Round(hidden / MeanSpan));
        spans = Math.Min(spans, length - hidden);
        return (hidden, PastSentinels ? spans : Math.Min(spans, Sentinels));
    }

    /// <summary>A random partition of <paramref name="total"/> into parts of at least one.</summary>
    private static int[] Parts(int total, int parts, ref Dice dice)
    {
        var first = new bool[total - 1];
        first.AsSpan(0, parts - 1).Fill(true);
        dice.Shuffle(first.AsSpan());
        var sizes = new int[parts];
        for (int i = 0, part = 0; i < total; i++)
            sizes[i > 0 && first[i - 1] ? ++part : part]++;
        return sizes;
    }
}
