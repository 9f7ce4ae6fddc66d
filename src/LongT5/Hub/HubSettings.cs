using System.Globalization;

namespace LongT5.Hub;

/// <summary>Where the hub is, who asks, and where what comes is kept.</summary>
public sealed record HubSettings
{
    private const string PublicHub = "https://huggingface.co";
    private const double DefaultPatience = 20;

    /// <summary>The hub, or a mirror of it.</summary>
    public Uri Endpoint { get; init; } = new(PublicHub);

    /// <summary>What lets its owner in; told to the endpoint alone, and never without encryption.</summary>
    public string? Token { get; init; }

    /// <summary>The folder of the cache.</summary>
    public string Cache { get; init; } = HubCache.Folder;

    /// <summary>Whether nothing may be asked of the network.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Whether snapshots may be links; else they are files.</summary>
    public bool UsesLinks { get; init; } = true;

    /// <summary>How long a connection may be silent before it counts as broken.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(DefaultPatience);

    /// <summary>How long is waited before the first new try; before each that follows, twice as long.</summary>
    internal TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// As the variables of Hugging Face say: HF_ENDPOINT, HF_TOKEN (or the file HF_TOKEN_PATH, by default token under
    /// HF_HOME), HF_HUB_CACHE, HF_HUB_OFFLINE, HF_HUB_DISABLE_SYMLINKS and HF_HUB_DOWNLOAD_TIMEOUT.
    /// </summary>
    /// <exception cref="ArgumentException">HF_ENDPOINT is no address.</exception>
    public static HubSettings FromEnvironment()
    {
        var endpoint = Variable("HF_ENDPOINT") ?? PublicHub;
        return new()
        {
            Endpoint = Uri.TryCreate(endpoint.TrimEnd('/'), UriKind.Absolute, out var address)
                && address.Scheme is "https" or "http" ? address
                : throw new ArgumentException(
                    $"HF_ENDPOINT is {endpoint}; expected the address of a hub, such as {PublicHub}."),
            Token = KnownToken(),
            IsOffline = IsOn("HF_HUB_OFFLINE") || IsOn("TRANSFORMERS_OFFLINE"),
            UsesLinks = !IsOn("HF_HUB_DISABLE_SYMLINKS"),
            Patience = TimeSpan.FromSeconds(double.TryParse(Variable("HF_HUB_DOWNLOAD_TIMEOUT"), NumberStyles.Float,
                CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6 ? seconds : DefaultPatience),
        };
    }

    /// <summary>Everything but the token.</summary>
    public override string ToString() => $"{Endpoint}, {Cache}{(IsOffline ? ", offline" : "")}";

    /// <summary>HF_HUB_CACHE, else hub under HF_HOME, else under huggingface in the user's cache folder.</summary>
    internal static string CacheFolder
        => Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(Home, "hub");

    /// <summary>The endpoint as it is shown where nothing is asked of it.</summary>
    internal static string EndpointText => (Variable("HF_ENDPOINT") ?? PublicHub).TrimEnd('/');

    private static string Home => Variable("HF_HOME")
        ?? Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(UserFolder, ".cache"), "huggingface");

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? KnownToken()
    {
        if ((Variable("HF_TOKEN") ?? Variable("HUGGING_FACE_HUB_TOKEN")) is { } given)
            return given.Trim();
        var file = Variable("HF_TOKEN_PATH") ?? Path.Combine(Home, "token");
        return !IsOn("HF_HUB_DISABLE_IMPLICIT_TOKEN") && File.Exists(file) && new FileInfo(file).Length < 4096
            && File.ReadAllText(file).Trim() is { Length: > 0 } kept ? kept : null;
    }

    private static bool IsOn(string name) => Variable(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string? Variable(string name)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(UserFolder, value[2..]) : value
            : null;
}
