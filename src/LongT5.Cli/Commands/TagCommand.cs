using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 tag</c>: names and other stretches of words in texts.</summary>
static class TagCommand
{
    public static Command Create()
    {
        var command = new ExampledCommand("tag",
            "Find names and other stretches of words, with a model that was trained for it (longt5 train --head "
                + "token-classification). Start, end, label, probability, words.",
            "longt5 tag report.pdf -m my-tagger",
            "longt5 tag folder/ --json -o names.jsonl -m my-tagger");
        var job = new HeadJob(command, "tags");
        command.SetAction((parsed, cancellation) => job.Run(parsed, model =>
        {
            var tagger = new Tagger(model, job.Options(parsed));
            return (text, stop) => Judged(tagger.Tag(text.Text, stop), text.Document);
        }, cancellation));
        return command;
    }

    private static Judgement Judged(TaggedText tagged, Document? document)
        => new([.. tagged.Spans.Select(span => string.Create(CultureInfo.InvariantCulture,
            $"{span.Start}\t{span.End}\t{span.Label}\t{span.Score:0.000}\t{OnOneLine(span.Text)}"))],
            writer => Write(writer, tagged, document));

    private static void Write(Utf8JsonWriter writer, TaggedText tagged, Document? document)
    {
        writer.WriteStartArray("spans");
        foreach (var span in tagged.Spans)
        {
            writer.WriteStartObject();
            writer.WriteNumber("start", span.Start);
            writer.WriteNumber("end", span.End);
            writer.WriteString("label", span.Label);
            writer.WriteNumber("score", Math.Round(span.Score, 6));
            writer.WriteString("text", span.Text);
            if (document?.PlaceOf(span.Start) is { } place) TextRun.Write(writer, place);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("tokens_in", tagged.InputTokens);
        writer.WriteNumber("parts", tagged.Windows);
    }

    private static string OnOneLine(string text)
        => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
