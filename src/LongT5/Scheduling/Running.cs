namespace LongT5.Scheduling;

/// <summary>
/// The requests that have begun: each belongs to the thread that reads until it is read, and to the one that writes
/// from then on.
/// </summary>
/// <remarks>
/// Who does not hold the lock of the scheduler asks and changes nothing here. A slice and a step are done without it;
/// so neither thread touches what the other may have in hand.
/// </remarks>
/// <param name="kept">Where documents are given back.</param>
sealed class Running(KeptDocuments kept)
{
    private readonly List<Work> _readers = [], _writers = [];

    /// <summary>Those that are being read.</summary>
    public IReadOnlyList<Work> Readers => _readers;

    /// <summary>Those that are read, and are being written.</summary>
    public IReadOnlyList<Work> Writers => _writers;

    /// <summary>The one of which a slice is being read.</summary>
    public Work? InHand { get; set; }

    /// <summary>Whether a step is being made, of any of the writers.</summary>
    public bool IsStepping { get; set; }

    /// <summary>Whether one may be read while others are written: each has a processor to spare.</summary>
    public bool IsSharable => _readers.TrueForAll(HasSpare) && _writers.TrueForAll(HasSpare);

    /// <summary>Begins to read one.</summary>
    public void Begin(Work work) => _readers.Add(work);

    /// <summary>Gives one that is read to the thread that writes.</summary>
    public void HandOver(Work work)
    {
        _readers.Remove(work);
        _writers.Add(work);
    }

    /// <summary>Stops those that are wanted no more; a slice or a step of theirs ends first.</summary>
    public void StopCancelled()
    {
        Work[] cancelled = [.. _readers.Where(work => work != InHand).Concat(_writers)
            .Where(work => work.Cancellation.IsCancellationRequested)];
        foreach (var work in cancelled)
        {
            work.Result.TrySetCanceled(work.Cancellation);
            Drop(work);
        }
    }

    /// <summary>Ends one, and frees what it has.</summary>
    public void Drop(Work work)
    {
        _readers.Remove(work);
        _writers.Remove(work);
        work.Release(kept);
    }

    private static bool HasSpare(Work work) => work.Threads > 1;
}
