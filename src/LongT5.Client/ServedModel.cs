namespace LongT5.Client;

/// <summary>A model of a server.</summary>
/// <param name="Id">The name that requests call it by.</param>
public sealed record ServedModel(string Id);

/// <summary>Whether a server takes requests.</summary>
public enum ServerHealth
{
    /// <summary>It does.</summary>
    Ready,

    /// <summary>Not yet: it opens its models.</summary>
    Starting,

    /// <summary>No longer: it ends what it has begun.</summary>
    Ending,
}
