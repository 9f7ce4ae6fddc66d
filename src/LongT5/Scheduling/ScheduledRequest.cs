using LongT5.Generation;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>What is asked of a <see cref="Scheduler"/>.</summary>
/// <param name="Inputs">Token ids, and who encodes and decodes them; engines that share a base.</param>
/// <param name="Options">What is written, resolved; null where the session alone is wanted, or the states.</param>
sealed record ScheduledRequest(IReadOnlyList<(Engine Engine, int[] Ids)> Inputs, GenerationOptions? Options)
{
    /// <summary>How the inputs are read; null for each in one pass.</summary>
    public EncoderWindows? Windows { get; init; }

    /// <summary>Whether what the encoder makes of the only input is wanted, and no session.</summary>
    public bool WantsStates { get; init; }

    /// <summary>The text of a run of tokens; needed for stop strings alone.</summary>
    public Func<ReadOnlySpan<int>, string>? Decode { get; init; }

    /// <summary>Hears of every step, on the scheduler's thread.</summary>
    public GenerationListener? Listener { get; init; }

    /// <summary>For each input the sentences that alone may be written on it; null for anything.</summary>
    public IReadOnlyList<Quotations?>? Quotations { get; init; }

    /// <summary>Whether the session keeps what was asked of the inputs.</summary>
    public bool KeepsQueries { get; init; }

    /// <summary>Hears of its place among those that wait, from 1, when it changes; 0 once it begins.</summary>
    public Action<int>? Waiting { get; init; }

    /// <summary>Hears how much of the inputs is read, from 0 to 1, on the scheduler's thread.</summary>
    public Action<double>? Read { get; init; }

    /// <summary>Sequences that the decoder keeps for all inputs.</summary>
    public int Sequences => Inputs.Count * SequencesOfOne;

    /// <summary>Threads that compute it.</summary>
    public int Threads => Inputs.Min(input => input.Engine.Threads);

    /// <summary>Memory beside the weights, at its peak.</summary>
    public long Bytes => Inputs.Sum(input => input.Engine.Estimate(input.Ids.Length, SequencesOfOne, NewTokens).Bytes);

    /// <summary>Bytes of the weights that a step reads, whoever it is for.</summary>
    public double WeightBytes => Inputs.Max(input => input.Engine.StepBytes(0, 0));

    /// <summary>Bytes of keys and values of its inputs that a step reads for it alone.</summary>
    public double InputBytes => Inputs.Sum(input => input.Engine.StepBytes(input.Ids.Length, 0)
        - input.Engine.StepBytes(0, 0));

    /// <summary>Floating-point operations of the reading.</summary>
    public double ReadingOperations => Inputs.Sum(input => input.Engine.Estimate(input.Ids.Length).Operations);

    /// <summary>About as many operations as could be done in the time that the writing takes at most.</summary>
    public double WritingOperations => OperationsOfByte * NewTokens
        * Inputs.Sum(input => input.Engine.StepBytes(input.Ids.Length, NewTokens / 2.0));

    // What a processor multiplies in registers while it reads a byte from memory.
    private const double OperationsOfByte = 8;

    private int SequencesOfOne => Math.Max(Options?.NumBeams ?? 1, Options?.NumReturnSequences ?? 1);

    private int NewTokens => Options?.MaxNewTokens ?? Options?.MaxLength ?? 0;
}
