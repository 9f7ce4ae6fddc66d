namespace LongT5.Tasks;

/// <summary>How far a piece of work is.</summary>
/// <param name="Phase">What is being done: <c>reading</c> (the encoder) or <c>writing</c> (the decoder).</param>
/// <param name="Done">How much of it is done, in the phase's own unit.</param>
/// <param name="Total">How much there is at most.</param>
public readonly record struct GenerationProgress(string Phase, double Done, double Total);
