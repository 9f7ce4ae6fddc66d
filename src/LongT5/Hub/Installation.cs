namespace LongT5.Hub;

/// <summary>
/// What lies beside the running program: in a clone, the repository it was built in; installed, its own folder.
/// </summary>
public static class Installation
{
    /// <summary>The folder of the model that is used when none is named; null where there is none.</summary>
    /// <remarks>The variable LONGT5_MODEL names another.</remarks>
    public static string? EmbeddedModel
        => Environment.GetEnvironmentVariable("LONGT5_MODEL") is { Length: > 0 } named ? named
            : Find(Path.Combine("models", "longt5-embedded", "config.json")) is { } config
            ? Path.GetDirectoryName(config)
            : null;

    /// <summary>A file by its path relative to the program's folder or to one above it, the nearest first.</summary>
    public static string? Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, relative) is var path && File.Exists(path))
                return path;
        return null;
    }
}
