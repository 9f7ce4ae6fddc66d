namespace LongT5.Scheduling;

/// <summary>How much a <see cref="Scheduler"/> does at a time.</summary>
public sealed record SchedulerOptions
{
    /// <summary>
    /// Bytes for all requests together, beside the weights; null for nine tenths of what the machine has free when the
    /// scheduler is made. A longer input is cut to what fits into all of it, as ever.
    /// </summary>
    public long? MaxMemory { get; init; }

    /// <summary>Requests that may wait; one more is refused with an <see cref="OverloadedException"/>.</summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>
    /// Sequences that are written together: beams and samples each count. More than the decoder takes at once gain
    /// nothing.
    /// </summary>
    public int MaxSequences { get; init; } = 64;

    /// <summary>
    /// Bytes of encoded documents that are kept, so that none is read again to be asked something else; they belong to
    /// <see cref="MaxMemory"/>, and give way to requests. Null for a quarter of it.
    /// </summary>
    public long? KeptBytes { get; init; }

    /// <summary>Throws where a number makes no sense.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMemory ?? 1, 1, nameof(MaxMemory));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaiting, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(KeptBytes ?? 0, nameof(KeptBytes));
    }
}
