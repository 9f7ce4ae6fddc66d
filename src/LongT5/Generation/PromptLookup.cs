using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// Greedy decoding that looks up how the output may go on, in itself and in the input, and checks the whole draft in
/// one step (Saxena 2023, prompt lookup decoding).
/// </summary>
/// <remarks>
/// A draft is kept as far as it is what greedy decoding chooses, and the choice after it comes for free; so the tokens
/// are those of greedy decoding, whatever the drafts are.
/// </remarks>
sealed class PromptLookup(Settings settings, LogitRule[] rules, StopStrings? stops) : Line(settings, rules, stops)
{
    private readonly int[] _draft = new int[settings.Drafts];
    private int _drafted;

    public override void Propose(Feed feed)
    {
        base.Propose(feed);
        _drafted = FindDraft();
        int parent = Node;
        foreach (int token in _draft.AsSpan(0, _drafted))
            parent = feed.Add(parent, token);
    }

    public override void Accept(Span<float> logits, bool late)
    {
        Steps++;
        int vocabulary = logits.Length / (_drafted + 1), kept = 0;
        for (; ; kept++, Node++)
        {
            Grow(logits.Slice(kept * vocabulary, vocabulary), late);
            bool over = Done && !Settings.ReferenceDrafts;
            if (over || kept == _drafted || Ids[^1] != _draft[kept])
                break;
        }
        DraftsTried += _drafted;
        DraftsKept += kept;
        Dropped = kept < _drafted;
    }

    private protected override int Choose(Span<float> scores) => Best(scores);

    /// <summary>
    /// Finds the run of last tokens earlier on, the longest run first, and drafts what followed it there.
    /// </summary>
    private int FindDraft()
    {
        // The step gives the token after the draft anyway, so that one needs no draft.
        int left = Settings.MaxLength - Ids.Length - 1;
        int room = Settings.ReferenceDrafts ? _draft.Length : Math.Min(_draft.Length, left);
        var certain = Settings.Quotations is { } quotations ? quotations.Certain(Ids[Settings.Prompt.Length..]) : [];
        if (!certain.IsEmpty && left > 0)
        {
            certain = certain[..Math.Min(room, certain.Length)];
            certain.CopyTo(_draft);
            return certain.Length;
        }
        for (int length = Math.Min(Settings.LongestMatch, Ids.Length - 1); length > 0 && left > 0; length--)
        {
            var last = Ids[^length..];
            if (Copy(Ids, last, room) is > 0 and var own)
                return Settings.ReferenceDrafts && own > left ? own - 1 : own;
            if (!Settings.ReferenceDrafts && Copy(Settings.Source, last, room) is > 0 and var copied)
                return copied;
        }
        return 0;
    }

    /// <summary>Drafts what follows the first place where some tokens stand, up to an end token.</summary>
    private int Copy(ReadOnlySpan<int> text, ReadOnlySpan<int> last, int room)
    {
        int at = text.IndexOf(last);
        if (at < 0)
            return 0;
        var after = text[(at + last.Length)..];
        after = after[..Math.Min(room, after.Length)];
        int end = after.IndexOfAny(Settings.EndTokens);
        after = end < 0 ? after : after[..end];
        after.CopyTo(_draft);
        return after.Length;
    }
}
