using System.Text;
using LongT5.Documents;

namespace LongT5.Cli.Input;

/// <summary>A text to work on: a file, or standard input.</summary>
/// <param name="Name">How it is called in messages and results: as the user wrote it, or as it was found.</param>
/// <param name="Path">Where it lies; null for standard input.</param>
/// <param name="RelativePath">Where its result goes under an output folder.</param>
sealed record InputFile(string Name, string? Path, string RelativePath)
{
    private string? Text { get; init; }

    /// <summary>A text that was given on the command line itself.</summary>
    public static InputFile OfText(string text) => new("the prompt", null, "prompt") { Text = text };

    /// <summary>Reads it all, whatever its format.</summary>
    /// <param name="options">How a document that is no plain text is to be read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="Failure">It is missing or may not be read.</exception>
    /// <exception cref="BadFileException">It is empty, too large, or no document.</exception>
    public Document ReadDocument(ReadingOptions options, CancellationToken cancellation)
    {
        if (Text is not null)
            return Document.OfPlainText(ReadText());
        using var stream = Open();
        return new ReadingProcess(OwnProgram.Command).Read(Name, stream, Path, options, cancellation);
    }

    /// <summary>Reads what is text already and is to stay as it is.</summary>
    /// <exception cref="Failure">It is missing or may not be read.</exception>
    /// <exception cref="BadFileException">It is empty, too large, or no text.</exception>
    public string ReadText()
    {
        using var stream = Open();
        return PlainText.Read(stream, Name);
    }

    private Stream Open()
        => Text is null ? Path is null ? Console.OpenStandardInput() : OpenFile(Path)
            : string.IsNullOrWhiteSpace(Text) ? throw Failure.Usage($"{Name} is empty; write something.")
            : new MemoryStream(Encoding.UTF8.GetBytes(Text));

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
}
