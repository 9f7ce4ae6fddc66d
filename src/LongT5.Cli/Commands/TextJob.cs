using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>Texts in, texts out: the part that <c>summarize</c>, <c>answer</c> and <c>generate</c> share.</summary>
sealed class TextJob
{
    private readonly string _noun;
    private readonly ModelFlags _model;
    private readonly GenerationFlags _generation;
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "A file; for several texts a folder, or a .jsonl for a line each. Default: standard output.",
        HelpName = "FILE|FOLDER",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Replace files that exist." };
    private readonly Option<bool> _skipDone = SkipDone();
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
    private readonly Option<int> _jobs = new("--jobs")
    {
        Description = "How many documents are read ahead while one is written on.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<string?> _password = DocumentFlags.Password();
    private readonly Option<long?> _maxInput = Quantities.Tokens("--max-input",
        "Read at most this many tokens at once. Default: for summaries and answers what the model was trained for; "
            + "else all.");
    private readonly Option<LongInput?> _long = LongFlags.Long();
    private readonly Option<long?> _maxMemory = Quantities.Option("--max-memory", "SIZE", "a size such as 800M or 4G",
        "Take at most this much memory beside the weights: 800M, 4G. Default: what is free.");

    /// <param name="command">Gets the options.</param>
    /// <param name="noun">What the command makes: the member of its JSON, and the middle of its files' names.</param>
    /// <param name="showAll">Whether the help lists rare generation options.</param>
    public TextJob(Command command, string noun, bool showAll = false)
    {
        _noun = noun;
        _model = new(command);
        foreach (var option in new Option[] { _output, _force, _skipDone, _json, _stream, _prefix, _jobs, _password,
            _maxInput, _long, _maxMemory })
            command.Add(option);
        _generation = new(command, showAll);
    }

    /// <summary>Whether results are wanted as JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether words are wanted as they come.</summary>
    public bool Streams(ParseResult parsed) => parsed.GetValue(_stream);

    /// <summary>Whether nothing may be asked of the network.</summary>
    public bool IsOffline(ParseResult parsed) => _model.Hub.Settings(parsed).IsOffline;

    /// <summary>Opens the model that the call names, with its vocabulary.</summary>
    public LongT5Model Load(ParseResult parsed, CancellationToken cancellation)
    {
        var model = _model.Load(parsed, cancellation);
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
            Long = parsed.GetValue(_long),
            MaxMemory = parsed.GetValue(_maxMemory),
        };

    /// <summary>Whether what is there may be replaced.</summary>
    public bool Replaces(ParseResult parsed) => parsed.GetValue(_force);

    /// <summary>Whether texts whose result is there are left.</summary>
    public bool SkipsDone(ParseResult parsed) => parsed.GetValue(_skipDone);

    /// <summary>Works on every input with a head of labels, which writes no text.</summary>
    /// <param name="parsed">The call.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="column">The column of tables that holds the text; null to find it.</param>
    /// <param name="by">The option that asks for it.</param>
    /// <param name="judgeOf">What a model does with a text, given what stands before it and how much it reads at once.
    /// </param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> Judge(
        ParseResult parsed, IReadOnlyList<InputFile> inputs, string? column, string by,
        Func<LongT5Model, LabelOptions, Func<TextToJudge, CancellationToken, Judgement>> judgeOf,
        CancellationToken cancellation)
    {
        foreach (var option in parsed.CommandResult.Command.Options.Where(option
            => (option == _stream || option == _long || option == _maxMemory || _generation.Owns(option))
                && parsed.GetResult(option) is { Implicit: false }))
            throw Failure.Usage($"{option.Name} is about a text that is written, and {by} writes none; leave one of "
                + $"them out.");
        using var plan = new OutputPlan(inputs, parsed.GetValue(_output), _noun, parsed.GetValue(_json),
            WhatIsThere(parsed.GetValue(_force), parsed.GetValue(_skipDone)));
        if (plan.Todo.Count == 0) return ExitCode.Success;
        using var model = Load(parsed, cancellation);
        var judge = judgeOf(model, new()
        {
            Prefix = parsed.GetValue(_prefix),
            MaxInputTokens = (int?)parsed.GetValue(_maxInput),
        });
        return await new HeadRun(plan, new() { Password = parsed.GetValue(_password) }, column, judge)
            .Run(cancellation);
    }

    /// <summary>Works on every input.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(
        ParseResult parsed, IReadOnlyList<InputFile> inputs, Func<LongT5Model, TextTask> taskOf,
        CancellationToken cancellation, ReportPlan? reports = null)
    {
        using var plan = new OutputPlan(inputs, parsed.GetValue(_output), _noun, parsed.GetValue(_json),
            WhatIsThere(parsed.GetValue(_force), parsed.GetValue(_skipDone)));
        if (Streams(parsed) && (plan.IsJson || !plan.ToStandardOutput))
            throw Failure.Usage("--stream writes words to standard output; leave out --json and -o.");
        if (plan.Todo.Count < inputs.Count)
            Terminal.Complain($"{inputs.Count - plan.Todo.Count} of {inputs.Count} texts are done already.");
        if (plan.Todo.Count == 0)
            return ExitCode.Success;
        var jobs = parsed.GetValue(_jobs);
        if (jobs is < 0 or > 64)
            throw Failure.Usage($"--jobs must be from 0 to 64, not {jobs}.");
        using var model = Load(parsed, cancellation);
        var reading = new ReadingOptions { Password = parsed.GetValue(_password) };
        return await new TextRun(taskOf(model), plan, reading, jobs, Streams(parsed), reports).Run(cancellation);
    }

    /// <summary>The option that leaves what is done.</summary>
    public static Option<bool> SkipDone() => new("--skip-done")
    {
        Description = "Leave texts whose result is there already: go on where a run was stopped.",
    };

    /// <summary>What becomes of results that are there.</summary>
    public static Existing WhatIsThere(bool force, bool skipDone) => (force, skipDone) switch
    {
        (true, true) =>
            throw Failure.Usage("--force replaces what is there and --skip-done leaves it; give one of them."),
        (true, false) => Existing.Replaced,
        (false, true) => Existing.Kept,
        _ => Existing.Refused,
    };
}
