namespace LongT5.Scheduling;

/// <summary>The lock over all that a scheduler's threads and its callers share, and what wakes them.</summary>
/// <remarks>Every member belongs to who holds the lock.</remarks>
sealed class SchedulerLock
{
    /// <summary>Whether somebody came, went or gave up, since the writer looked last.</summary>
    public bool HasNews { get; private set; }

    /// <summary>Whether the threads are to end.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Makes it known that somebody came, went or gave up.</summary>
    public void Tell()
    {
        lock (this)
        {
            HasNews = true;
            Wake();
        }
    }

    /// <summary>Makes it known that the threads are to end.</summary>
    public void End()
    {
        lock (this)
        {
            IsEnding = true;
            Tell();
        }
    }

    /// <summary>Whether there were news; they are none any more.</summary>
    public bool TakeNews()
    {
        var had = HasNews;
        HasNews = false;
        return had;
    }

    /// <summary>Has those that wait look again.</summary>
    public void Wake() => Monitor.PulseAll(this);

    /// <summary>Leaves the lock until something has changed.</summary>
    public void Wait() => Monitor.Wait(this);
}
