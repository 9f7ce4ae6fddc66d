namespace LongT5.Scheduling;

/// <summary>A request that was refused because as many wait as may; it can be made again later.</summary>
public sealed class OverloadedException : Exception
{
    /// <summary>A refusal of one's own, for a program's tests.</summary>
    /// <param name="message">What was wrong.</param>
    /// <param name="retryAfter">When there is likely to be room.</param>
    public OverloadedException(string message, TimeSpan retryAfter)
        : base(message)
        => RetryAfter = retryAfter;

    internal OverloadedException(int waiting, TimeSpan retryAfter)
        : this($"{waiting} requests are waiting, as many as may; come again in {retryAfter.TotalSeconds:0} s.",
            retryAfter)
    {
    }

    /// <summary>When there is likely to be room, by what is still to be done.</summary>
    public TimeSpan RetryAfter { get; }
}
