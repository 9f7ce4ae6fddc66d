using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>The logits of some positions, which exist for a moment only.</summary>
/// <param name="Logits">[n, V]</param>
/// <param name="LogSum">log(sum(exp(logits))), [n, 1]</param>
/// <param name="Label">[n, 1]</param>
/// <param name="Teacher">The logits of a teacher, [n, V]; null where there is none.</param>
readonly record struct LogitSlice(Tensor Logits, Tensor LogSum, Tensor Label, Tensor? Teacher = null);

/// <summary>A part of the head's loss, with its gradient by the logits.</summary>
/// <remarks>
/// That gradient is a factor times the probabilities, and a rest: so all terms share one buffer, in which the
/// probabilities take the place of the logits.
/// </remarks>
abstract class LogitTerm
{
    /// <summary>Whether the rest is made of the logits, so that the probabilities may not take their place.</summary>
    public virtual bool NeedsLogits => false;

    /// <summary>The sum over the positions.</summary>
    /// <returns>A scalar.</returns>
    public abstract Tensor Sum(in LogitSlice slice);

    /// <summary>What the probabilities count for in the gradient, [n, 1].</summary>
    public abstract Tensor FactorOfProbability(in LogitSlice slice);

    /// <summary>Adds what is left of the gradient.</summary>
    /// <param name="gradient">[n, V]</param>
    /// <param name="slice">The positions; its logits are gone, unless the term <see cref="NeedsLogits"/>.</param>
    public virtual void AddRest(Tensor gradient, in LogitSlice slice)
    {
    }
}
