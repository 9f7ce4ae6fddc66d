using LongT5.Documents;
using LongT5.Tasks;
using Microsoft.Extensions.AI;

namespace LongT5.Extensions.AI;

/// <summary>The messages of a request, and the documents that came with the last one of the user.</summary>
/// <param name="options">Say where documents are read.</param>
sealed class SentMessages(LongT5ChatOptions options)
{
    private readonly Conversation _conversation = new();
    private readonly List<DataContent> _files = [];

    /// <summary>Takes the messages, in order.</summary>
    /// <exception cref="NotSupportedException">One holds what is no text and no document.</exception>
    public void Add(IEnumerable<ChatMessage> messages, string? instructions)
    {
        _conversation.Instruct(instructions);
        foreach (var message in messages)
            Add(message);
    }

    /// <summary>What a model reads.</summary>
    /// <returns>The text; the documents, null where the text of a message is the document; and what a reader should
    /// know.</returns>
    /// <exception cref="ArgumentException">No user has said anything.</exception>
    /// <exception cref="BadFileException">A document cannot be read.</exception>
    public async Task<(InputText Text, SentDocuments? Documents, IReadOnlyList<string> Notes)> Read(
        CancellationToken stop)
    {
        if (!_conversation.HasMessage)
            throw new ArgumentException("there is no message of a user; its text is the document that is read.");
        var read = new List<(string, Document)>();
        foreach (var file in _files)
            read.Add(await Task.Run(() => Read(file, stop), stop).ConfigureAwait(false));
        var documents = read.Count > 0 ? new SentDocuments(read) : null;
        var (text, notes) = _conversation.Read(options.TakesInstructions, documents?.Input);
        return (text, documents, [.. documents?.Notes ?? [], .. notes]);
    }

    private void Add(ChatMessage message)
    {
        if (message.Role == ChatRole.Assistant)
            _conversation.Answer();
        else if (message.Role == ChatRole.System || message.Role.Value == "developer")
            _conversation.Instruct(Text(message, mayHoldFiles: false));
        else if (message.Role == ChatRole.User)
        {
            _files.Clear();
            _conversation.Say(Text(message, mayHoldFiles: true));
        }
        else
            throw new NotSupportedException(
                $"a message of {message.Role} cannot be read: nothing is called here; leave it out.");
    }

    private string Text(ChatMessage message, bool mayHoldFiles)
    {
        var texts = new List<string>();
        foreach (var content in message.Contents)
        {
            if (content is TextContent text)
                texts.Add(text.Text);
            else if (content is DataContent file && mayHoldFiles)
                _files.Add(file);
            else
                throw new NotSupportedException(content is UriContent or HostedFileContent
                    ? "no address is opened and no file is kept here: send the document itself, as DataContent."
                    : $"a message of {message.Role} holds {content.GetType().Name}, which cannot be read; "
                        + "texts and documents of a user can.");
        }
        return string.Join("\n\n", texts);
    }

    private (string, Document) Read(DataContent file, CancellationToken stop)
    {
        var name = file.Name is { Length: > 0 } said ? Path.GetFileName(said)
            : file.MediaType == "text/markdown" ? "document.md" : "document";
        using var bytes = new MemoryStream(file.Data.ToArray());
        return (name, options.ReadingCommand is { } command
            ? new ReadingProcess(command).Read(name, bytes, cancellation: stop) : DocumentReader.Read(bytes, name));
    }
}
