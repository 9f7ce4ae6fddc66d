using System.Text.Json;
using LongT5.Documents;
using LongT5.Server.Http;
using LongT5.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LongT5.Server.Native;

/// <summary>A text or a document that came with a request, and the members beside it.</summary>
/// <param name="Fields">The members.</param>
/// <param name="Text">The text, and where its sections begin.</param>
/// <param name="Name">What the document is called; null for a text.</param>
/// <param name="Document">What was read of the document; null for a text.</param>
sealed record SentText(Fields Fields, InputText Text, string? Name, Document? Document)
{
    private const int MostParts = 64;

    /// <summary>Members whose value is a text, whatever it looks like.</summary>
    private static readonly HashSet<string> Texts =
        ["text", "question", "model", "prefix", "password", "length", "quoting",
            "evidence", "long", "stop"];

    /// <summary>Reads it: JSON with <c>text</c> or <c>document</c>, or a form with a document.</summary>
    /// <exception cref="ApiError">There is nothing to read, or too much.</exception>
    public static async Task<SentText> Read(Call call)
    {
        if (call.Context.Request.HasFormContentType) return await ReadForm(call);
        if (call.Context.Request.ContentLength > call.Server.Options.MaxJsonBytes
            && call.Context.Request.HasJsonContentType())
            throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                $"JSON may have {call.Server.Options.MaxJsonBytes} bytes here; send a document as a form.");
        var fields = await call.ReadJson();
        var text = fields.Text("text");
        if (fields.Object("document") is not { } document)
            return new(fields, text ?? throw Nothing(), null, null);
        if (text is not null) throw ApiError.Of("text", "text and document are both given; give one of them.");
        var (name, data) = (document.Text("name"), document.Text("data")
            ?? throw ApiError.Of("document.data", "document.data is missing: the document in base64."));
        document.End();
        return await Of(call, fields, name, Uploads.FromBase64(data, "document.data"));
    }

    /// <summary>Writes the section and the page of a passage, where the document has them.</summary>
    public void WritePlace(Utf8JsonWriter writer, Passage passage)
    {
        if (Document?.PlaceOf(passage.Start) is not { } place) return;
        writer.WriteString("section", place.Section);
        if (place.Page is { } page) writer.WriteNumber("page", page);
    }

    private static async Task<SentText> ReadForm(Call call)
    {
        var form = await Form(call);
        var fields = new Fields(AsJson(form));
        var text = fields.Text("text");
        if (form.Files.Count == 0) return new(fields, text ?? throw Nothing(), null, null);
        if (form.Files.Count > 1 || text is not null)
            throw ApiError.Of("document", "one document, or one text, is read at a time; send one request for each.");
        using var bytes = new MemoryStream();
        await form.Files[0].CopyToAsync(bytes, call.Stop);
        return await Of(call, fields, form.Files[0].FileName, bytes.ToArray());
    }

    private static async Task<IFormCollection> Form(Call call)
    {
        var options = call.Server.Options;
        try
        {
            return await new FormFeature(call.Context.Request, new FormOptions
            {
                MultipartBodyLengthLimit = options.MaxDocumentBytes,
                // Nothing of a document is written to a disk.
                MemoryBufferThreshold = (int)Math.Min(int.MaxValue, options.MaxDocumentBytes),
                ValueLengthLimit = (int)Math.Min(int.MaxValue, options.MaxJsonBytes),
                ValueCountLimit = MostParts,
            }).ReadFormAsync(call.Stop);
        }
        catch (InvalidDataException)
        {
            throw new ApiError(StatusCodes.Status400BadRequest,
                "the body is not a form as it should be, or has more parts or longer ones than are taken here.");
        }
        catch (IOException exception) when (exception is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new ApiError(StatusCodes.Status400BadRequest, "the body ends within a form.");
        }
    }

    private static async Task<SentText> Of(Call call, Fields fields, string? name, byte[] bytes)
    {
        var document = await call.Server.Uploads.Read(name, bytes, fields.Text("password"), call.Stop);
        return new(fields, document.Input, name, document);
    }

    /// <summary>The values of a form: what is JSON by its looks goes in as it is, all else as a text.</summary>
    private static JsonElement AsJson(IFormCollection form)
    {
        var bytes = Call.Bytes(writer =>
        {
            writer.WriteStartObject();
            foreach (var (name, values) in form)
            {
                writer.WritePropertyName(name);
                if (values.Count > 1 && name == "stop")
                {
                    writer.WriteStartArray();
                    foreach (var stop in values)
                        writer.WriteStringValue(stop);
                    writer.WriteEndArray();
                    continue;
                }
                if (values.Count != 1) throw ApiError.Of(name, $"{name} is given {values.Count} times; give it once.");
                var value = values.ToString();
                if (Texts.Contains(name) || AsValue(value) is not { } json) writer.WriteStringValue(value);
                else json.WriteTo(writer);
            }
            writer.WriteEndObject();
        });
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    private static JsonElement? AsValue(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ApiError Nothing()
        => ApiError.Of("text", "there is nothing to read; give a text, or a document.");
}
