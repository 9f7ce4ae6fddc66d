using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace LongT5.Client;

/// <summary>
/// A LongT5 server (<c>longt5 serve</c>, or <c>MapLongT5()</c> in a program): documents in, texts out.
/// </summary>
/// <remarks>
/// Safe for any number of threads at once. A request that is cancelled, or whose loop is left, stops the server's work
/// within a step. Whatever the server refuses is a <see cref="LongT5Exception"/> with its problem.
/// </remarks>
/// <example>
/// <code>
/// using var http = new HttpClient { BaseAddress = new("http://127.0.0.1:5155"), Timeout = Timeout.InfiniteTimeSpan };
/// var client = new LongT5Client(http);
/// await using var report = File.OpenRead("report.pdf");
/// var summary = await client.SummarizeAsync(SourceText.FromDocument(report, "report.pdf"));
/// Console.WriteLine(summary.Text);
/// </code>
/// </example>
/// <param name="http">Says where the server is, and brings its key. Its timeout has to allow for long documents; it
/// stays the caller's to dispose.</param>
public sealed class LongT5Client(HttpClient http)
{
    private const string Events = "text/event-stream";

    /// <summary>Summarises a text or a document.</summary>
    /// <param name="source">The text or the document.</param>
    /// <param name="options">How to summarise.</param>
    /// <param name="cancellation">Stops it, on the server too.</param>
    /// <exception cref="LongT5Exception">The server refuses it, or fails.</exception>
    public Task<TextResult> SummarizeAsync(
        SourceText source, SummaryOptions? options = null, CancellationToken cancellation = default)
        => Ask("api/summarize", source, (options ?? new()).Members(), cancellation);

    /// <summary>Summarises a text or a document, and tells of it meanwhile.</summary>
    /// <param name="source">The text or the document.</param>
    /// <param name="options">How to summarise.</param>
    /// <param name="cancellation">Stops it, on the server too, as leaving the loop does.</param>
    /// <exception cref="LongT5Exception">The server refuses it, or fails.</exception>
    public IAsyncEnumerable<TextEvent> StreamSummaryAsync(
        SourceText source, SummaryOptions? options = null, CancellationToken cancellation = default)
        => Stream("api/summarize", source, (options ?? new()).Members(), cancellation);

    /// <summary>Answers a question from a text or a document.</summary>
    /// <param name="source">What the answer stands in.</param>
    /// <param name="question">What to ask.</param>
    /// <param name="options">How the answer is generated.</param>
    /// <param name="cancellation">Stops it, on the server too.</param>
    /// <exception cref="LongT5Exception">The server refuses it, or fails.</exception>
    public Task<TextResult> AnswerAsync(
        SourceText source, string question, ReadOptions? options = null, CancellationToken cancellation = default)
        => Ask("api/answer", source, Asking(question, options), cancellation);

    /// <summary>Answers a question from a text or a document, and tells of it meanwhile.</summary>
    /// <inheritdoc cref="AnswerAsync"/>
    public IAsyncEnumerable<TextEvent> StreamAnswerAsync(
        SourceText source, string question, ReadOptions? options = null, CancellationToken cancellation = default)
        => Stream("api/answer", source, Asking(question, options), cancellation);

    /// <summary>Gives what a model writes on a text or a document.</summary>
    /// <param name="source">The text or the document.</param>
    /// <param name="options">How it is generated.</param>
    /// <param name="cancellation">Stops it, on the server too.</param>
    /// <exception cref="LongT5Exception">The server refuses it, or fails.</exception>
    public Task<TextResult> WriteAsync(
        SourceText source, ReadOptions? options = null, CancellationToken cancellation = default)
        => Ask("api/text", source, (options ?? new()).Members(), cancellation);

    /// <summary>Gives what a model writes on a text or a document, and tells of it meanwhile.</summary>
    /// <inheritdoc cref="WriteAsync"/>
    public IAsyncEnumerable<TextEvent> StreamTextAsync(
        SourceText source, ReadOptions? options = null, CancellationToken cancellation = default)
        => Stream("api/text", source, (options ?? new()).Members(), cancellation);

