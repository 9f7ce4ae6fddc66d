namespace LongT5.Hub;

/// <summary>What a server, or the way to it, refuses: one sentence that says what to do.</summary>
public sealed class HubException : IOException
{
    /// <param name="message">The sentence.</param>
    /// <param name="cause">What a layer beneath said, if one did.</param>
    public HubException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
