using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>A part of what is minimised.</summary>
abstract class LossTerm
{
    /// <summary>The share of the term in the sum.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What the log calls it.</summary>
    public abstract string Name { get; }

    /// <summary>The part of the term that one batch of a step adds to it.</summary>
    /// <returns>A scalar, without <see cref="Weight"/>; null where the batch says nothing of it.</returns>
    public abstract Tensor? Of(ForwardPass pass);
}
