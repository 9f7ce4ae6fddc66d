namespace LongT5.Scheduling;

/// <summary>
/// Whose input is read next, and how long reading is owed the whole machine before the next step.
/// </summary>
/// <remarks>
/// Who is being written is the nearest to its end, so steps come first where reading goes on beside them, and reading
/// has as much time as they have where it cannot. But weights that come from memory cost the same for one as for many:
/// there it pays to let others catch up who have less to read than those that write have in all, and reading is owed as
/// long, for each of these, as the step took for each of those that write. Not for several threads at once.
/// </remarks>
sealed class ReadingTurns
{
    private const int OldestShare = 8; // one part in so many

    /// <summary>Bytes that stay near the processor from step to step.</summary>
    public const double InCache = 32 << 20;

    // What a side did not need yesterday is not its own today.
    private static readonly TimeSpan s_mostOwed = TimeSpan.FromMilliseconds(50);

    private TimeSpan _owed;
    private TimeSpan _owedOldest;
    private bool _isOldest; // whose turn it is

    /// <summary>Whether reading comes before the next step.</summary>
    public bool IsOwed => _owed > TimeSpan.Zero;

    /// <summary>
    /// The request that has least left to read; for an eighth of the time the one that came first, so that none
    /// starves. Null where none has to be read.
    /// </summary>
    /// <param name="readers">The requests that are being read.</param>
    public Work? Next(IReadOnlyList<Work> readers)
    {
        var begun = readers.Where(work => work.IsReading).Select(work => work.Next!).ToHashSet();
        // Who would read what another is reading waits for it: then it is kept.
        Work[] ready = [.. readers.Where(
            work => work.IsReading || work.Next is not { } next || !begun.Contains(next))];
        var oldest = ready.MinBy(work => work.Arrival);
        var next = _owedOldest >= s_mostOwed ? oldest : ready.MinBy(work => work.Unread);
        _isOldest = next == oldest;
        return next;
    }

    /// <summary>Counts the time that a slice of the request took whose turn it was.</summary>
    /// <param name="took">The time.</param>
    public void Spend(TimeSpan took)
    {
        // What a slice takes beyond what was owed is owed back.
        _owed = Max(_owed - took, -s_mostOwed);
        if (!_isOldest)
            _owedOldest = Min(_owedOldest + took / OldestShare, s_mostOwed);
        else if (_owedOldest >= s_mostOwed)
            _owedOldest -= took;
    }

    /// <summary>Counts the time that a step took.</summary>
    /// <param name="took">The time.</param>
    /// <param name="wasShared">Whether there was reading beside it.</param>
    /// <param name="written">How many were written in it; at least one.</param>
    /// <param name="running">All requests.</param>
    public void Owe(TimeSpan took, bool wasShared, int written, Running running)
    {
        var least = running.Writers.Select(work => work.Operations).DefaultIfEmpty().Min();
        var others = running.Writers.Any(work => work.WeightBytes > InCache)
            ? running.Readers.Count(work => work.Unread <= least) : 0;
        var share = Math.Max(wasShared ? 0 : 1, others / (double)written);
        _owed = Min(_owed + took * share, Max(took, s_mostOwed));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
