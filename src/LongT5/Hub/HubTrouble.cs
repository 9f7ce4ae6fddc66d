namespace LongT5.Hub;

/// <summary>What may be gone in a moment: a broken connection, a server that is busy.</summary>
/// <param name="sentence">What to say if it does not go.</param>
/// <param name="wait">How long the server asks to wait; null where it says nothing.</param>
/// <param name="cause">What the network said.</param>
sealed class HubTrouble(string sentence, TimeSpan? wait = null, Exception? cause = null) : Exception(sentence, cause)
{
    public TimeSpan? Wait { get; } = wait;
}
