namespace LongT5.Client;

/// <summary>What happens while a text is read and written on: <see cref="Waiting"/>, <see cref="Progressing"/>,
/// <see cref="Writing"/>, and <see cref="Finished"/> at the end.</summary>
public abstract record TextEvent
{
    private TextEvent()
    {
    }

    /// <summary>The request stands in the line.</summary>
    /// <param name="Place">Its place; 0 when it begins.</param>
    public sealed record Waiting(int Place) : TextEvent;

    /// <summary>The work goes on.</summary>
    /// <param name="Phase"><c>reading</c> or <c>writing</c>.</param>
    /// <param name="Unit"><c>layers</c> or <c>tokens</c>.</param>
    /// <param name="Done">How much of the phase is done, in that unit.</param>
    /// <param name="Total">How much there is at most.</param>
    /// <param name="SecondsLeft">How long the phase will take; null where it has just begun.</param>
    /// <param name="Part">Which part of a text that is read in parts, from 1; 0 for a text in one.</param>
    /// <param name="Parts">How many parts there are; 0 for a text in one.</param>
    public sealed record Progressing(
        string Phase, string Unit, double Done, double Total, double? SecondsLeft, int Part, int Parts) : TextEvent;

    /// <summary>More of the text has become final.</summary>
    /// <param name="Text">What has come; it is never taken back.</param>
    public sealed record Writing(string Text) : TextEvent;

    /// <summary>The text is whole: the last event.</summary>
    /// <param name="Result">The text, and what is to be known of it.</param>
    public sealed record Finished(TextResult Result) : TextEvent;
}
