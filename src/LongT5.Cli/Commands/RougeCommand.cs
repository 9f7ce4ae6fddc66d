using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Output;
using LongT5.Data;
using LongT5.Data.Scoring;
using LongT5.Evaluation;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 rouge</c>: two files of texts, side by side.</summary>
static class RougeCommand
{
    public static Command Create()
    {
        var predictions = new Argument<string>("predictions") { Description = "What was written: a text a line, or JSONL, CSV or Parquet with a column prediction, summary or text." };
        var references = new Argument<string[]>("references") { Description = "What it is held against, in the same order; several files for several references.", Arity = ArgumentArity.OneOrMore };
        var profile = new Option<string>("--profile") { Description = $"Which ROUGE: {string.Join(", ", RougeProfile.All.Select(one => one.Name))}.", DefaultValueFactory = _ => RougeProfile.RougeScore.Name };
        var json = new Option<bool>("--json") { Description = "One JSON object in place of a table." };
        var command = new ExampledCommand("rouge", "Score texts against references by ROUGE, with intervals.",
            "longt5 rouge written.txt wanted.txt", "longt5 rouge predictions.jsonl references.csv --profile huggingface")
        {
            predictions, references, profile, json,
        };
        profile.AcceptOnlyFromAmong([.. RougeProfile.All.Select(one => one.Name)]);
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            var rouge = RougeProfile.Named(parsed.GetValue(profile)!);
            var written = Texts(parsed.GetRequiredValue(predictions));
            var wanted = parsed.GetRequiredValue(references).Select(file => (File: file, Texts: Texts(file))).ToList();
            foreach (var (file, texts) in wanted)
            {
                if (texts.Count != written.Count)
                    throw new Failure($"{file} holds {texts.Count} texts for {written.Count} predictions; one for each is expected, in order.");
            }
            if (written.Count == 0) throw new Failure($"{parsed.GetRequiredValue(predictions)} is empty.");
            var scores = new Rouge(rouge).ScoreAll([.. Enumerable.Range(0, written.Count).Select(i => (IReadOnlyList<string>)[.. wanted.Select(one => one.Texts[i])])], written, stop);
            var measures = rouge.Measures.Select(name => (Name: name, Interval: new Bootstrap().Of([.. scores.Select(score => rouge.Factor * score[name].F)]))).ToList();
            if (parsed.GetValue(json)) Terminal.Out.WriteLine(AsJson(rouge, written.Count, measures));
            else Print(rouge, written.Count, measures);
        }, stop));
        return command;
    }

    private static List<string> Texts(string path) => [.. PredictionsFile.Read(path).Select(prediction => prediction.Text)];

    private static void Print(RougeProfile profile, int count, List<(string Name, Interval Interval)> measures)
    {
        Terminal.Out.WriteLine($"{count} texts, profile {profile.Name}: F, mean and 95% interval");
        foreach (var (name, interval) in measures)
            Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-12}{interval.Mean,10:0.0000}   {interval.Low:0.0000} to {interval.High:0.0000}"));
    }

    private static string AsJson(RougeProfile profile, int count, List<(string Name, Interval Interval)> measures) => Json.Object(writer =>
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
