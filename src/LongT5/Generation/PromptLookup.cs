using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// Greedy decoding that looks up how the output may go on, in itself and in the input, and checks the whole draft in
/// one step (Saxena 2023, prompt lookup decoding).
/// </summary>
sealed class PromptLookup(Settings settings, LogitRule[] rules, StopStrings? stops) : Line(settings, rules, stops)
{
    private protected override int Choose(Span<float> scores) => Best(scores);

    /// <summary>
    /// Finds the run of last tokens earlier on, the longest run first, and drafts what followed it there.
    /// </summary>
    private protected override int[] Draft()
    {
        // The step gives the token after the draft anyway, so that one needs no draft.
        var left = Settings.MaxLength - Ids.Length - 1;
        var room = Settings.ReferenceDrafts ? Settings.Drafts : Math.Min(Settings.Drafts, left);
        for (var length = Math.Min(Settings.LongestMatch, Ids.Length - 1); length > 0 && left > 0; length--)
        {
            var last = Ids[^length..];
            if (Copy(Ids, last, room) is { IsEmpty: false } own)
                return (Settings.ReferenceDrafts && own.Length > left ? own[..^1] : own).ToArray();
            if (!Settings.ReferenceDrafts && Copy(Settings.Source, last, room) is { IsEmpty: false } copied)
                return copied.ToArray();
        }
        return [];
    }

    /// <summary>What follows the first place where some tokens stand, up to an end token.</summary>
    private ReadOnlySpan<int> Copy(ReadOnlySpan<int> text, ReadOnlySpan<int> last, int room)
    {
        var at = text.IndexOf(last);
        if (at < 0)
            return [];
        var after = text[(at + last.Length)..];
        after = after[..Math.Min(room, after.Length)];
        var end = after.IndexOfAny(Settings.EndTokens);
        return end < 0 ? after : after[..end];
    }
}
