using System.Globalization;
using System.Text.Json;
using LongT5.Data;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 answer --extract</c>: answers in the words of the text.</summary>
static class ExtractedAnswers
{
    /// <summary>What a model does with a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="question">What is asked of every text; null for the rows' own questions.</param>
    /// <param name="options">What is asked beside it.</param>
    public static Func<TextToJudge, CancellationToken, Judgement> Of(
        LongT5Model model, string? question, ExtractOptions options)
    {
        var extractor = new Extractor(model, options);
        return (text, stop) =>
        {
            var asked = question ?? (text.Row is { } row && row.Has("question") ? row.Text("question")
                : throw Failure.Usage("there is no question; ask with -q (a table may have a column question)."));
            return Judged(asked, extractor.Extract(asked, text.Text, stop), text);
        };
    }

    private static Judgement Judged(string question, ExtractedAnswer answer, TextToJudge text)
        => new([answer.Text is null ? "(no answer)" : string.Create(CultureInfo.InvariantCulture,
            $"{answer.Text.ReplaceLineEndings(" ")}\t{answer.Score:0.000}\t{answer.Start}\t{answer.End}")],
            writer => Write(writer, question, answer, text));

    private static void Write(Utf8JsonWriter writer, string question, ExtractedAnswer answer, TextToJudge text)
    {
        writer.WriteString("question", question);
        writer.WriteString("answer", answer.Text);
        if (answer.Text is not null)
        {
            writer.WriteNumber("start", answer.Start);
            writer.WriteNumber("end", answer.End);
            writer.WriteNumber("score", Math.Round(answer.Score, 6));
            if (text.Document?.PlaceOf(answer.Start) is { } place) TextRun.Write(writer, place);
        }
        writer.WriteNumber("no_answer", Math.Round(answer.NoAnswer, 6));
        writer.WriteNumber("tokens_in", answer.InputTokens);
        writer.WriteNumber("parts", answer.Windows);
    }
}
