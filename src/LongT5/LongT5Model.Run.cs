using LongT5.Generation;
using LongT5.Model;
using LongT5.Scheduling;
using LongT5.Tasks;

namespace LongT5;

// How its calls are computed: at once, or when the scheduler says so.
public sealed partial class LongT5Model
{
    /// <summary>The same by options that are resolved; <paramref name="after"/> sees all of it while the session is
    /// there, which keeps queries if that is wanted.</summary>
    internal IReadOnlyList<Generated> Run(
        IReadOnlyList<int[]> inputs, GenerationOptions resolved, GenerationListener? listener,
        IProgress<GenerationProgress>? progress, CancellationToken cancellation,
        IReadOnlyList<LongT5Model>? models = null,
        IReadOnlyList<Quotations?>? quotations = null,
        EncoderWindows? windows = null,
        Action<EngineSession, IReadOnlyList<Generated>>? after = null,
        bool keepsQueries = false)
    {
        if (Engine.HasDecoder && !Engine.Head.WritesText())
            throw new NotSupportedException($"{Path} has a head of labels ({Engine.Head}) in place of the vocabulary: it "
                + "writes no text. Classify, tag or extract answers with it, or name a model that writes.");
        if (Scheduler is { } scheduler)
        {
            return scheduler.Run(Request(inputs, models, windows, progress) with
            {
                Options = resolved,
                Decode = ids => Tokenizer.Decode(ids),
                Listener = Combine(listener, resolved, progress),
                Quotations = quotations,
                KeepsQueries = keepsQueries,
            }, finished =>
            {
                after?.Invoke(finished.Session!, finished.Written);
                return finished.Written;
            }, cancellation);
        }
        var encoded = inputs is [var only] && models is null
            ? Encode(only, windows, progress, cancellation) : Encode(inputs, models, windows, cancellation);
        using var session = StartAndRelease(encoded, cancellation);
        session.KeepsQueries = keepsQueries;
        var sequences = Generator.Run(session, inputs, resolved, ids => Tokenizer.Decode(ids),
            Combine(listener, resolved, progress), quotations, cancellation);
        after?.Invoke(session, sequences);
        return sequences;
    }

    /// <summary>A session over one input, to feed it a text that is there already.</summary>
    internal T Start<T>(
        int[] ids, Func<EngineSession, T> use, EncoderWindows? windows, CancellationToken cancellation)
    {
        if (Scheduler is { } scheduler)
            return scheduler.Run(Request([ids], null, windows, null), finished => use(finished.Session!), cancellation);
        using var session = StartAndRelease(Encode(ids, windows, null, cancellation), cancellation);
        return use(session);
    }

    /// <summary>Encodes one input and says how far it is.</summary>
    private IReadOnlyList<EncodedInput> Encode(int[] ids, EncoderWindows? windows,
        IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var layers = Config.NumLayers * (windows?.Over(ids.Length).Count ?? 1);
        using var run = Engine.BeginEncoding([ids], progress is null ? null
            : layer => progress.Report(new("reading", layer, layers)), null, windows);
        return run.Finish(cancellation);
    }

    /// <summary>Encodes each input by its own model.</summary>
    private IReadOnlyList<EncodedInput> Encode(IReadOnlyList<int[]> inputs, IReadOnlyList<LongT5Model>? models,
        EncoderWindows? windows, CancellationToken cancellation)
    {
        if (models is null)
            return Engine.EncodeBatch(inputs, windows, cancellation);
        var encoded = new EncodedInput[inputs.Count];
        try
        {
            foreach (var group in Enumerable.Range(0, inputs.Count).GroupBy(i => models[i].Engine))
            {
                var some = group.Key.EncodeBatch([.. group.Select(i => inputs[i])], windows, cancellation);
                foreach (var (place, i) in group.Index())
                    encoded[i] = some[place];
            }
            return encoded;
        }
        catch
        {
            foreach (var input in encoded)
                input?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A session over encoded inputs, which it does not need any more once it has their keys and values.
    /// </summary>
    private EngineSession StartAndRelease(IReadOnlyList<EncodedInput> encoded, CancellationToken cancellation)
    {
        try
        {
            return Engine.StartDecoding(encoded, cancellation);
        }
        finally
        {
            foreach (var input in encoded)
                input.Dispose();
        }
    }

    private ScheduledRequest Request(
        IReadOnlyList<int[]> inputs, IReadOnlyList<LongT5Model>? models, EncoderWindows? windows,
        IProgress<GenerationProgress>? progress)
        => new([.. inputs.Select((ids, i) => ((models?[i] ?? this).Engine, ids.ToArray()))], Options: null)
        {
            Windows = windows,
            Waiting = progress is null ? null : place => progress.Report(new("waiting", 0, place)),
            Read = progress is null ? null
                : share => progress.Report(new("reading", share * Config.NumLayers, Config.NumLayers)),
        };

    private Action<int>? LayerReport(IProgress<GenerationProgress>? progress)
        => progress is null ? null : layer => progress.Report(new("reading", layer, Config.NumLayers));

    private static GenerationListener? Combine(
        GenerationListener? listener, GenerationOptions options, IProgress<GenerationProgress>? progress)
    {
        if (progress is null)
            return listener;
        var most = options.MaxNewTokens ?? options.MaxLength ?? 0;
        return step =>
        {
            listener?.Invoke(step);
            progress.Report(new("writing", step.Length, most));
        };
    }
}
