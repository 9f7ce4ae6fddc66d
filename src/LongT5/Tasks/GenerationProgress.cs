namespace LongT5.Tasks;

/// <summary>How far a piece of work is.</summary>
/// <param name="Phase">What is being done: <c>reading</c> (the encoder) or <c>writing</c> (the decoder); with a
/// scheduler, <c>waiting</c> too.</param>
/// <param name="Done">How much of it is done, in the phase's own unit: layers, tokens.</param>
/// <param name="Total">How much there is at most; of waiting the place in the line, from 1, or 0 once it
/// begins.</param>
public readonly record struct GenerationProgress(string Phase, double Done, double Total)
{
    /// <summary>Which part of a text that is read in parts is being worked on, from 1; 0 for a text in one.</summary>
    public int Part { get; init; }

    /// <summary>How many parts there are; 0 for a text in one.</summary>
    public int Parts { get; init; }
}
