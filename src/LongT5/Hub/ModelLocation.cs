using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Hub;

/// <summary>Where the model is that a name means: a path, a name of the hub, or the embedded model.</summary>
public static class ModelLocation
{
    /// <summary>The folder or file of a model.</summary>
    /// <param name="name">A path, <c>org/name</c> or <c>org/name@revision</c> of the hub, or null for the embedded
    /// model. What exists as a path is a path; what is of the hub must be in the cache.</param>
    /// <exception cref="FileNotFoundException">There is no such model; the message says what to do.</exception>
    public static string Resolve(string? name)
    {
        if (name is null)
            return Installation.EmbeddedModel ?? throw new FileNotFoundException(
                "no model is bundled with this installation: name one, a folder of a LongT5 checkpoint or org/name "
                    + "of one "
                + "in the Hugging Face cache.");
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (Path.Exists(name))
            return name;
        return HubCache.Find(name) ?? throw (OnHub(name) is { } hub ? HubCache.NotFetched(hub) : Gone(name));
    }

    /// <summary>What a name means on the hub; null where it is a path, or was meant as one.</summary>
    internal static HubName? OnHub(string name)
        => !Path.Exists(name) && HubName.Parse(name) is { } hub && !IsPath(hub.Repository) ? hub : null;

    /// <summary>Opens the checkpoint that a name means; messages call it by that name.</summary>
    /// <exception cref="FileNotFoundException">There is no such model; the message says what to do.</exception>
    /// <exception cref="BadFileException">A file is damaged, or its tensors are
    /// not those of the configuration.</exception>
    /// <param name="name">As for <see cref="Resolve"/>.</param>
    /// <param name="inMemory">As for <see cref="Checkpoint.Open"/>.</param>
    public static Checkpoint Open(string? name, bool inMemory = false)
        => Checkpoint.Open(Resolve(name), name, inMemory);

    /// <summary>Whether a model's folder is that of the embedded one.</summary>
    internal static bool IsEmbedded(string folder)
        => Installation.EmbeddedModel is { } embedded && Path.GetFullPath(folder) == Path.GetFullPath(embedded);

    /// <summary>
    /// Whether a name that leads nowhere was meant as a path: it is written as one, ends as files do, or has a
    /// neighbour that is called nearly so.
    /// </summary>
    private static bool IsPath(string name)
        => Path.GetExtension(name) is [_, var first, ..] && char.IsAsciiLetter(first)
            || Neighbour(name) is not null;

    private static FileNotFoundException Gone(string path) => new(
        $"{path}: there is no such file or "
            + "folder"
            + (Neighbour(path) is { } near ? $"; is {near} meant?" : ", nor is this a name such as org/model."), path);

    /// <summary>What lies where the path leads, but for a slip in its last part.</summary>
    private static string? Neighbour(string path)
    {
        var whole = Path.TrimEndingDirectorySeparator(path);
        var folder = Path.GetDirectoryName(whole);
        var place = string.IsNullOrEmpty(folder) ? "." : folder;
        if (!Directory.Exists(place))
            return null;
        var names = Directory.EnumerateFileSystemEntries(place, "*", new EnumerationOptions()).Take(1000)
            .Select(entry => Path.GetFileName(entry));
        return NearestName.Of(Path.GetFileName(whole), names) is { } near ? Path.Combine(folder ?? "", near) : null;
    }
}
