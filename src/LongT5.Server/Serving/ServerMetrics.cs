using System.Diagnostics.Metrics;
using LongT5.Scheduling;
using LongT5.Tasks;

namespace LongT5.Server.Serving;

/// <summary>What is counted and timed: OpenTelemetry's names for generative AI, and our own beside them.</summary>
sealed class ServerMetrics : IDisposable
{
    /// <summary>The name of the meter, for whoever listens.</summary>
    public const string Name = "LongT5.Server";

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _request, _first, _perToken, _queue, _encode, _decode;
    private readonly Histogram<long> _usage;
    private readonly Counter<long> _requests, _input, _output;

    /// <param name="scheduler">Says how many run and wait.</param>
    public ServerMetrics(Scheduler scheduler)
    {
        _request = _meter.CreateHistogram<double>("gen_ai.server.request.duration", "s",
            "From a request to the end of its answer.");
        _first = _meter.CreateHistogram<double>("gen_ai.server.time_to_first_token", "s",
            "From a request to the first text of its answer.");
        _perToken = _meter.CreateHistogram<double>("gen_ai.server.time_per_output_token", "s",
            "Writing, by tokens that were written.");
        _usage = _meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens of a request.");
        _queue = _meter.CreateHistogram<double>("longt5.queue.duration", "s", "Waiting for its turn.");
        _encode = _meter.CreateHistogram<double>("longt5.encode.duration", "s",
            "Reading: the tokenizer and the encoder.");
        _decode = _meter.CreateHistogram<double>("longt5.decode.duration", "s", "Writing: the decoder.");
        _requests = _meter.CreateCounter<long>("longt5.requests", "{request}", "Requests by route and status.");
        _input = _meter.CreateCounter<long>("longt5.tokens.input", "{token}", "Tokens that were read.");
        _output = _meter.CreateCounter<long>("longt5.tokens.output", "{token}", "Tokens that were written.");
        Observe("longt5.requests.reading", "{request}", "Requests that are read.", status => status.Reading);
        Observe("longt5.requests.writing", "{request}", "Requests that are written on.", status => status.Writing);
        Observe("longt5.requests.waiting", "{request}", "Requests that wait for their turn.", status => status.Waiting);
        Observe("longt5.memory.promised", "By", "Memory of those that are read and written.", status => status.Bytes);
        Observe("longt5.documents.kept", "{document}", "Documents that need not be read again.",
            status => status.KeptDocuments);
        Observe("longt5.documents.hits", "{document}", "Times that none had to be read again.", status => status.KeptHits);
        void Observe(string name, string unit, string about, Func<SchedulerStatus, long> value)
            => _meter.CreateObservableUpDownCounter(name, () => value(scheduler.Status), unit, about);
    }

    /// <summary>Whether an instrument is one of this server's: there may be several in one process.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    /// <summary>A request has ended.</summary>
    /// <param name="operation">Its route.</param>
    /// <param name="status">What it was answered with; 499 where the client had left.</param>
    /// <param name="took">How long it was open.</param>
    public void Ended(string operation, int status, TimeSpan took)
    {
        _requests.Add(1, new("route", operation), new("status", status));
        _request.Record(took.TotalSeconds, new KeyValuePair<string, object?>("gen_ai.operation.name", operation));
    }

    /// <summary>The first text of an answer has come.</summary>
    public void Began(string operation, TimeSpan after)
        => _first.Record(after.TotalSeconds, new KeyValuePair<string, object?>("gen_ai.operation.name", operation));

    /// <summary>A request has come to its turn.</summary>
    public void Waited(string model, TimeSpan time) => _queue.Record(time.TotalSeconds, Of(model));

    /// <summary>Texts have been written on one input.</summary>
    public void Wrote(string model, IReadOnlyList<GeneratedText> texts)
    {
        var (read, written) = (texts[0].InputTokens, texts.Sum(text => text.OutputTokens));
        Read(model, read, texts[0].Timings.Reading);
        _decode.Record(texts[0].Timings.Writing.TotalSeconds, Of(model));
        if (written > 0) _perToken.Record(texts[0].Timings.Writing.TotalSeconds / written, Of(model));
        _output.Add(written, Of(model));
        _usage.Record(written, Of(model), new("gen_ai.token.type", "output"));
    }

    /// <summary>An input has been read.</summary>
    public void Read(string model, int tokens, TimeSpan took)
    {
        _encode.Record(took.TotalSeconds, Of(model));
        _input.Add(tokens, Of(model));
        _usage.Record(tokens, Of(model), new("gen_ai.token.type", "input"));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Of(string model) => new("gen_ai.request.model", model);
}
