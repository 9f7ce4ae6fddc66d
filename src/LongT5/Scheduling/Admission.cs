using LongT5.Machine;

namespace LongT5.Scheduling;

/// <summary>
/// Who may begin: a request for whose memory and sequences there is room. Until then it waits in line, and where the
/// line is full it is refused.
/// </summary>
/// <param name="gate">Held while anything is asked or changed.</param>
/// <param name="options">The bounds.</param>
/// <param name="most">Bytes for all requests and kept documents together.</param>
/// <param name="budget">The memory of the machine.</param>
/// <param name="kept">Gives way to requests.</param>
sealed class Admission(SchedulerLock gate, SchedulerOptions options, long most, MemoryBudget budget, KeptDocuments kept)
{
    private readonly WaitingLine _line = new(options.MaxWaiting);
    private readonly List<Work> _entered = []; // have room, and were not told of it yet
    private int _sequences;
    private double _secondsPerOperation = 5e-11;

    /// <summary>Bytes of those that have room.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many wait.</summary>
    public int Waiting => _line.Count;

    /// <summary>Takes a request in, or puts it in line.</summary>
    /// <exception cref="OverloadedException">Too many wait.</exception>
    /// <exception cref="InsufficientMemoryException">It does not fit, even alone.</exception>
    public void Enter(Work work)
    {
        if (work.Bytes > most)
            throw new InsufficientMemoryException(
                $"{work.Bytes >> 20} MiB of memory are needed where all requests together have {most >> 20} MiB; use "
                    + "a shorter input or fewer beams.");
        if (_line.Count == 0 && HasRoom(work) && budget.TryReserve(work.Bytes) is { } memory)
            Admit(work, memory);
        else if (_line.IsFull)
            throw new OverloadedException(_line.Count, UntilRoom());
        else
            _line.Add(work, _secondsPerOperation);
    }

    /// <summary>Lets those out of the line that are wanted no more, and admits those that now have room.</summary>
    /// <returns>Each one's place in the line, and 0 for each that was admitted since this was asked last.</returns>
    public IReadOnlyList<(Work Work, int Place)> Places()
    {
        foreach (var work in _line.RemoveCancelled())
            work.Result.TrySetCanceled(work.Cancellation);
        while (_line.First is { } first)
        {
            var memory = MakeRoom(first);
            if (memory is null && Bytes > 0)
                break;
            _line.RemoveFirst();
            if (memory is not null)
                Admit(first, memory);
            else // the machine has less than it had, and nothing of ours will make room
                first.Result.TrySetException(new InsufficientMemoryException(
                    $"{first.Bytes >> 20} MiB of memory are needed and are not free; use a shorter input or fewer "
                        + "beams."));
        }
        (Work, int)[] places = [.. _line.Places(), .. _entered.Select(work => (work, 0))];
        _entered.Clear();
        return places;
    }

    /// <summary>Takes back what a request had, if it had anything.</summary>
    public void Leave(Work work)
    {
        if (work.Memory is null)
            return;
        work.Memory.Dispose();
        work.Memory = null;
        Bytes -= work.Bytes;
        _sequences -= work.Sequences;
    }

    /// <summary>Memory for a document that may be kept; null where there is none.</summary>
    public MemoryBudget.Reservation? ReserveKept(long bytes)
    {
        lock (gate)
            return Bytes + kept.Bytes + bytes <= most ? budget.TryReserve(bytes) : null;
    }

    /// <summary>Learns how fast the machine is, which tells who is refused when to come again.</summary>
    public void Learn(TimeSpan took, double operations)
    {
        if (operations > 0)
            _secondsPerOperation += (took.TotalSeconds / operations - _secondsPerOperation) / 64;
    }

    /// <summary>Takes out all that have not begun.</summary>
    public IReadOnlyList<Work> RemoveAll()
    {
        Work[] all = [.. _line.RemoveAll(), .. _entered];
        _entered.Clear();
        return all;
    }

    private void Admit(Work work, MemoryBudget.Reservation memory)
    {
        work.Memory = memory;
        Bytes += work.Bytes;
        _sequences += work.Sequences;
        _entered.Add(work);
    }

    /// <summary>The memory of the request whose turn it is: documents that are kept give way to it.</summary>
    private MemoryBudget.Reservation? MakeRoom(Work work)
    {
        do
        {
            if (HasRoom(work) && budget.TryReserve(work.Bytes) is { } memory)
                return memory;
        }
        while (FitsBeside(work) && Bytes + work.Bytes <= most && kept.Evict());
        return null;
    }

    private bool HasRoom(Work work) => FitsBeside(work) && Bytes + kept.Bytes + work.Bytes <= most;

    private bool FitsBeside(Work work) => _sequences == 0 || _sequences + work.Sequences <= options.MaxSequences;

    private TimeSpan UntilRoom()
        => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_line.Operations * _secondsPerOperation), 1, 600));
}
