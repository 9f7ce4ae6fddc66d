using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using LongT5.Server.Serving;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LongT5.Server.Http;

/// <summary>One request on its way: what it asks, and how it is answered.</summary>
/// <param name="context">ASP.NET's view of it.</param>
/// <param name="route">Where it goes.</param>
/// <param name="server">What serves it.</param>
/// <param name="id">Its name in answers and in the log.</param>
/// <param name="stop">Asks for its end: the client has left, its time is over, or the server ends.</param>
sealed class Call(HttpContext context, ApiRoute route, Server server, string id, CancellationToken stop)
{
    private const int Depth = 32;

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Letters stand as they are: what is answered is JSON, and never a part of a page.</summary>
    public static JsonWriterOptions Json { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>ASP.NET's view of it.</summary>
    public HttpContext Context => context;

    /// <summary>Where it goes.</summary>
    public ApiRoute Route => route;

    /// <summary>What serves it.</summary>
    public Server Server => server;

    /// <summary>Its name in answers and in the log.</summary>
    public string Id => id;

    /// <summary>Asks for its end.</summary>
    public CancellationToken Stop => stop;

    /// <summary>When it came, in seconds of Unix.</summary>
    public long Created { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>A part of its path.</summary>
    public string? Part(string name) => context.Request.RouteValues[name] as string;

    /// <summary>Reads its body, an object.</summary>
    /// <exception cref="ApiError">It is something else.</exception>
    public async Task<Fields> ReadJson()
    {
        if (!context.Request.HasJsonContentType())
            throw new ApiError(StatusCodes.Status415UnsupportedMediaType,
                "the body must be JSON and say so: Content-Type: application/json.");
        var bytes = await ReadBody(server.Options.MaxJsonBytes);
        if (bytes.IsEmpty)
            throw new ApiError(StatusCodes.Status400BadRequest, "the body is empty; send an object of JSON.");
        if (!Utf8.IsValid(bytes.Span))
            throw new ApiError(StatusCodes.Status400BadRequest, "the body is not JSON as it should be: it is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(bytes,
                new() { MaxDepth = Depth, AllowDuplicateProperties = false });
            // An escape may stand for half a character, which is found out when the text is asked for.
            if (bytes.Span.IndexOf("\\u"u8) >= 0) Texts(document.RootElement);
            return Fields.Of(document.RootElement.Clone(), "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ApiError(StatusCodes.Status400BadRequest,
                "the body is not JSON as it should be: "
                    + string.Concat(exception.Message.Where(c => !char.IsControl(c))));
        }
    }

    /// <summary>Asks for every text of a document.</summary>
    private static void Texts(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String) _ = json.GetString();
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray()) Texts(item);
        if (json.ValueKind != JsonValueKind.Object) return;
        foreach (var member in json.EnumerateObject())
        {
            _ = member.Name;
            Texts(member.Value);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadBody(long most)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (await context.Request.Body.ReadAsync(bytes.GetMemory(1 << 14), stop) is > 0 and var count)
        {
            bytes.Advance(count);
            if (bytes.WrittenCount > most)
                throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                    $"the body has more bytes than the {most} that are taken here.");
        }
        return bytes.WrittenMemory;
    }

    /// <summary>Answers with JSON.</summary>
    public Task Reply(Action<Utf8JsonWriter> write) => Reply(StatusCodes.Status200OK, "application/json", write);

    /// <summary>Answers with JSON of a type.</summary>
    public async Task Reply(int status, string type, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        await Send(type, Bytes(write));
    }

    /// <summary>Answers with a text.</summary>
    public async Task Send(string type, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, CancellationToken.None);
    }

    /// <summary>Answers with an error in the shape of the route.</summary>
    public Task Fail(ApiError error)
    {
        if (error.RetryAfter is { } later)
            context.Response.Headers.RetryAfter =
                new StringValues(Math.Ceiling(later.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (error.Allow is { } methods) context.Response.Headers.Allow = methods;
        if (error.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = route.IsForPeople
                ? "Basic realm=\"LongT5\", charset=\"UTF-8\"" : "Bearer";
        return Reply(route.Shape.Status(error), route.Shape.ContentType(),
            writer => route.Shape.Write(writer, error));
    }

    /// <summary>Its answer in events, where it is one.</summary>
    public EventStream Events => field ??= new(this);

    /// <summary>What happens while a request is worked on, and null where nothing has happened for a while.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="done">Is given the texts, best first, when they are complete.</param>
    public async IAsyncEnumerable<Happening?> Happenings(
        TextRequest request, Action<IReadOnlyList<WrittenText>> done)
    {
        var isFirst = true;
        var happenings = server.Texts.Stream(request, done, stop).WithPauses(EventStream.LongestSilence, stop);
        await foreach (var happening in happenings)
        {
            if (isFirst && happening?.Text is not null)
            {
                server.Metrics.Began(route.Operation, _clock.Elapsed);
                isFirst = false;
            }
            yield return happening;
        }
    }

    /// <summary>JSON as bytes.</summary>
    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Json))
            write(writer);
        return bytes.WrittenMemory;
    }
}
