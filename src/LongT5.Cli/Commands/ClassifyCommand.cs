using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 classify</c>: which labels texts have, or which number.</summary>
static class ClassifyCommand
{
    public static Command Create()
    {
        var threshold = new Option<double>("--threshold")
        {
            Description = "Of a model that gives any number of labels: the probability from which on one is given.",
            HelpName = "P",
            DefaultValueFactory = _ => new LabelOptions().Threshold,
        };
        var command = new ExampledCommand("classify",
            "Say which labels texts have, or which number, with a model that was trained for it (longt5 train --head).",
            "longt5 classify report.txt -m my-classifier",
            "longt5 classify folder/ --json -o labels.jsonl -m my-classifier",
            "longt5 classify reviews.csv --text-column review -m BASE --adapter my-adapter");
        var job = new HeadJob(command, "labels");
        command.Add(threshold);
        command.SetAction((parsed, cancellation) =>
        {
            var options = job.Options(parsed) with { Threshold = parsed.GetValue(threshold) };
            return job.Run(parsed, model =>
            {
                var classifier = new Classifier(model, options);
                return (text, stop) => Judged(classifier.Classify(text.Text, stop));
            }, cancellation);
        });
        return command;
    }

    private static Judgement Judged(Classification said)
    {
        var shown = said.Problem == LabelProblem.Numbers ? said.Scores
            : said.Scores.Where(one => said.Labels.Contains(one.Label));
        return new([.. shown.Select(one
            => string.Create(CultureInfo.InvariantCulture, $"{one.Label}\t{one.Score:0.0000}"))
            .DefaultIfEmpty("(no label)")], writer => Write(writer, said), said.DroppedTokens);
    }

    private static void Write(Utf8JsonWriter writer, Classification said)
    {
        if (said.Problem != LabelProblem.Numbers)
        {
            writer.WriteStartArray("labels");
            foreach (var label in said.Labels) writer.WriteStringValue(label);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("scores");
        foreach (var one in said.Scores) writer.WriteNumber(one.Label, Math.Round(one.Score, 6));
        writer.WriteEndObject();
        writer.WriteNumber("tokens_in", said.InputTokens);
        writer.WriteNumber("tokens_dropped", said.DroppedTokens);
    }
}
