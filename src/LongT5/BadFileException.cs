namespace LongT5;

/// <summary>A file that is not what it says it is: cut short, out of bounds, of another kind, or hostile.</summary>
/// <remarks>Every reader of this library throws this and nothing else for the content of a file.</remarks>
public sealed class BadFileException : Exception
{
    /// <param name="path">The file, as the user named it or as it was found.</param>
    /// <param name="problem">What was expected, what was found, and what to do, in one sentence.</param>
    /// <param name="offset">Where in the file, in bytes, when that is known.</param>
    /// <param name="cause">What a parser underneath said, if one did.</param>
    public BadFileException(string path, string problem, long? offset = null, Exception? cause = null)
        : base(offset is { } at ? $"{path} (at byte {at}): {problem}" : $"{path}: {problem}", cause)
    {
        Path = path;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where in the file, in bytes, when that is known.</summary>
    public long? Offset { get; }

    /// <summary>Whether it is protected, and the password that opens it was not given.</summary>
    public bool NeedsPassword { get; init; }
}
