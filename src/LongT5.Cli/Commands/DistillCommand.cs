using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Flags;
using LongT5.Cli.Output;
using LongT5.Data;
using LongT5.Data.Scoring;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 distill</c>: what a student learns from.</summary>
static class DistillCommand
{
    // Kim and Rush, "Sequence-Level Knowledge Distillation" (2016).
    private const int Beams = 5;

    public static Command Create()
        => new("distill", "Make what a student learns from: texts that a teacher wrote.") { Write() };

    private static ExampledCommand Write()
    {
        var data = new Argument<string[]>("data")
        {
            Description = "Texts: JSONL, JSON, CSV, TSV, Parquet, text, plain or packed, or folders of them, of which "
                + "the training split is read.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The JSONL file to write, which longt5 train takes. A run that was stopped goes on there.",
            HelpName = "FILE",
            Required = true,
        };
        var column = new Option<string?>("--source-column")
        {
            Description = "The column to read. Default: found by its usual names.",
            HelpName = "NAME",
        };
        var least = new Option<double?>("--least-score")
        {
            Description = "Leave out what has a lower score: the log-probability, divided by (tokens)^length_penalty.",
            HelpName = "NUMBER",
        };
        var limit = new Option<int?>("--limit") { Description = "Read at most so many rows.", HelpName = "N" };
        var most = Quantities.Tokens("--max-input", "Read at most this many tokens of each text, as training will. "
            + "Default: what the checkpoint was trained for.");
        var prefix = new Option<string?>("--prefix")
        {
            Description = "Put this before each text. Default: what the checkpoint says.",
            HelpName = "TEXT",
        };
        var batch = new Option<int>("--batch")
        {
            Description = "Texts that are computed together; it changes no result.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var command = new ExampledCommand("write",
            $"Let a teacher write a summary of each text, with beams ({Beams}, unless it has its own number).",
            "longt5 distill write texts.jsonl -o taught.jsonl -m teacher/",
            "longt5 distill write texts/ -o taught.jsonl -m teacher/ --least-score -0.5 --num-beams 4")
        {
            data, output, column, least, limit, most, prefix, batch,
        };
        var (model, generation) = (new ModelFlags(command), new GenerationFlags(command));
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            if (parsed.GetValue(batch) < 1) throw Failure.Usage("--batch must be 1 or more.");
            if (parsed.GetValue(limit) is < 1) throw Failure.Usage("--limit must be 1 or more.");
            var reading = new ReadOptions
            {
                Split = Split.Train,
                Advice = "Mend it, or name the column (--source-column)",
                Note = Terminal.Complain,
            };
            var rows = Tables.Each<(string Name, string Text)>(parsed.GetRequiredValue(data)
                .SelectMany(path => Tables.Read(path, reading)), reading, row =>
                [(string.Create(CultureInfo.InvariantCulture, $"{row.File}:{row.Number}"), Text(row,
                    parsed.GetValue(column)))]);
            if (parsed.GetValue(limit) is { } first) rows = rows.Take(first);
            using var teacher = model.Load(parsed, stop);
            var options = new SummaryOptions
            {
                Generation = generation.Read(parsed),
                Preset = generation.Preset(parsed),
                Prefix = parsed.GetValue(prefix),
                MaxInputTokens = (int?)parsed.GetValue(most),
                Long = LongInput.Cut, // one text, one score
            };
            if (new Summarizer(teacher).Settings(options).Generation is { NumBeams: null or 1 }
                && options.Generation.NumBeams is null)
                options = options with { Generation = options.Generation with { NumBeams = Beams } };
            var settings = new Summarizer(teacher).Settings(options);
            using var run = new TaughtTexts(parsed.GetRequiredValue(output),
            [
                ("teacher", Fingerprint.OfFolder(teacher.Folder)),
                ("adapter", teacher.AdapterPath is { } beside ? Fingerprint.OfFolder(beside) : "none"),
                ("generation", settings.Generation.ToString()),
                ("prefix", settings.Prefix ?? ""),
                ("max_input", string.Create(CultureInfo.InvariantCulture,
                    $"{settings.MaxInputTokens ?? settings.ModelMaxInputTokens}")),
                ("least_score", string.Create(CultureInfo.InvariantCulture, $"{parsed.GetValue(least)}")),
            ]);
            var leftOut = 0;
            foreach (var some in run.Rest(rows).Chunk(parsed.GetValue(batch)))
            {
                var written = new Summarizer(teacher).SummarizeAll([.. some.Select(row => row.Text)], options, stop);
                foreach (var (row, summary) in some.Zip(written))
                {
                    // no number is no score that could be high enough
                    var taken = summary.Text.Length > 0
                        && (parsed.GetValue(least) is not { } bound || summary.Score >= bound);
                    run.Add(row.Name, taken ? (row.Text, summary.Text, summary.Score) : null);
                    if (!taken) leftOut++;
                }
            }
            Terminal.Inform($"{parsed.GetRequiredValue(output)} is written.");
            if (leftOut > 0) Terminal.Complain($"{leftOut} texts were left out, whose summaries are too unlikely.");
            return ExitCode.Success;
        }, stop));
        return command;
    }

    private static string Text(Row row, string? column)
        => string.Join(' ', row.Texts(UsualColumns.Text(row, column)));
}
