using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LongT5.Client;

/// <summary>A request as the server takes it: JSON with a text, a form with a document.</summary>
static class RequestBody
{
    /// <summary>A text or a document with the members beside it.</summary>
    public static HttpContent Of(SourceText source, JsonObject members)
    {
        if (source.Text is { } text)
        {
            members["text"] = text;
            return new StringContent(members.ToJsonString(), Encoding.UTF8, "application/json");
        }
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in members)
            foreach (var one in value is JsonArray list && name == "stop" ? [.. list] : new[] { value })
                form.Add(new StringContent(AsField(one)), $"\"{name}\"");
        var document = new StreamContent(new Kept(source.Content!));
        document.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(document, "\"document\"", source.Name!);
        return form;
    }

    private static string AsField(JsonNode? value)
        => value is JsonValue one && one.TryGetValue(out string? text) ? text : value?.ToJsonString() ?? "null";

    /// <summary>A stream that stays open when its request is disposed: it is the caller's.</summary>
    private sealed class Kept(Stream stream) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => stream.CanSeek;

        public override bool CanWrite => false;

        public override long Length => stream.Length;

        public override long Position
        {
            get => stream.Position;
            set => stream.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => stream.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
