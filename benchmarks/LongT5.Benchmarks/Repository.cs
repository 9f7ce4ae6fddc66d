namespace LongT5.Benchmarks;

/// <summary>Files of this repository, or others in their place.</summary>
static class Repository
{
    /// <summary>
    /// What a variable of the environment names; else a file or folder of the repository, from
    /// whichever folder below it the benchmark runs.
    /// </summary>
    public static string Named(string variable, string relative)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, relative) is var path && Path.Exists(path)) return path;
        }
        throw new FileNotFoundException(
            $"{relative} was not found above {AppContext.BaseDirectory}; name another in {variable}.");
    }
}
