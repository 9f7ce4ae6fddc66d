namespace LongT5.Hub;

/// <summary>Tries again what a network breaks: after a wait that grows, or that is asked for.</summary>
/// <param name="firstWait">Before the second try; it doubles from there.</param>
/// <param name="waiting">Hears of waits that are asked for.</param>
sealed class Retries(TimeSpan firstWait, Action<TimeSpan>? waiting = null)
{
    private const int Most = 5, MostInAll = 1000;

    /// <summary>Runs something until it succeeds, or until it has failed five times without getting further.</summary>
    /// <param name="attempt">One try.</param>
    /// <param name="position">How far it has got.</param>
    /// <param name="cancellation">Stops it, and the waits too.</param>
    /// <exception cref="HubException">It was given up.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, Func<long> position, CancellationToken cancellation)
    {
        for (var (tries, all) = (1, 1); ; tries++, all++)
        {
            var before = position();
            try
            {
                return await attempt();
            }
            catch (HubTrouble trouble)
            {
                if (position() > before)
                    tries = 0;
                if (tries == Most || all == MostInAll)
                    throw new HubException(trouble.Message, trouble);
                if (trouble.Wait is { } asked)
                    waiting?.Invoke(asked);
                await Task.Delay(trouble.Wait ?? firstWait * Math.Pow(2, Math.Max(0, tries - 1)), cancellation);
            }
        }
    }
}
