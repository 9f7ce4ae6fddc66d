using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LongT5.Scheduling;
using LongT5.Server.Http;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Serving;

/// <summary>Does what requests ask, within the limits of the server.</summary>
sealed class TextService(
    ServerOptions options, Scheduler scheduler, ServerMetrics metrics, TextLog log)
{
    /// <summary>Does it, and gives the texts, best first.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="stop">Gives it up.</param>
    public Task<IReadOnlyList<WrittenText>> Run(TextRequest request, CancellationToken stop)
        => Run(request, _ => { }, false, stop);

    /// <summary>Does it, and tells of it meanwhile.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="done">Is given the texts, best first, when they are complete.</param>
    /// <param name="stop">Gives it up, as leaving the loop does.</param>
    public async IAsyncEnumerable<Happening> Stream(
        TextRequest request, Action<IReadOnlyList<WrittenText>> done, [EnumeratorCancellation] CancellationToken stop)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var happenings = Channel.CreateUnbounded<Happening>(new() { SingleReader = true });
        var stops = new StopText(request.Stops);
        void Tell(Happening happening)
        {
            if (happening.Text is { } piece && (happening = new(Text: stops.Add(piece))).Text is "") return;
            happenings.Writer.TryWrite(happening);
        }
        async Task<IReadOnlyList<WrittenText>> Work()
        {
            try
            {
                var texts = await Run(request, Tell, IsFinalAsItComes(request), left.Token);
                if (stops.Finish() is { Length: > 0 } rest) happenings.Writer.TryWrite(new(Text: rest));
                return texts;
            }
            finally
            {
                happenings.Writer.Complete();
            }
        }
        var work = Task.Run(Work, CancellationToken.None);
        try
        {
            await foreach (var happening in happenings.Reader.ReadAllAsync(CancellationToken.None))
                yield return happening;
            done(await work);
        }
        finally
        {
            await left.CancelAsync();
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The longest input that this server's memory holds.</summary>
    public int LongestInput(OpenModel model)
        => model.Model.Engine.LongestInput(scheduler.Memory, 1, options.MaxNewTokens);

    private async Task<IReadOnlyList<WrittenText>> Run(
        TextRequest request, Action<Happening> tell, bool streams, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(request.Text.Text))
            throw new ApiError(StatusCodes.Status400BadRequest, "there is nothing to read: the text is empty.");
        var task = await Task.Run(() => Prepare(request), stop);
        var told = new Told(tell, waited => metrics.Waited(request.Model.Name, waited));
        IReadOnlyList<GeneratedText> texts = [];
        if (streams)
            await foreach (var piece in task.Stream(request.Text, done => texts = [done], told, stop))
                tell(new(Text: piece));
        else
            texts = await Task.Factory.StartNew(() => task.Run(request.Text, told, stop), stop,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
        metrics.Wrote(request.Model.Name, texts);
        log.Wrote(request.Model.Name, request.Text.Text, texts);
        return [.. texts.Select(text => WrittenText.Of(text, request.Stops, request.Notes))];
    }

    private TextTask Prepare(TextRequest request)
    {
        var asked = request.Stops.Count == 0 ? request.Options : request.Options with
        {
            Generation = request.Options.Generation with { StopStrings = request.Stops },
        };
        var model = request.Model.Model;
        Check(request.Kind switch
        {
            TextKind.Summary => new Summarizer(model).Settings(asked),
            TextKind.Answer => asked.Resolve(model, Answerer.Tokens),
            _ => asked.Resolve(model, TextTask.PromptTokens),
        });
        if (request is { Kind: TextKind.Summary, Options.By: null }
            && (asked.LikeliestTokens is not null || asked.Generation.NumReturnSequences > 1)
            && new Summarizer(model).ReadsInParts(request.Text, asked))
        {
            var name = asked.LikeliestTokens is null ? "n" : "logprobs";
            throw ApiError.Of(name, $"{name} is not offered for a text that is longer than the model reads at once: "
                + "its summary is merged from those of its parts. Send less of it.");
        }
        var task = request.Kind switch
        {
            TextKind.Summary => TextTask.Summarize(model, asked),
            TextKind.Answer => TextTask.Answer(model, request.Question, asked),
            _ => TextTask.Generate(model, asked),
        };
        if (options.MaxInputTokens is { } most && Read(request) is var tokens && tokens > most)
            throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                $"the text has {tokens} tokens, and {most} are read here; send less of it.");
        return task;
    }

    /// <summary>Tokens of the text that are read, at once or in parts.</summary>
    private static int Read(TextRequest request)
    {
        var tokens = request.Model.Model.Tokenizer.Encode(request.Text.Text).Length;
        return request.Kind == TextKind.Summary && request.Options.Long is not LongInput.Cut ? tokens
            : Math.Min(tokens, request.Options.MaxInputTokens ?? tokens);
    }

    private void Check(TextOptions resolved)
    {
        var generation = resolved.Generation;
        Most("max_new_tokens", generation.MaxNewTokens ?? generation.MaxLength ?? 0, options.MaxNewTokens);
        Most("num_beams", generation.NumBeams ?? 1, options.MaxBeams);
        Most("num_return_sequences", generation.NumReturnSequences ?? 1, options.MaxReturned);
        Most("prompt_lookup_num_tokens", generation.PromptLookupNumTokens ?? 0, 64);
        Most("stop_strings", generation.StopStrings?.Count ?? 0, 8);
        static void Most(string name, int asked, int most)
        {
            if (asked > most) throw ApiError.Of(name, $"{name} is {asked}; this server gives at most {most}.");
        }
    }

    /// <summary>
    /// Whether what becomes final stays: there is one answer, no sentence may be left out, and nothing is wanted that
    /// is known at the end.
    /// </summary>
    private static bool IsFinalAsItComes(TextRequest request)
        => request.Options is { Strict: false, Generation.NumReturnSequences: null or 1, LikeliestTokens: null };

    /// <summary>Hears of the scheduler's work, on its thread: nothing here may wait.</summary>
    private sealed class Told(Action<Happening> tell, Action<TimeSpan> begun) : IProgress<GenerationProgress>
    {
        private readonly Stopwatch _waiting = Stopwatch.StartNew();

        public void Report(GenerationProgress value)
        {
            if (value.Phase == "waiting")
            {
                if (value.Total == 0) begun(_waiting.Elapsed);
                tell(new(Place: (int)value.Total));
            }
            else
                tell(new(Progress: value));
        }
    }
}
