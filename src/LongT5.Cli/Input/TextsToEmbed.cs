using System.Runtime.CompilerServices;
using System.Text.Json;
using LongT5.Documents;

namespace LongT5.Cli.Input;

/// <summary>What of a file is one text.</summary>
enum TextLayout
{
    /// <summary>All of it.</summary>
    Documents,

    /// <summary>A line.</summary>
    Lines,

    /// <summary>The member <c>text</c> of the object on a line.</summary>
    JsonLines,
}

/// <summary>One of many texts.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Line">On which line, from 1; null where it is the whole.</param>
/// <param name="Id">What its line calls it: JSON; null for nothing.</param>
/// <param name="Text">The text.</param>
sealed record OneText(InputFile File, int? Line, JsonElement? Id, string Text);

/// <summary>The texts of files, in order.</summary>
/// <param name="files">The files.</param>
/// <param name="layout">What of each is one text.</param>
/// <param name="reading">How documents are read.</param>
sealed class TextsToEmbed(IReadOnlyList<InputFile> files, TextLayout layout, ReadingOptions reading)
{
    /// <summary>How many files there are.</summary>
    public int Files => files.Count;

    /// <summary>How many of them were gone through.</summary>
    public int FilesRead { get; private set; }

    /// <summary>Each text, or what is wrong with the file where it should stand; the next file is read ahead.</summary>
    public async IAsyncEnumerable<(OneText? Text, InputFile File, Exception? Problem)> Read(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var next = files.Count > 0 ? Texts(files[0], cancellation) : null;
        for (var i = 0; i < files.Count; i++)
        {
            var (texts, problem) = await next!;
            next = i + 1 < files.Count ? Texts(files[i + 1], cancellation) : null;
            if (problem is not null)
                yield return (null, files[i], problem);
            foreach (var text in texts)
                yield return (text, files[i], null);
            FilesRead++;
        }
    }

    private async Task<(IReadOnlyList<OneText>, Exception?)> Texts(InputFile file, CancellationToken cancellation)
    {
        try
        {
            if (layout == TextLayout.Documents)
            {
                var document = await file.ReadDocumentAsync(reading, cancellation);
                foreach (var note in document.Notes)
                    Terminal.Warn($"{file.Name}: {note}");
                return ([new(file, null, null, document.Text)], null);
            }
            var text = await file.ReadTextAsync(cancellation);
            return ([.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')
                .Select((line, i) => layout == TextLayout.Lines ? new OneText(file, i + 1, null, line)
                    : Of(file, i + 1, line))], null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return ([], exception);
        }
    }

    private static OneText Of(InputFile file, int number, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
                ? new(file, number, json.RootElement.TryGetProperty("id", out var id) ? id.Clone() : null,
                    JsonText.Of(text))
                : throw new Failure($"{file.Name}, line {number} has no \"text\"; each must be an object such as "
                    + "{\"text\": \"A few words.\"}.");
        }
        catch (JsonException exception)
        {
            throw new Failure($"{file.Name}, line {number} is not JSON: {exception.Message}", ExitCode.Failed,
                exception);
        }
    }
}
