using LongT5.Hub;

namespace LongT5.Training;

/// <summary>The checkpoint of the hub that a run begins from: fetched if need be, and held to its commit.</summary>
static class HubStart
{
    /// <summary><c>org/name@commit</c> of a name of the hub: it says for good what a run began from.</summary>
    /// <param name="from">What the run is told to begin from; a path stays as it is.</param>
    /// <param name="say">Is told what is fetched, and how much.</param>
    /// <param name="stop">Stops fetching; what came stays.</param>
    public static string? Pinned(string? from, Action<string> say, CancellationToken stop)
    {
        if (from is null || ModelLocation.OnHub(from) is not { } name) return from;
        var settings = HubSettings.FromEnvironment();
        if (name.HasOwner && !settings.IsOffline && !HubCache.Has(name))
        {
            using var hub = new HubDownload(settings);
            var plan = hub.PlanAsync(name, stop).GetAwaiter().GetResult();
            say($"fetching {name} at commit {plan.Commit[..7]}: {plan.MissingBytes / 1e6:0} MB from "
                + $"{settings.Endpoint.Host} into {settings.Cache}.");
            hub.FetchAsync(plan, cancellation: stop).GetAwaiter().GetResult();
        }
        return HubCache.Find(from) is { } folder ? HubCache.PinnedName(folder) : from;
    }
}
