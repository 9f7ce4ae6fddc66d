using System.Runtime.CompilerServices;
using LongT5.Documents;
using LongT5.Tasks;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LongT5.Extensions.AI;

/// <summary>
/// A conversation as Microsoft.Extensions.AI has it, with a model that reads documents: the last message of the user is
/// the document, as text or as <see cref="DataContent"/> (PDF, DOCX, HTML and others), and the answer is its summary.
/// </summary>
/// <remarks>
/// <para>
/// Each passage that was read for a sentence is a <see cref="CitationAnnotation"/> on the answer's text: its region is
/// the sentence, its snippet the passage, and <c>start</c>, <c>end</c>, <c>weight</c>, <c>section</c> and <c>page</c>
/// among its additional properties say where that stands. What a reader should know (the end of the document was not
/// read) is in the answer's additional property <c>warnings</c>; its raw representation is the
/// <see cref="Summary"/>, or the <see cref="GeneratedText"/> of a model that follows instructions.
/// </para>
/// <para>
/// Generation options beyond those of <see cref="ChatOptions"/> are additional properties by Hugging Face's names
/// (<c>num_beams</c>), and a factory of raw representations may give <see cref="SummaryOptions"/>.
/// </para>
/// <para>Safe for any number of threads at once.</para>
/// </remarks>
/// <example>
/// <code>
/// using var model = LongT5Model.LoadEmbedded();
/// IChatClient client = new LongT5ChatClient(model);
/// Console.WriteLine(await client.GetResponseAsync(File.ReadAllText("report.txt")));
/// </code>
/// </example>
public sealed partial class LongT5ChatClient : IChatClient
{
    private readonly LongT5Model _model;
    private readonly LongT5ChatOptions _options;
    private readonly ILogger _log;
    private readonly ChatClientMetadata _metadata;

