using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>What a command does with one text.</summary>
/// <param name="Run">Gives the texts that the model writes on it.</param>
/// <param name="Stream">The same, word by word.</param>
/// <param name="Estimate">What it will take.</param>
sealed record TextWork(
    Func<string, IProgress<GenerationProgress>?, CancellationToken, IReadOnlyList<GeneratedText>> Run,
    Func<string, Action<GeneratedText>, IProgress<GenerationProgress>?, CancellationToken, IAsyncEnumerable<string>> Stream,
    Func<string, WorkEstimate> Estimate)
{
    /// <summary>A model's work on prompts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What the call says.</param>
    /// <param name="tokens">Most tokens to write where neither the call nor the checkpoint says.</param>
    /// <param name="prompt">The prompt of a text.</param>
    public static TextWork Of(LongT5Model model, TextOptions options, int tokens, Func<string, string> prompt)
    {
        var said = options.Generation.Over(options.Preset ?? new()).Over(model.Defaults);
        if (said is { MaxNewTokens: null, MaxLength: null })
            options = options with { Generation = options.Generation with { MaxNewTokens = tokens } };
        return new(
            (text, progress, stop) => model.Generate(prompt(text), options, progress, stop),
            (text, done, progress, stop) => model.StreamAsync(prompt(text), options, done, progress, stop),
            text => model.Estimate(prompt(text), options));
    }
}

/// <summary>Texts in, texts out: the part that <c>summarize</c>, <c>answer</c> and <c>generate</c> share.</summary>
sealed class TextJob
{
    private static readonly TimeSpan WorthSaying = TimeSpan.FromSeconds(5);

    /// <summary>About what the encoder reaches of the measured peak: enough for a rough word; the first layers then tell better.</summary>
    private const double ShareOfPeak = 0.6;

