using System.Text;
using LongT5.Documents;

namespace LongT5.Cli.Input;

/// <summary>A text to work on: a file, a page of the web, or standard input.</summary>
/// <param name="Name">How it is called in messages and results: as the user wrote it, or as it was found.</param>
/// <param name="Path">Where it lies; null for standard input and for a page of the web.</param>
/// <param name="RelativePath">Where its result goes under an output folder.</param>
sealed record InputFile(string Name, string? Path, string RelativePath)
{
    private string? Text { get; init; }

    /// <summary>Whether its name is an address on the web.</summary>
    public bool IsOnWeb { get; init; }

    /// <summary>Whether it was found in a folder or by a pattern, and not named itself.</summary>
    public bool IsFound { get; init; }

    /// <summary>Why it cannot be read, where that is known already.</summary>
    public string? Problem { get; init; }

    /// <summary>A text that was given on the command line itself.</summary>
    public static InputFile OfText(string text) => new("the prompt", null, "prompt") { Text = text };

    /// <summary>Reads it all, whatever its format.</summary>
    /// <param name="options">How a document that is no plain text is to be read.</param>
    /// <param name="cancellation">Gives up waiting for a pipe or a terminal that says nothing.</param>
    /// <exception cref="Failure">It is missing or may not be read.</exception>
    /// <exception cref="BadFileException">It is empty, too large, or no document.</exception>
    public Task<Document> ReadDocumentAsync(ReadingOptions options, CancellationToken cancellation)
        => Read(stream => Text is not null ? Document.OfPlainText(PlainText.Read(stream, Name))
            : new ReadingProcess(OwnProgram.Command).Read(Name, stream, Path, options, cancellation), cancellation);

    /// <summary>Reads what is text already and is to stay as it is.</summary>
    /// <inheritdoc cref="ReadDocumentAsync"/>
    public Task<string> ReadTextAsync(CancellationToken cancellation)
        => Read(stream => PlainText.Read(stream, Name), cancellation);

    /// <summary>
    /// Reads on a thread that may be left where it waits: nothing else ends a wait for bytes that do not come.
    /// </summary>
    private Task<T> Read<T>(Func<Stream, T> read, CancellationToken cancellation) => Task.Run(() =>
    {
        try
        {
            using var stream = Open(cancellation);
            return read(stream);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Failure(Name.Contains('\uFFFD', StringComparison.Ordinal)
                ? $"{Name} does not exist, or its name is not UTF-8; rename it, or hand it over by standard input."
                : $"{Name} does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new Failure(Directory.Exists(Path)
                ? $"{Name} is a folder." : $"{Name} may not be read; check its permissions.");
        }
        catch (IOException exception)
        {
            throw new Failure($"{Name} cannot be read: {exception.Message}", ExitCode.Failed, exception);
        }
    }, CancellationToken.None).WaitAsync(cancellation);

    private Stream Open(CancellationToken cancellation)
        => Problem is not null ? throw new Failure(Problem)
            : IsOnWeb ? new MemoryStream(WebPage.FetchAsync(Name, cancellation).GetAwaiter().GetResult())
            : Text is null ? Path is null ? Terminal.OpenInput() : File.OpenRead(Path)
            : string.IsNullOrWhiteSpace(Text) ? throw Failure.Usage($"{Name} is empty; write something.")
            : new MemoryStream(Encoding.UTF8.GetBytes(Text));
}
