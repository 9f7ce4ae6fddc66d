using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Evaluating;
using LongT5.Cli.Output;
using LongT5.Data.Scoring;
using LongT5.Evaluation;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 rouge</c>: two files of texts, side by side.</summary>
sealed class RougeCommand
{
    private readonly Argument<string> _predictions =
        new("predictions") { Description = "What was written: a text a line, or a table (JSONL, CSV, Parquet)." };
    private readonly Argument<string[]> _references = new("references")
    {
        Description = "What it is held against, in the same order: lines, or a table, in which a list holds several "
            + "references; several files for "
            + "several references. Without any, the columns of the first file are.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _predictionColumn = new("--prediction-column")
    {
        Description = $"Of a table: what was written. Default: the first there is of "
            + $"{string.Join(", ", TextsFile.PredictionColumns)}.",
        HelpName = "NAME",
    };
    private readonly Option<string[]> _referenceColumn = new("--reference-column")
    {
        Description = $"Of a table: what should have been written; may be given several times. Default: the first "
            + $"there is of {string.Join(", ", TextsFile.ReferenceColumns)}.",
        HelpName = "NAME",
    };
    private readonly Option<string> _profile = new("--profile")
    {
        Description = $"Which ROUGE: {string.Join(", ", RougeProfile.All.Select(one => one.Name))}.",
        HelpName = "PROFILE",
        DefaultValueFactory = _ => RougeProfile.RougeScore.Name,
    };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object in place of a table." };
    private readonly ExampledCommand _command = new("rouge", "Score texts against references by ROUGE, with intervals.",
        "longt5 rouge written.txt wanted.txt", "longt5 rouge predictions.jsonl references.csv --profile huggingface",
        "longt5 rouge both.csv --prediction-column generated --reference-column highlights");

    private RougeCommand()
    {
        _command.Add(_predictions);
        _command.Add(_references);
        foreach (var option in (Option[])[_predictionColumn, _referenceColumn, _profile, _json]) _command.Add(option);
        _profile.AcceptOnlyFromAmong([.. RougeProfile.All.Select(one => one.Name)]);
        _command.SetAction((parsed, stop) => Task.Run(() => Score(parsed, stop), stop));
    }

    public static Command Create() => new RougeCommand()._command;

    private void Score(ParseResult parsed, CancellationToken stop)
    {
        var profile = RougeProfile.Named(parsed.GetValue(_profile)!);
        var file = parsed.GetRequiredValue(_predictions);
        var written = Predictions(file, parsed.GetValue(_predictionColumn));
        var references = References(parsed, file, written.Count);
        var scores = new Rouge(profile).ScoreAll(references, written, stop);
        var measures = profile.Measures.Select(
            name => (Name: name,
                Interval: new Bootstrap().Of([.. scores.Select(score => profile.Factor * score[name].F)]))).ToList();
        if (parsed.GetValue(_json)) Terminal.Out.WriteLine(AsJson(profile, written.Count, measures));
        else Print(profile, written.Count, measures);
        LettersLeftOut.Warn(references.SelectMany(some => some));
    }

    private List<string> Predictions(string file, string? column)
    {
        var rows = TextsFile.Read(file, column is null
            ? TextsFile.PredictionColumns : [column], Another(_predictionColumn)).ToList();
        return rows.Count == 0 ? throw new Failure($"{file} is empty.")
            : rows.FindIndex(texts => texts.Count != 1) is >= 0 and var several
                ? throw new Failure($"{file} holds {rows[several].Count} texts for prediction {several + 1}; one is "
                    + $"expected. {Another(_predictionColumn)}.")
            : rows.ConvertAll(texts => texts[0]);
    }

    /// <summary>For each prediction the texts of every file and column.</summary>
    private List<IReadOnlyList<string>> References(ParseResult parsed, string predictions, int count)
    {
        var named = parsed.GetValue(_referenceColumn) ?? [];
        var files = parsed.GetValue(_references) ?? [];
        if (files.Length == 0 && named.Length == 0)
            throw Failure.Usage($"there is nothing to hold {predictions} against; name a file of references, or a "
                + $"column of the same file with {_referenceColumn.Name}.");
        var columns = named.Length == 0
            ? [TextsFile.ReferenceColumns] : named.Select(name => (IReadOnlyList<string>)[name]).ToList();
        var all = Enumerable.Range(0, count).Select(_ => new List<string>()).ToList();
        foreach (var file in files.Length == 0 ? [predictions] : files)
        {
            foreach (var column in columns)
            {
                var rows = TextsFile.Read(file, column, Another(_referenceColumn)).ToList();
                if (rows.Count != count)
                    throw new Failure($"{file} holds {rows.Count} texts for {count} predictions; one for each is "
                        + $"expected, in order.");
                foreach (var (texts, row) in all.Zip(rows)) texts.AddRange(row);
            }
        }
        return all.FindIndex(texts => texts.Count == 0) is >= 0 and var none
            ? throw new Failure($"there is no reference for prediction {none + 1}: its list is empty.")
            : all.ConvertAll(texts => (IReadOnlyList<string>)texts);
    }

    private static string Another(Option column) => $"Mend it, or name another column with {column.Name}";

    private static void Print(RougeProfile profile, int count, List<(string Name, Interval Interval)> measures)
    {
        Terminal.Out.WriteLine($"{count} texts, profile {profile.Name}: F, mean and 95% interval");
        foreach (var (name, interval) in measures)
            Terminal.Out.WriteLine(
                string.Create(CultureInfo.InvariantCulture,
                    $"{name,-12}{interval.Mean,10:0.0000}   {interval.Low:0.0000} to {interval.High:0.0000}"));
    }

    private static string AsJson(RougeProfile profile, int count, List<(string Name, Interval Interval)> measures)
        => Json.Object(writer =>
    {
        writer.WriteString("profile", profile.Name);
        writer.WriteNumber("count", count);
        foreach (var (name, interval) in measures)
        {
            writer.WriteStartObject(name);
            writer.WriteNumber("mean", interval.Mean);
            writer.WriteNumber("low", interval.Low);
            writer.WriteNumber("mid", interval.Mid);
            writer.WriteNumber("high", interval.High);
            writer.WriteEndObject();
        }
    });
}
