using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>The folder in which Hugging Face's tools, and this library, keep what they fetched.</summary>
public static class HubCache
{
    /// <summary>What a checkpoint needs, in the layout that serves best.</summary>
    private static readonly string[] Files =
        ["config.json", "generation_config.json", "model.safetensors", "spiece.model", "tokenizer.json",
            "tokenizer_config.json"];

    /// <summary>HF_HUB_CACHE, else hub under HF_HOME, else under huggingface in the user's cache folder.</summary>
    public static string Folder => HubSettings.CacheFolder;

    /// <summary>The folder of a checkpoint that was fetched; null where it was not.</summary>
    /// <param name="name"><c>org/model</c>, <c>org/model@revision</c>, or a name without an organisation.</param>
    public static string? Find(string name)
        => HubName.Parse(name) is { } hub ? new CachedRepository(Folder, hub.Repository).Find(hub.Revision) : null;

    /// <summary>Whether a model is there with all that it needs, so that nobody has to be asked for more.</summary>
    public static bool Has(HubName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var repository = new CachedRepository(Folder, name.Repository);
        return repository.Find(name.Revision) is { } snapshot
            && Completeness.Of(repository, Path.GetFileName(snapshot));
    }

    /// <summary>Deletes a model: main means all that was fetched of it, another revision that one alone.</summary>
    /// <returns>Bytes that are free again.</returns>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static long Remove(HubName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return CacheRemoval.Remove(Folder, name);
    }

    /// <summary>The checkpoints there that call themselves LongT5 or T5, as <c>org/model</c>, in order.</summary>
    public static IEnumerable<string> Names()
        => Models().Where(model => !model.IsAdapter).Select(model => model.Repository).Distinct();

    /// <summary>All that is there of T5's families, and of adapters, in order.</summary>
    /// <param name="cache">The folder of the cache; null for <see cref="Folder"/>.</param>
    public static IEnumerable<CachedModel> Models(string? cache = null)
        => Directory.Exists(cache ?? Folder)
            ? Directory.EnumerateDirectories(cache ?? Folder, CachedRepository.FolderPrefix + "*")
                .Order(StringComparer.Ordinal).SelectMany(CachedModel.In)
            : [];

    /// <summary>
    /// <c>org/name@commit</c> of a folder that is a snapshot of the cache, which says for good what was used; null of
    /// any other.
    /// </summary>
    public static string? PinnedName(string folder)
    {
        var snapshot = new DirectoryInfo(Path.TrimEndingDirectorySeparator(folder));
        return snapshot.Parent is { Name: "snapshots", Parent: { } repository }
            && repository.Name.StartsWith(CachedRepository.FolderPrefix, StringComparison.Ordinal)
            ? $"{CachedModel.NameOf(repository.FullName)}@{snapshot.Name}" : null;
    }

    /// <summary>The error that says what to fetch, from where, to where.</summary>
    internal static FileNotFoundException NotFetched(HubName name)
    {
        var repository = new CachedRepository(Folder, name.Repository).Folder;
        return new(WithoutBranch(name, repository) ?? Missing(name, repository), name.ToString());
    }

    /// <summary>What to do about a cache that holds the files, but not which commit is the newest.</summary>
    private static string? WithoutBranch(HubName name, string repository)
        => name.Revision == HubName.Main && !File.Exists(Path.Combine(repository, "refs", "main"))
            && Path.Combine(repository, "snapshots") is var snapshots && Directory.Exists(snapshots)
            && new DirectoryInfo(snapshots).EnumerateDirectories()
                .MaxBy(snapshot => snapshot.LastWriteTimeUtc) is { } newest
            ? $"{repository} holds a snapshot, but no refs/main that names it: the download was broken off or asked "
                + $"for a revision; "
                + $"give {newest.FullName} as the model."
            : null;

    private static string Missing(HubName name, string repository)
    {
        var endpoint = HubSettings.EndpointText;
        var local = Path.Combine("models", name.Repository.Split('/')[^1]);
        return $"{name}: there is no such folder here, and {repository} does not hold it. Fetch these files into one "
            + $"folder, such as "
            + $"{local}, and give that folder as the model (generation_config.json may be absent; where there is no "
            + "model.safetensors, take pytorch_model.bin or flax_model.msgpack; one of the tokenizer's files is "
            + "enough):\n"
            + string.Join('\n', Files.Select(file
                => $"  {endpoint}/{name.Repository}/resolve/{name.Revision}/{file} -> {Path.Combine(local, file)}"));
    }
}
