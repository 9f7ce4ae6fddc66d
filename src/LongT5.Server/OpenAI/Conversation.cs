using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>What a conversation gives to read: the last message of the user is the document.</summary>
/// <param name="member">The member of the request that holds the messages.</param>
sealed class Conversation(string member)
{
    private readonly List<string> _instructions = [];
    private readonly List<(string? Name, byte[] Bytes)> _files = [];
    private string? _text;
    private bool _hasEarlier;

    /// <summary>What the document is called.</summary>
    public string Document => _files is [var (name, _), ..] ? name ?? "document" : "input";

    /// <summary>An instruction that stands beside the messages.</summary>
    public void Instruct(string? text)
    {
        if (!string.IsNullOrWhiteSpace(text)) _instructions.Add(text);
    }

    /// <summary>A text that stands for the message of a user.</summary>
    public void Say(string text) => _text = text;

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
        if (role == "user")
        {
            _hasEarlier |= _text is not null;
            _files.Clear();
        }
        _hasEarlier |= role == "assistant";
        var text = Content(message, place, role == "user");
        message.End();
        if (role == "user") _text = text;
        if (role is "system" or "developer") Instruct(text);
    }

    /// <summary>What is asked of a model.</summary>
    /// <exception cref="ApiError">There is no message of a user, or a document cannot be read.</exception>
    public async Task<TextRequest> Ask(Call call, OpenModel model)
    {
        if (_text is null)
            throw ApiError.Of(member, "there is no message of a user; its text is the document that is read.");
        var notes = new List<string>();
        var documents = new List<string>();
        foreach (var (name, bytes) in _files)
        {
            var document = await call.Server.Uploads.Read(name, bytes, null, call.Stop);
            notes.AddRange(document.Notes);
            documents.Add(document.Text);
        }
        if (documents.Count > 0) Instruct(_text);
        var text = documents.Count > 0 ? string.Join("\n\n", documents) : _text;
        if (_hasEarlier) notes.Add("only the last message of the user was read, as a document.");
        if (_instructions.Count > 0 && !model.Served.TakesInstructions)
            notes.Add("this model follows no instructions: those of the request were not read.");
        return model.Served.TakesInstructions
            ? new()
            {
                Model = model,
                Kind = TextKind.Text,
                Text = string.Join("\n\n", [.. _instructions, text]),
                Notes = notes
            }
            : new() { Model = model, Kind = TextKind.Summary, Text = text, Notes = notes };
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
