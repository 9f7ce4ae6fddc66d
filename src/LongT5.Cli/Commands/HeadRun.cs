using System.Text.Json;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Data;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>A text of a call: a document, or a row of a table.</summary>
/// <param name="Text">The text.</param>
/// <param name="Document">What it was read from, if it is one.</param>
/// <param name="Row">What it was read from, if it is one.</param>
sealed record TextToJudge(string Text, Document? Document, Row? Row);

/// <summary>What a head of labels says of a text.</summary>
/// <param name="Lines">For people and for cut, fields between tabs.</param>
/// <param name="Members">For programs.</param>
/// <param name="Dropped">Tokens at the end that were not read.</param>
sealed record Judgement(IReadOnlyList<string> Lines, Action<Utf8JsonWriter> Members, int Dropped = 0);

/// <summary>
/// A head of labels on every text of a call: documents, and rows of tables; of several, one that fails does not stop
/// the others.
/// </summary>
/// <param name="plan">The inputs, and where results go.</param>
/// <param name="reading">How documents are read.</param>
/// <param name="column">The column of a table that holds the text; null to find it by its usual names.</param>
/// <param name="judge">What is done with each text.</param>
sealed class HeadRun(
    OutputPlan plan, ReadingOptions reading, string? column, Func<TextToJudge, CancellationToken, Judgement> judge)
{
    /// <summary>Works on them all.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        var failed = 0;
        foreach (var input in plan.Todo)
        {
            try
            {
                await Work(input, cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && plan.IsBatch
                && exception is not IOException or FileNotFoundException)
            {
                failed++;
                var (sentence, _) = Failure.Describe(exception);
                Terminal.Complain(sentence.Contains(input.Name, StringComparison.Ordinal)
                    ? sentence : $"{input.Name}: {sentence}");
                if (plan.IsJson && plan.IsShared)
                    await plan.WriteAsync(Line(input, null, writer => ResultJson.WriteError(writer, sentence)),
                        cancellation);
            }
        }
        if (failed > 0) Terminal.Complain($"{failed} of {plan.Todo.Count} texts failed.");
        return failed > 0 ? ExitCode.Failed : ExitCode.Success;
    }

    private async Task Work(InputFile input, CancellationToken cancellation)
    {
        using var file = plan.Open(input);
        using var progress = Progress.For(input.Name);
        var written = new System.Text.StringBuilder();
        var isEmpty = true;
        foreach (var text in IsTable(input) ? Rows(input.Path!) : [await Read(input, cancellation)])
        {
            cancellation.ThrowIfCancellationRequested();
            isEmpty = false;
            if (text.Row is { } row && plan.IsDone(input, row.Number)) continue;
            var judgement = judge(text, cancellation);
            if (judgement.Dropped > 0)
                Terminal.Warn($"{NameOf(input, text.Row)}: the last {judgement.Dropped} tokens were not read; "
                    + "--max-input reads more.");
            var lines = plan.IsJson ? Line(input, text.Row, judgement.Members)
                : string.Concat(judgement.Lines.Select(line => Tabbed(input, text.Row) + line + "\n"));
            if (file is null) await plan.WriteAsync(lines, cancellation);
            else written.Append(lines);
        }
        if (isEmpty) throw new BadFileException(input.Name, "there is no row in it");
        file?.Complete(written.ToString());
    }

    private static bool IsTable(InputFile input) => input.Path is { } path && File.Exists(path) && Tables.IsTable(path);

    private IEnumerable<TextToJudge> Rows(string path)
    {
        var options = new ReadOptions { Note = Terminal.Inform, Advice = "Mend it, or name another --text-column" };
        return Tables.Each<TextToJudge>(Tables.Read(path, options), options,
            row => [new(TextOf(row), null, row)]);
    }

    private string TextOf(Row row)
        => column is null && UsualColumns.Words.FirstOrDefault(row.Has) is { } words
            ? string.Join(' ', row.Texts(words))
            : row.Text(UsualColumns.Named(row, column, [.. UsualColumns.Texts, .. UsualColumns.Contexts]));

    private async Task<TextToJudge> Read(InputFile input, CancellationToken cancellation)
    {
        var document = await input.ReadDocumentAsync(reading, cancellation);
        foreach (var note in document.Notes) Terminal.Warn($"{input.Name}: {note}");
        return Summarizer.HasWords(document.Input.Text) ? new(document.Input.Text, document, null)
            : throw new BadFileException(input.Name, "there is nothing to read in it: it has no word");
    }

    private static string NameOf(InputFile input, Row? row)
        => row is null ? input.Name : $"{input.Name}, row {row.Number}";

    // One text alone needs no name.
    private string Tabbed(InputFile input, Row? row)
        => row is not null ? $"{input.Name}:{row.Number}\t" : plan.Todo.Count > 1 ? $"{input.Name}\t" : "";

    private static string Line(InputFile input, Row? row, Action<Utf8JsonWriter> members) => Json.Object(writer =>
    {
        writer.WriteString("file", OutputPlan.NameOf(input));
        if (row is not null)
        {
            writer.WriteNumber("row", row.Number);
            if (row.Has("id")) writer.WriteString("id", row.Label("id"));
        }
        members(writer);
    }) + "\n";
}
