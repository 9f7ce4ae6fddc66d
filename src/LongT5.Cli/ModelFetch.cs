using System.Globalization;
using LongT5.Hub;

namespace LongT5.Cli;

/// <summary>Fetches a model from the hub: says what comes and how much, then shows how far it is.</summary>
static class ModelFetch
{
    /// <summary>Fetches what is missing of it.</summary>
    public static async Task<DownloadPlan> RunAsync(
        HubName name, HubSettings settings, CancellationToken cancellation)
    {
        using var hub = new HubDownload(settings);
        var plan = await hub.PlanAsync(name, cancellation);
        if (plan.Missing.Count > 0)
            Terminal.Complain($"fetching {name} at commit {plan.Commit[..7]}: {Names(plan)}, "
                + $"{Size(plan.MissingBytes)} from {settings.Endpoint.Host} into {settings.Cache}.");
        using var progress = Progress.For(name.Repository);
        await hub.FetchAsync(plan, progress is null ? null : new Fetching(progress, name), cancellation);
        return plan;
    }

    /// <summary>A size as people say it, in powers of ten, as the hub shows it.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    /// <summary>The largest files by name, the others by their number.</summary>
    private static string Names(DownloadPlan plan)
    {
        const int Named = 2;
        var names = plan.Missing.OrderByDescending(file => file.Size).Select(file => file.Path).ToList();
        return names.Count <= Named + 1 ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(Named))} and {names.Count - Named} more";
    }

    private sealed class Fetching(Progress progress, HubName name) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            progress.Subject = value.Wait is { } wait
                ? $"{name.Repository}: the hub asks to wait {Progress.Duration(wait)}; {value.File}"
                : $"{name.Repository}, {value.File}, {Size(value.Done)} of {Size(value.Total)}";
            progress.Report(new("fetching", value.Done, value.Total));
        }
    }
}
