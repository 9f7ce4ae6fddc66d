namespace LongT5.Hub;

/// <summary>What fetching a model will bring, told before it is fetched.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Commit">What that is now; nothing that is pushed meanwhile changes it.</param>
/// <param name="Folder">Where the files will lie.</param>
/// <param name="Files">All files that serve, whether they are here already or not.</param>
/// <param name="Missing">Those of them that are not here.</param>
/// <param name="MissingBytes">What is still to come of these.</param>
public sealed record DownloadPlan(HubName Name, string Commit, string Folder, IReadOnlyList<HubFile> Files,
    IReadOnlyList<HubFile> Missing, long MissingBytes)
{
    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>The model that an adapter was trained on, as its file names it; null for a model.</summary>
    public string? BaseModel { get; init; }
}

/// <summary>How far a download is.</summary>
/// <param name="File">What is fetched now.</param>
/// <param name="Done">Bytes that have come, of all files.</param>
/// <param name="Total">Bytes that come in all.</param>
public readonly record struct DownloadProgress(string File, long Done, long Total)
{
    /// <summary>How long the hub asks to wait; null where it does not.</summary>
    public TimeSpan? Wait { get; init; }
}