    /// <summary>The server's models; the first one answers requests that name none.</summary>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="LongT5Exception">The server refuses it, or fails.</exception>
    public async Task<IReadOnlyList<ServedModel>> ListModelsAsync(CancellationToken cancellation = default)
    {
        using var answer = await http.GetAsync(new Uri("v1/models", UriKind.Relative), cancellation)
            .ConfigureAwait(false);
        return (await Read(answer, ClientJson.Default.ModelList, cancellation).ConfigureAwait(false)).Data;
    }

    /// <summary>Whether the server takes requests.</summary>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="HttpRequestException">Nobody answers there.</exception>
    public async Task<ServerHealth> GetHealthAsync(CancellationToken cancellation = default)
    {
        using var answer = await http.GetAsync(new Uri("health", UriKind.Relative), cancellation).ConfigureAwait(false);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable))
            throw await Refusal(answer, cancellation).ConfigureAwait(false);
        var json = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return ClientJson.Read(json, ClientJson.Default.HealthStatus).Status switch
        {
            "ready" => ServerHealth.Ready,
            "ending" => ServerHealth.Ending,
            _ => ServerHealth.Starting,
        };
    }

    private static JsonObject Asking(string question, ReadOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        var members = (options ?? new()).Members();
        members["question"] = question;
        return members;
    }

    private async Task<TextResult> Ask(string path, SourceText source, JsonObject members, CancellationToken stop)
    {
        using var answer = await Send(path, source, members, "application/json", stop).ConfigureAwait(false);
        return await Read(answer, ClientJson.Default.TextResult, stop).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<TextEvent> Stream(
        string path, SourceText source, JsonObject members, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await Send(path, source, members, Events, stop).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) throw await Refusal(answer, stop).ConfigureAwait(false);
        var body = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
            await foreach (var item in SseParser.Create(body).EnumerateAsync(stop).ConfigureAwait(false))
            {
                var happened = Event(item.EventType, item.Data);
                if (happened is null) continue;
                yield return happened;
                if (happened is TextEvent.Finished) yield break;
            }
        throw new LongT5Exception(new() { Detail = "the answer broke off before it was whole; ask again." });
    }

    private static TextEvent? Event(string name, string data) => name switch
    {
        "waiting" => ClientJson.Read(data, ClientJson.Default.Waiting),
        "progress" => ClientJson.Read(data, ClientJson.Default.Progressing),
        "text" => ClientJson.Read(data, ClientJson.Default.Writing),
        "done" => new TextEvent.Finished(ClientJson.Read(data, ClientJson.Default.TextResult)),
        "error" => throw new LongT5Exception(ClientJson.Read(data, ClientJson.Default.Problem)),
        _ => null, // of a later server
    };

    private async Task<HttpResponseMessage> Send(
        string path, SourceText source, JsonObject members, string accepts, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = RequestBody.Of(source, members),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accepts));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken stop)
    {
        if (!answer.IsSuccessStatusCode) throw await Refusal(answer, stop).ConfigureAwait(false);
        return ClientJson.Read(await answer.Content.ReadAsStringAsync(stop).ConfigureAwait(false), type);
    }

    /// <summary>What the server says of a request that it does not answer; of another program, its status.</summary>
    private static async Task<LongT5Exception> Refusal(HttpResponseMessage answer, CancellationToken stop)
    {
        Problem? problem = null;
        try
        {
            var json = await answer.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
            using var body = JsonDocument.Parse(json);
            problem = body.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                ? new() { Detail = Text(error, "message"), Code = Text(error, "code"), Parameter = Text(error, "param") }
                : body.RootElement.Deserialize(ClientJson.Default.Problem);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not a LongT5 server's: a proxy's page, or nothing.
        }
        problem ??= new();
        return new(problem with
        {
            Status = (int)answer.StatusCode,
            Title = problem.Title ?? answer.ReasonPhrase,
        }, answer.Headers.RetryAfter?.Delta);

        static string? Text(JsonElement error, string name)
            => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
    }
}