    private readonly string _noun;
    private readonly ModelFlags _model;
    private readonly GenerationFlags _generation;
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "A file, or a folder for several texts. Default: standard output.",
        HelpName = "FILE|FOLDER",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Replace files that exist." };
    private readonly Option<bool> _json = new("--json")
    {
        Description = "One JSON object a line, with tokens read and written, cuts, times and warnings.",
    };
    private readonly Option<bool> _stream = new("--stream") { Description = "Write words as they come." };
    private readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "Put this before the text. Default: what the checkpoint says, which is nothing for most.",
        HelpName = "TEXT",
    };
    private readonly Option<int?> _maxInput = new("--max-input")
    {
        Description = "Read at most this many tokens, to the end of a sentence. Default: all that memory holds.",
        HelpName = "N",
    };
    private readonly Option<string?> _maxMemory = new("--max-memory")
    {
        Description = "Take at most this much memory beside the weights: 800M, 4G. Default: what is free.",
        HelpName = "SIZE",
    };

    /// <param name="command">Gets the options.</param>
    /// <param name="noun">What the command makes: the member of its JSON, and the middle of its files' names.</param>
    /// <param name="showAll">Whether the help lists rare generation options.</param>
    public TextJob(Command command, string noun, bool showAll = false)
    {
        _noun = noun;
        _model = new(command);
        foreach (var option in new Option[] { _output, _force, _json, _stream, _prefix, _maxInput, _maxMemory })
            command.Add(option);
        _generation = new(command, showAll);
    }

    /// <summary>Whether no model is named, so that the embedded one is meant.</summary>
    public bool MeansEmbedded(ParseResult parsed) => _model.MeansEmbedded(parsed);

    /// <summary>The flags of generation.</summary>
    public GenerationFlags Generation => _generation;

    /// <summary>Whether results are wanted as JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Opens the model that the call names.</summary>
    public LongT5Model Load(ParseResult parsed) => _model.Load(parsed);

    /// <summary>What the call says beside the text.</summary>
    public TextOptions Options(ParseResult parsed) => new()
    {
        Generation = _generation.Read(parsed),
        Preset = _generation.Preset(parsed),
        Prefix = parsed.GetValue(_prefix),
        MaxInputTokens = parsed.GetValue(_maxInput) is not { } most || most >= 2 ? parsed.GetValue(_maxInput)
            : throw Failure.Usage($"--max-input must be 2 or more, not {most}."),
        MaxMemory = parsed.GetValue(_maxMemory) is { } size ? Bytes(size) : null,
    };

    /// <summary>Works on every input; one that fails does not stop the others.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(
        ParseResult parsed, IReadOnlyList<InputFile> inputs, Func<LongT5Model, TextWork> workOf, CancellationToken cancellation)
    {
        var json = parsed.GetValue(_json);
        var plan = new OutputPlan(inputs, parsed.GetValue(_output), $".{_noun}.{(json ? "json" : "txt")}", parsed.GetValue(_force));
        if (parsed.GetValue(_stream) && (json || !plan.ToStandardOutput))
            throw Failure.Usage("--stream writes words to standard output; leave out --json and -o.");

        using var model = _model.Load(parsed);
        var work = workOf(model);
        var failed = 0;
        var code = ExitCode.Success;
        foreach (var input in inputs)
        {
            try
            {
                if (inputs.Count > 1 && plan.ToStandardOutput && !json)
                    await Terminal.Out.WriteLineAsync($"==> {input.Name} <==");
                await Work(input, plan, parsed, work, cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && inputs.Count > 1 && !IsOfTheOutput(exception))
            {
                failed++;
                code = ExitCode.Failed;
                var (sentence, _) = Failure.Describe(exception);
                Terminal.Complain(sentence.Contains(input.Name, StringComparison.Ordinal) ? sentence : $"{input.Name}: {sentence}");
                if (json && plan.ToStandardOutput)
                    await Terminal.Out.WriteLineAsync(Json.Object(writer =>
                    {
                        writer.WriteString("file", input.Name);
                        writer.WriteString("error", sentence);
                    }));
            }
        }
        if (failed > 0)
            Terminal.Complain($"{failed} of {inputs.Count} texts failed.");
        return code;
    }

    private async Task Work(InputFile input, OutputPlan plan, ParseResult parsed, TextWork work, CancellationToken cancellation)
    {
        var text = input.ReadText(out var note);
        if (note is not null)
            Terminal.Warn(note);
        using var file = plan.Open(input);
        using var progress = Progress.For(input.Name);
        if (progress is not null)
            Foretell(input.Name, work.Estimate(text));

        if (parsed.GetValue(_stream))
        {
            await Stream(input, text, work, progress, cancellation);
            return;
        }
        var results = work.Run(text, progress, cancellation);
        Progress.Clear();
        foreach (var warning in results[0].Warnings)
            Terminal.Warn($"{input.Name}: {warning}");
        var lines = string.Concat(results.Select(result => (parsed.GetValue(_json) ? AsJson(input, result) : result.Text) + "\n"));
        if (file is not null)
        {
            file.Complete(lines);
            return;
        }
        await Terminal.Out.WriteAsync(lines);
        await Terminal.Out.FlushAsync(cancellation);
    }

    private static async Task Stream(
        InputFile input, string text, TextWork work, Progress? progress, CancellationToken cancellation)
    {
        IReadOnlyList<string> warnings = [];
        await foreach (var piece in work.Stream(text, result => warnings = result.Warnings, progress?.UntilWriting(), cancellation))
        {
            Progress.Clear();
            await Terminal.Out.WriteAsync(piece);
            await Terminal.Out.FlushAsync(cancellation);
        }
        await Terminal.Out.WriteLineAsync();
        await Terminal.Out.FlushAsync(cancellation);
        foreach (var warning in warnings)
            Terminal.Warn($"{input.Name}: {warning}");
    }

    /// <summary>Says what long work will take before it begins.</summary>
    private static void Foretell(string name, WorkEstimate estimate)
    {
        var time = TimeSpan.FromSeconds(estimate.Operations / (ShareOfPeak * MachineSpeed.MeasurePeak(Workers.Shared)));
        if (time > WorthSaying)
            Terminal.Inform(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {estimate.Tokens:N0} tokens, about {Progress.Duration(time)} to read, {estimate.Bytes / 1e9:0.0} GB of memory."));
    }

    private string AsJson(InputFile input, GeneratedText result) => Json.Object(writer =>
    {
        writer.WriteString("file", input.Path is null ? "-" : input.Name);
        writer.WriteString(_noun, result.Text);
        if (result is Summary summary)
            writer.WriteStrings("sentences", summary.Sentences);
        if (float.IsFinite(result.Score))
            writer.WriteNumber("score", result.Score);
        writer.WriteNumber("tokens_in", result.InputTokens);
        writer.WriteNumber("tokens_dropped", result.DroppedTokens);
        writer.WriteBoolean("input_cut", result.IsInputCut);
        writer.WriteNumber("tokens_out", result.OutputTokens);
        writer.WriteBoolean("output_cut", result.IsOutputCut);
        writer.WriteNumber("seconds_reading", Math.Round(result.Timings.Reading.TotalSeconds, 3));
        writer.WriteNumber("seconds_writing", Math.Round(result.Timings.Writing.TotalSeconds, 3));
        writer.WriteStrings("warnings", result.Warnings);
    });

    /// <summary>What closes standard output closes it for every text.</summary>
    private static bool IsOfTheOutput(Exception exception) => exception is IOException and not FileNotFoundException;

    private static long Bytes(string size)
    {
        var unit = char.ToUpperInvariant(size[^1]) switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 };
        var number = unit == 1 ? size : size[..^1];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value > 0 && value * unit < long.MaxValue
            ? (long)(value * unit)
            : throw Failure.Usage($"--max-memory must be a size such as 800M or 4G, not {size}.");
    }
}
