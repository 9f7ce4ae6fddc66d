using System.CommandLine;
using LongT5.Cli.Input;
using LongT5.Data;
using LongT5.Documents;

namespace LongT5.Cli.Flags;

/// <summary>Which examples of a data set a command reads.</summary>
sealed class DataFlags
{
    private static readonly Dictionary<string, Split> Parts = new()
    {
        ["train"] = Split.Train,
        ["validation"] = Split.Validation,
        ["val"] = Split.Validation,
        ["dev"] = Split.Validation,
        ["test"] = Split.Test,
    };

    private readonly Option<string> _split = new("--split")
    {
        Description = "The part that is read: train, validation (or val, dev) or test.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "test",
    };
    private readonly Option<int?> _limit = new("--limit") { Description = "At most so many examples.", HelpName = "N" };
    private readonly Option<int?> _seed = new("--sample-seed")
    {
        Description = "Draw the --limit examples at random, the same ones for the same seed, in place of the first.",
        HelpName = "N",
    };
    private readonly Option<string?> _source =
        new("--source-column") { Description = "Of a table of one's own: what is read.", HelpName = "NAME" };
    private readonly Option<string?> _target =
        new("--target-column") { Description = "Of a table of one's own: what is to be written.", HelpName = "NAME" };
    private readonly Option<bool> _skipBad =
        new("--skip-bad") { Description = "Leave bad rows out, name each, and count them." };

    public DataFlags(Command command)
    {
        _split.AcceptOnlyFromAmong([.. Parts.Keys]);
        foreach (Option option in (Option[])[_split, _limit, _seed, _source, _target, _skipBad]) command.Add(option);
    }

    private static string Document(string path, Stream content)
    {
        var document = new ReadingProcess(OwnProgram.Command).Read(path, content, File.Exists(path) ? path : null);
        foreach (var note in document.Notes)
            Terminal.Warn($"{path}: {note}");
        return document.Text;
    }

    /// <summary>Called with what is wrong with each bad row.</summary>
    public ReadOptions Read(ParseResult parsed, Action<string> skipped)
    {
        var options = new ReadOptions
        {
            Split = Parts[parsed.GetValue(_split)!],
            Limit = parsed.GetValue(_limit),
            Seed = parsed.GetValue(_seed),
            SourceColumn = parsed.GetValue(_source),
            TargetColumn = parsed.GetValue(_target),
            Advice = "Mend it, or leave bad rows out (--skip-bad)",
            Note = Terminal.Complain,
            Documents = new(InputFiles.Extensions, Document),
            SkipBad = parsed.GetValue(_skipBad) ? skipped : null,
        };
        if (options.Limit is < 1)
            throw Failure.Usage($"--limit {options.Limit} is no number of examples; give 1 or more.");
        if (options is { Seed: not null, Limit: null })
            throw Failure.Usage("--sample-seed draws as many examples as --limit says; give both.");
        return options;
    }
}
