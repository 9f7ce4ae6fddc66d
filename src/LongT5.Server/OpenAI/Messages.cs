using System.Text.Json;
using LongT5.Documents;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>The messages of a request, and the files that came with the last one of the user.</summary>
/// <param name="member">The member of the request that holds the messages.</param>
sealed class Messages(string member)
{
    private readonly Conversation _conversation = new();
    private readonly List<(string? Name, byte[] Bytes)> _files = [];

    /// <summary>The documents that were read; null where the text of a message is the document.</summary>
    public SentDocuments? Documents { get; private set; }

    /// <summary>An instruction that stands beside the messages.</summary>
    public void Instruct(string? text) => _conversation.Instruct(text);

    /// <summary>A text that stands for the message of a user.</summary>
    public void Say(string text) => _conversation.Say(text);

    /// <summary>Takes the next message.</summary>
    /// <exception cref="ApiError">It is none, or holds what is no text and no document.</exception>
    public void Add(JsonElement json, string place)
    {
        var message = Fields.Of(json, place);
        message.Choice("type", "message");
        var role = message.Choice("role", "system", "developer", "user", "assistant")
            ?? throw ApiError.Of($"{place}.role", $"{place} has no role.");
        message.PassOver("name", "id", "status", "refusal", "annotations");
        message.Refuse("nothing is called here", "tool_calls", "function_call", "audio");
        if (role == "user") _files.Clear();
        var text = Content(message, place, role == "user");
        message.End();
        if (role == "user") _conversation.Say(text);
        else if (role == "assistant") _conversation.Answer();
        else _conversation.Instruct(text);
    }

    /// <summary>What is asked of a model.</summary>
    /// <exception cref="ApiError">There is no message of a user, or a document cannot be read.</exception>
    public async Task<TextRequest> Ask(Call call, OpenModel model)
    {
        if (!_conversation.HasMessage)
            throw ApiError.Of(member, "there is no message of a user; its text is the document that is read.");
        var documents = new List<(string, Document)>();
        foreach (var (name, bytes) in _files)
            documents.Add((name ?? "document", await call.Server.Uploads.Read(name, bytes, null, call.Stop)));
        Documents = documents.Count > 0 ? new(documents) : null;
        var (text, notes) = _conversation.Read(model.Served.TakesInstructions, Documents?.Input);
        return new()
        {
            Model = model,
            Kind = model.Served.TakesInstructions ? TextKind.Text : TextKind.Summary,
            Text = text,
            Notes = [.. Documents?.Notes ?? [], .. notes],
        };
    }

    private string Content(Fields message, string place, bool mayHoldFiles)
    {
        if (message["content"] is not { } content) return "";
        if (content.ValueKind != JsonValueKind.Array) return Fields.Text(content, $"{place}.content");
        var texts = new List<string>();
        foreach (var (i, json) in content.EnumerateArray().Index())
        {
            var part = Fields.Of(json, $"{place}.content[{i}]");
            var type = part.Text("type") ?? "";
            part.PassOver("annotations", "logprobs");
            if (type is "text" or "input_text" or "output_text")
                texts.Add(part.Text("text") ?? "");
            else if (type is "file" or "input_file" && mayHoldFiles)
                _files.Add(File(type == "file" ? part.Object("file") ?? part : part));
            else
                throw ApiError.Of(part.Place("type"), $"{part.Place("type")} must be a text or a file here.");
            part.End();
        }
        return string.Join("\n\n", texts);
    }

    private static (string? Name, byte[] Bytes) File(Fields file)
    {
        file.Refuse("files come with the request, as file_data", "file_id", "file_url");
        file.PassOver("type", "detail");
        var name = file.Text("filename");
        var data = file.Text("file_data")
            ?? throw ApiError.Of(file.Place("file_data"), $"{file.Place("file_data")} is missing.");
        file.End();
        return (name, Uploads.FromDataUrl(data, file.Place("file_data")));
    }
}
