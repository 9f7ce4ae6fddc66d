namespace LongT5.Cli.Input;

/// <summary>A text to work on: a file, or standard input.</summary>
/// <param name="Name">How it is called in messages and results: as the user wrote it, or as it was found.</param>
/// <param name="Path">Where it lies; null for standard input.</param>
/// <param name="RelativePath">Where its result goes under an output folder.</param>
sealed record InputFile(string Name, string? Path, string RelativePath)
{
    /// <summary>The largest text that is read, in bytes: a hundred books.</summary>
    private const int Largest = 256 << 20;

    private string? Text { get; init; }

    /// <summary>A text that was given on the command line itself.</summary>
    public static InputFile OfText(string text) => new("the prompt", null, "prompt") { Text = text };

    /// <summary>Reads it all.</summary>
    /// <param name="note">What the reader should know of how it was read.</param>
    /// <exception cref="Failure">It is missing, empty, too large, or no text.</exception>
    public string ReadText(out string? note)
    {
        note = null;
        if (Text is not null)
            return string.IsNullOrWhiteSpace(Text) ? throw Failure.Usage($"{Name} is empty; write something.") : Text;
        using var stream = Path is null ? Console.OpenStandardInput() : OpenFile(Path);
        return TextDecoding.Decode(ReadAll(stream), Name, out note);
    }

    private FileStream OpenFile(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Failure($"{Name} does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new Failure($"{Name} may not be read; check its permissions.");
        }
    }

    private ReadOnlySpan<byte> ReadAll(Stream stream)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > Largest)
                throw new Failure($"{Name} is larger than {Largest >> 20} MiB, which is no document; split it.");
        }
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }
}
