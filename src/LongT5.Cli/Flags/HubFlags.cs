using System.CommandLine;
using LongT5.Hub;

namespace LongT5.Cli.Flags;

/// <summary>Where what a call names is looked for: here, and unless it is forbidden, on the network.</summary>
sealed class HubFlags
{
    private readonly Option<bool> _offline = new("--offline")
    {
        Description = "Ask nothing of the network: what is not here is an error. HF_HUB_OFFLINE=1 says so for good.",
    };

    public HubFlags(Command command) => command.Add(_offline);

    /// <summary>What the environment and the call say of the hub.</summary>
    public HubSettings Settings(ParseResult parsed)
        => HubSettings.FromEnvironment() is var settings && parsed.GetValue(_offline)
            ? settings with { IsOffline = true } : settings;

    /// <summary>Whether an option is this.</summary>
    public bool Owns(Option option) => option == _offline;

    /// <summary>The folder or file of what is named, fetched first where it is on the hub and not here.</summary>
    /// <param name="parsed">The call.</param>
    /// <param name="name">A path, <c>org/name[@revision]</c>, or null for the embedded model.</param>
    /// <param name="cancellation">Stops fetching; what came stays.</param>
    public string Find(ParseResult parsed, string? name, CancellationToken cancellation)
    {
        if (name is null || ModelLocation.OnHub(name) is not { HasOwner: true } hub || HubCache.Has(hub))
            return ModelLocation.Resolve(name);
        var settings = Settings(parsed);
        return settings.IsOffline ? ModelLocation.Resolve(name)
            : ModelFetch.RunAsync(hub, settings, cancellation).GetAwaiter().GetResult().Folder;
    }
}
