namespace LongT5.Hub;

/// <summary>The folder in which Hugging Face's tools keep what they fetched; only read here.</summary>
/// <remarks>
/// <c>models--org--name/refs/main</c> names a commit, and <c>snapshots/COMMIT/</c> holds the files, mostly links to
/// <c>blobs</c>.
/// </remarks>
public static class HubCache
{
    /// <summary>What a checkpoint needs, in the layout that serves best.</summary>
    private static readonly string[] Files =
        ["config.json", "generation_config.json", "model.safetensors", "spiece.model", "tokenizer.json",
            "tokenizer_config.json"];

    /// <summary>HF_HUB_CACHE, else hub under HF_HOME, else under huggingface in the user's cache folder.</summary>
    public static string Folder
        => Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(
            Variable("HF_HOME") ?? Path.Combine(
                Variable("XDG_CACHE_HOME")
                    ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "huggingface"),
            "hub");

    /// <summary>The folder of a checkpoint that was fetched; null where it was not.</summary>
    /// <param name="name"><c>org/model</c>, or a name without an organisation.</param>
    public static string? Find(string name) => IsRepositoryName(name) ? Snapshot(Repository(name)) : null;

    /// <summary>The error that says what to fetch, from where, to where.</summary>
    internal static FileNotFoundException NotFetched(string name)
        => new(WithoutBranch(Repository(name)) ?? Missing(name, Repository(name)), name);

    /// <summary>The checkpoints there that call themselves LongT5 or T5, as <c>org/model</c>, in order.</summary>
    public static IEnumerable<string> Names()
        => Directory.Exists(Folder)
            ? Directory.EnumerateDirectories(Folder, "models--*").Where(IsT5)
                .Select(repository => Path.GetFileName(repository)["models--".Length..]
                    .Replace("--", "/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
            : [];

    private static string Repository(string name)
        => Path.Combine(Folder, "models--" + name.Replace("/", "--", StringComparison.Ordinal));

    private static bool IsT5(string repository)
        => Snapshot(repository) is { } snapshot && Path.Combine(snapshot, "config.json") is var config
            && File.Exists(config)
            && File.ReadAllText(config) is var text
            && ModelFamily.All.Any(family => text.Contains($"\"{family.Type}\"", StringComparison.Ordinal));

    private static string? Snapshot(string repository)
    {
        var main = Path.Combine(repository, "refs", "main");
        if (!File.Exists(main) || new FileInfo(main).Length > 256)
            return null;
        var commit = File.ReadAllText(main).Trim();
        var snapshot = Path.Combine(repository, "snapshots", commit);
        return commit.Length > 0 && commit.All(char.IsAsciiLetterOrDigit) && Directory.Exists(snapshot)
            ? snapshot : null;
    }

    /// <summary>What to do about a cache that holds the files, but not which commit is the newest.</summary>
    private static string? WithoutBranch(string repository)
        => !File.Exists(Path.Combine(repository, "refs", "main"))
            && Path.Combine(repository, "snapshots") is var snapshots && Directory.Exists(snapshots)
            && new DirectoryInfo(snapshots).EnumerateDirectories()
                .MaxBy(snapshot => snapshot.LastWriteTimeUtc) is { } newest
            ? $"{repository} holds a snapshot, but no refs/main that names it: the download was broken off or asked "
                + $"for a revision; "
                + $"give {newest.FullName} as the model."
            : null;

    private static string Missing(string name, string repository)
    {
        var endpoint = (Variable("HF_ENDPOINT") ?? "https://huggingface.co").TrimEnd('/');
        var local = Path.Combine("models", name.Split('/')[^1]);
        return $"{name}: there is no such folder here, and {repository} does not hold it. Fetch these files into one "
            + $"folder, such as "
            + $"{local}, and give that folder as the model (generation_config.json may be absent; where there is no "
            + "model.safetensors, take pytorch_model.bin or flax_model.msgpack; one of the tokenizer's files is "
            + "enough):\n"
            + string.Join('\n',
                Files.Select(file => $"  {endpoint}/{name}/resolve/main/{file} -> {Path.Combine(local, file)}"));
    }

    /// <summary>
    /// The hub's rule: letters, digits, and - _ . inside; no .. and no --, which the cache's names are made with.
    /// </summary>
    internal static bool IsRepositoryName(string name)
    {
        var parts = name.Split('/');
        return parts.Length is 1 or 2 && name.Length <= 96 && parts.All(part => part.Length > 0
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && part[0] is not ('-' or '.') && part[^1] is not ('-' or '.')
            && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal));
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value : null;
}
