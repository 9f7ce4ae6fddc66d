using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>Texts in, texts out: the part that <c>summarize</c>, <c>answer</c> and <c>generate</c> share.</summary>
sealed class TextJob
{
    private static readonly TimeSpan WorthSaying = TimeSpan.FromSeconds(5);

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
    private readonly Option<string?> _password = DocumentFlags.Password();
    private readonly Option<long?> _maxInput = Quantities.Tokens("--max-input",
        "Read at most this many tokens, to the end of a sentence. Default: all that memory holds.");
    private readonly Option<long?> _maxMemory = Quantities.Option("--max-memory", "SIZE", "a size such as 800M or 4G",
        "Take at most this much memory beside the weights: 800M, 4G. Default: what is free.");

    /// <param name="command">Gets the options.</param>
    /// <param name="noun">What the command makes: the member of its JSON, and the middle of its files' names.</param>
    /// <param name="showAll">Whether the help lists rare generation options.</param>
    public TextJob(Command command, string noun, bool showAll = false)
    {
        _noun = noun;
        _model = new(command);
        foreach (var option in new Option[] { _output, _force, _json, _stream, _prefix, _password, _maxInput, _maxMemory })
            command.Add(option);
        _generation = new(command, showAll);
    }

    /// <summary>Whether results are wanted as JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Opens the model that the call names, with its vocabulary.</summary>
    public LongT5Model Load(ParseResult parsed)
    {
        var model = _model.Load(parsed);
        foreach (var warning in model.Tokenizer.Warnings)
            Terminal.Warn(warning);
        return model;
    }

    /// <summary>What the call says beside the text, put into what the command knows already.</summary>
    public T Read<T>(ParseResult parsed, T options)
        where T : TextOptions
        => options with
        {
            Generation = _generation.Read(parsed),
            Preset = _generation.Preset(parsed),
            Prefix = parsed.GetValue(_prefix),
            MaxInputTokens = (int?)parsed.GetValue(_maxInput),
            MaxMemory = parsed.GetValue(_maxMemory),
        };

    /// <summary>Works on every input; one that fails does not stop the others.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(
        ParseResult parsed, IReadOnlyList<InputFile> inputs, Func<LongT5Model, TextTask> taskOf, CancellationToken cancellation)
    {
        var json = parsed.GetValue(_json);
        var plan = new OutputPlan(inputs, parsed.GetValue(_output), $".{_noun}.{(json ? "json" : "txt")}", parsed.GetValue(_force));
        if (parsed.GetValue(_stream) && (json || !plan.ToStandardOutput))
            throw Failure.Usage("--stream writes words to standard output; leave out --json and -o.");

        using var model = _model.Load(parsed);
        var task = taskOf(model);
        var failed = 0;
        var code = ExitCode.Success;
        foreach (var input in inputs)
        {
            try
            {
                if (inputs.Count > 1 && plan.ToStandardOutput && !json)
                    await Terminal.Out.WriteLineAsync($"==> {input.Name} <==");
                await Work(input, plan, parsed, task, cancellation);
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
                        ResultJson.WriteError(writer, sentence);
                    }));
            }
        }
        if (failed > 0)
            Terminal.Complain($"{failed} of {inputs.Count} texts failed.");
        return code;
    }

    private async Task Work(InputFile input, OutputPlan plan, ParseResult parsed, TextTask task, CancellationToken cancellation)
    {
        var document = input.ReadDocument(new ReadingOptions { Password = parsed.GetValue(_password) }, cancellation);
        foreach (var note in document.Notes)
            Terminal.Warn($"{input.Name}: {note}");
        var text = document.Text;
        if (task.NeedsWords && !Summarizer.HasWords(text))
            throw new BadFileException(input.Name, "there is nothing to read in it: it has no word");
        using var file = plan.Open(input);
        using var progress = Progress.For(input.Name);
        if (progress is not null)
            Foretell(input.Name, task.Estimate(text));

        if (parsed.GetValue(_stream))
        {
            await Stream(input, text, task, progress, cancellation);
            return;
        }
        var results = task.Run(text, progress, cancellation);
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
        InputFile input, string text, TextTask task, Progress? progress, CancellationToken cancellation)
    {
        IReadOnlyList<string> warnings = [];
        await foreach (var piece in task.Stream(text, result => warnings = result.Warnings, progress?.UntilWriting(), cancellation))
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
        var time = estimate.Time(MachineSpeed.MeasurePeak(Workers.Shared));
        if (time > WorthSaying)
            Terminal.Inform(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {estimate.Tokens:N0} tokens, about {Progress.Duration(time)} to read, {estimate.Bytes / 1e9:0.0} GB of memory."));
    }

    private string AsJson(InputFile input, GeneratedText result) => Json.Object(writer =>
    {
        writer.WriteString("file", input.Path is null ? "-" : input.Name);
        ResultJson.Write(writer, _noun, result);
    });

    /// <summary>What closes standard output closes it for every text.</summary>
    private static bool IsOfTheOutput(Exception exception) => exception is IOException and not FileNotFoundException;
}
