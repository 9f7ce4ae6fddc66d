namespace LongT5.Hub;

/// <summary>A repository of the hub and one of its revisions: <c>org/name</c>, or <c>org/name@revision</c>.</summary>
/// <param name="Repository"><c>org/name</c>, or a name without an organisation.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
public sealed record HubName(string Repository, string Revision = HubName.Main)
{
    internal const string Main = "main";

    private const int LongestRevision = 200;

    /// <summary>The name that is written so; null where it is none.</summary>
    public static HubName? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? new HubName(text) : new HubName(text[..at], text[(at + 1)..]);
        return IsRepository(name.Repository) && IsRevision(name.Revision) ? name : null;
    }

    /// <summary>Whether an organisation or a person is named, as all but the oldest repositories have one.</summary>
    internal bool HasOwner => Repository.Contains('/', StringComparison.Ordinal);

    /// <summary>As it is written; main is not said.</summary>
    public override string ToString() => Revision == Main ? Repository : $"{Repository}@{Revision}";

    /// <summary>Whether this is a commit, whose files never change.</summary>
    internal static bool IsCommit(string revision) => revision.Length == 40 && revision.All(char.IsAsciiHexDigitLower);

    /// <summary>
    /// The hub's rule: letters, digits, and - _ . inside; no .. and no --, which the cache's names are made with.
    /// </summary>
    private static bool IsRepository(string name)
    {
        var parts = name.Split('/');
        return parts.Length is 1 or 2 && name.Length <= 96 && parts.All(part => part.Length > 0
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && part[0] is not ('-' or '.') && part[^1] is not ('-' or '.')
            && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal));
    }

    /// <summary>What git allows of names, as far as they are plain files under any system.</summary>
    private static bool IsRevision(string revision)
        => revision.Length is > 0 and <= LongestRevision && revision.Split('/').All(part => part.Length > 0
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+')
            && part[0] != '.' && part[^1] != '.' && !part.Contains("..", StringComparison.Ordinal));
}