    /// <param name="model">The model; it stays the caller's to dispose.</param>
    /// <param name="options">How it answers; null for summaries with evidence.</param>
    /// <param name="log">Hears of counts, times and warnings, and never of texts.</param>
    public LongT5ChatClient(
        LongT5Model model, LongT5ChatOptions? options = null, ILogger<LongT5ChatClient>? log = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _options) = (model, options ?? new());
        _log = log ?? NullLogger<LongT5ChatClient>.Instance;
        _metadata = new(ModelName.Provider, null, _options.ModelId ?? ModelName.Of(model));
    }

    /// <summary>Answers, when the answer is whole.</summary>
    /// <param name="messages">The last one of the user is the document.</param>
    /// <param name="options">How it is generated.</param>
    /// <param name="cancellationToken">Honoured within one layer of the encoder or one step of the decoder.</param>
    /// <exception cref="NotSupportedException">An option or a content cannot be honoured; the message names
    /// it.</exception>
    /// <exception cref="ArgumentException">There is nothing to read, or options contradict each other.</exception>
    /// <exception cref="BadFileException">A document cannot be read.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = await Prepare(messages, options, cancellationToken).ConfigureAwait(false);
        var written = request.Written(await Task.Factory.StartNew(
            () => request.Task.Run(request.Text, null, cancellationToken)[0], cancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false));
        Tell(written);
        var content = new TextContent(written.Text) { Annotations = Citations.Of(written, request.Documents) };
        return new(new ChatMessage(ChatRole.Assistant, [content]) { MessageId = request.Id })
        {
            ResponseId = request.Id,
            ModelId = _metadata.DefaultModelId,
            CreatedAt = DateTimeOffset.UtcNow,
            FinishReason = Reason(written),
            Usage = Usage(written),
            RawRepresentation = written.Whole,
            AdditionalProperties = Warnings(written),
        };
    }

    /// <summary>Answers while the answer grows: what has come is never taken back.</summary>
    /// <remarks>
    /// The last update has the citations (on a text content that is empty, with regions of the whole text), the usage
    /// and the reason why the text ended. Where sentences may be left out (<see cref="SummaryOptions.Strict"/>),
    /// several summaries are made or the likeliest tokens are asked for, the text comes in one.
    /// </remarks>
    /// <inheritdoc cref="GetResponseAsync"/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = await Prepare(messages, options, cancellationToken).ConfigureAwait(false);
        GeneratedText? whole = null;
        var given = 0;
        if (request.Options is { Strict: false, By: null, LikeliestTokens: null })
        {
            var stops = new StopText(request.Stops);
            var pieces = request.Task.Stream(request.Text, done => whole = done, null, cancellationToken);
            await foreach (var piece in pieces.ConfigureAwait(false))
                if (stops.Add(piece) is { Length: > 0 } final)
                {
                    given += final.Length;
                    yield return Update(request, new TextContent(final));
                }
            if (stops.Finish() is { Length: > 0 } rest)
            {
                given += rest.Length;
                yield return Update(request, new TextContent(rest));
            }
        }
        else
            whole = await Task.Factory.StartNew(() => request.Task.Run(request.Text, null, cancellationToken)[0],
                cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        var written = request.Written(whole!);
        Tell(written);
        if (given == 0 && written.Text.Length > 0) yield return Update(request, new TextContent(written.Text));
        var last = Update(request, new UsageContent(Usage(written)));
        if (Citations.Of(written, request.Documents) is { } citations)
            last.Contents.Insert(0, new TextContent("") { Annotations = citations });
        last.FinishReason = Reason(written);
        last.RawRepresentation = written.Whole;
        last.AdditionalProperties = Warnings(written);
        yield return last;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_model) ? _model : null;
    }

    /// <summary>Does nothing: the model is the caller's.</summary>
    public void Dispose()
    {
    }

    private async Task<Request> Prepare(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ModelName.Check(options?.ModelId, _metadata.DefaultModelId!);
        var asked = RequestedOptions.Read(options, this, _options.Defaults);
        var sent = new SentMessages(_options);
        sent.Add(messages, options?.Instructions);
        var (text, documents, notes) = await sent.Read(stop).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(text.Text))
            throw new ArgumentException("there is nothing to read: the text is empty.", nameof(messages));
        return new(text, documents, notes, asked,
            _options.TakesInstructions ? TextTask.Generate(_model, asked) : TextTask.Summarize(_model, asked));
    }

    private ChatResponseUpdate Update(Request request, AIContent content) => new(ChatRole.Assistant, [content])
    {
        ResponseId = request.Id,
        MessageId = request.Id,
        ModelId = _metadata.DefaultModelId,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    private void Tell(WrittenText text)
    {
        Wrote(_log, text.Whole.InputTokens, text.Whole.OutputTokens, text.Whole.Timings.Total.TotalSeconds);
        foreach (var warning in text.Whole.Warnings)
            Warns(_log, warning);
    }

    private static ChatFinishReason Reason(WrittenText text)
        => text.End == TextEnd.Limit ? ChatFinishReason.Length : ChatFinishReason.Stop;

    private static UsageDetails Usage(WrittenText text) => new()
    {
        InputTokenCount = text.Whole.InputTokens,
        OutputTokenCount = text.Whole.OutputTokens,
        TotalTokenCount = text.Whole.InputTokens + text.Whole.OutputTokens,
    };

    private static AdditionalPropertiesDictionary? Warnings(WrittenText text)
        => text.Whole.Warnings.Count == 0 ? null : new() { ["warnings"] = text.Whole.Warnings };

    [LoggerMessage(Level = LogLevel.Debug,
        Message = "{Read} tokens were read and {Written} written in {Seconds:0.00} s")]
    private static partial void Wrote(ILogger log, int read, int written, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void Warns(ILogger log, string warning);

    private sealed record Request(InputText Text, SentDocuments? Documents, IReadOnlyList<string> Notes,
        SummaryOptions Options, TextTask Task)
    {
        public string Id { get; } = Guid.NewGuid().ToString("N");

        public IReadOnlyList<string> Stops => Options.Generation.StopStrings ?? [];

        public WrittenText Written(GeneratedText text) => WrittenText.Of(text, Stops, Notes);
    }
}
