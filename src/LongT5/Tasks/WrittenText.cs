namespace LongT5.Tasks;

/// <summary>Why a text ended.</summary>
enum TextEnd
{
    /// <summary>The model ended it.</summary>
    Model,

    /// <summary>One of the texts came that end it.</summary>
    Stop,

    /// <summary>A limit of length or time.</summary>
    Limit,
}

/// <summary>One text that was written on a request with texts that end it.</summary>
/// <param name="Text">The text, without what ended it.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Whole">All that is known of it.</param>
sealed record WrittenText(string Text, TextEnd End, GeneratedText Whole)
{
    /// <summary>What a model wrote, up to what ends it.</summary>
    /// <param name="text">What it wrote.</param>
    /// <param name="stops">The texts that end it.</param>
    /// <param name="notes">What a reader should know beside its warnings.</param>
    public static WrittenText Of(GeneratedText text, IReadOnlyList<string> stops, IReadOnlyList<string> notes)
    {
        var cut = StopText.Cut(text.Text, stops);
        var isCut = cut.Length < text.Text.Length;
        return new(isCut ? cut.TrimEnd() : cut, isCut ? TextEnd.Stop : text.IsOutputCut ? TextEnd.Limit : TextEnd.Model,
            text with { Warnings = [.. notes, .. text.Warnings] });
    }
}
