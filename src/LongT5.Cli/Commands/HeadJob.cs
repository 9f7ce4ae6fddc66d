using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>Texts in, labels out: the part that <c>classify</c> and <c>tag</c> share.</summary>
sealed class HeadJob
{
    private readonly string _noun;
    private readonly ModelFlags _model;
    private readonly Argument<string[]> _files = new("files")
    {
        Description = "Files, folders (every document in them and in the folders below), patterns, addresses "
            + "(https://...), or - for standard input; of tables (.jsonl, .csv, .tsv, .parquet) every row.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "A file; for several texts a folder, or a .jsonl for a line each. Default: standard output.",
        HelpName = "FILE|FOLDER",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Replace files that exist." };
    private readonly Option<bool> _skipDone = TextJob.SkipDone();
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a text." };
    private readonly Option<string?> _column = TextColumn();
    private readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "Put this before the text. Default: what the model was trained with.",
        HelpName = "TEXT",
    };
    private readonly Option<string?> _password = DocumentFlags.Password();
    private readonly Option<long?> _maxInput = Quantities.Tokens("--max-input",
        "Read at most this many tokens at once. Default: what the model was trained for.");

    /// <param name="command">Gets the options.</param>
    /// <param name="noun">What is made, in one word.</param>
    public HeadJob(Command command, string noun)
    {
        _noun = noun;
        command.Add(_files);
        _model = new(command);
        foreach (var option in new Option[]
            { _output, _force, _skipDone, _json, _column, _prefix, _password, _maxInput })
            command.Add(option);
    }

    /// <summary>The option that names the column of a table.</summary>
    public static Option<string?> TextColumn() => new("--text-column")
    {
        Description = "The column of a table that holds the text. Default: found by its usual names.",
        HelpName = "NAME",
    };

    /// <summary>What the call says beside the text.</summary>
    public LabelOptions Options(ParseResult parsed)
        => new() { Prefix = parsed.GetValue(_prefix), MaxInputTokens = (int?)parsed.GetValue(_maxInput) };

    /// <summary>Works on every text.</summary>
    /// <param name="parsed">The call.</param>
    /// <param name="judgeOf">What a model does with a text.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(
        ParseResult parsed, Func<LongT5Model, Func<TextToJudge, CancellationToken, Judgement>> judgeOf,
        CancellationToken cancellation)
    {
        var inputs = InputFiles.Expand(parsed.GetValue(_files) ?? [], _model.Hub.Settings(parsed).IsOffline);
        using var plan = new OutputPlan(inputs, parsed.GetValue(_output), _noun, parsed.GetValue(_json),
            TextJob.WhatIsThere(parsed.GetValue(_force), parsed.GetValue(_skipDone)));
        if (plan.Todo.Count < inputs.Count)
            Terminal.Complain($"{inputs.Count - plan.Todo.Count} of {inputs.Count} texts are done already.");
        if (plan.Todo.Count == 0) return ExitCode.Success;
        using var model = _model.Load(parsed, cancellation);
        foreach (var warning in model.Tokenizer.Warnings) Terminal.Warn(warning);
        var judge = judgeOf(model);
        return await new HeadRun(plan, new() { Password = parsed.GetValue(_password) }, parsed.GetValue(_column), judge)
            .Run(cancellation);
    }
}
