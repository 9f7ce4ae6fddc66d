using System.Diagnostics;

namespace LongT5.Scheduling;

/// <summary>
/// Requests that wait for room, by the time at which each would be done if it had the machine for itself: little work
/// goes first, yet nothing is overtaken by what comes later than its own work takes.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
/// <param name="most">How many may wait.</param>
sealed class WaitingLine(int most)
{
    private readonly List<(double Due, Work Work)> _line = [];

    /// <summary>How many wait.</summary>
    public int Count => _line.Count;

    /// <summary>Whether no more may wait.</summary>
    public bool IsFull => _line.Count >= most;

    /// <summary>Whose turn is next; null where nobody waits.</summary>
    public Work? First => _line.Count > 0 ? _line[0].Work : null;

    /// <summary>All operations that they wait for.</summary>
    public double Operations => _line.Sum(one => one.Work.Operations);

    /// <summary>Puts a request where it belongs.</summary>
    /// <param name="work">The request.</param>
    /// <param name="secondsPerOperation">How fast the machine is.</param>
    public void Add(Work work, double secondsPerOperation)
    {
        var due = Stopwatch.GetElapsedTime(0, work.Arrival).TotalSeconds + work.Operations * secondsPerOperation;
        var place = _line.FindIndex(other => other.Due > due);
        _line.Insert(place < 0 ? _line.Count : place, (due, work));
    }

    /// <summary>Takes the first one out.</summary>
    public void RemoveFirst() => _line.RemoveAt(0);

    /// <summary>Takes out those that are wanted no more.</summary>
    public IReadOnlyList<Work> RemoveCancelled()
    {
        Work[] cancelled = [.. _line.Select(one => one.Work).Where(work => work.Cancellation.IsCancellationRequested)];
        _line.RemoveAll(one => cancelled.Contains(one.Work));
        return cancelled;
    }

    /// <summary>Takes all of them out.</summary>
    public IReadOnlyList<Work> RemoveAll()
    {
        Work[] all = [.. _line.Select(one => one.Work)];
        _line.Clear();
        return all;
    }

    /// <summary>Everyone's place now, from 1.</summary>
    public IReadOnlyList<(Work Work, int Place)> Places() => [.. _line.Select((one, i) => (one.Work, i + 1))];
}
