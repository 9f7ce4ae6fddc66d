using System.Globalization;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>
/// A task on every text of a call, one after the other; of several, one that fails does not stop the others. The next
/// documents are read while one is written on.
/// </summary>
/// <param name="task">What is done with each.</param>
/// <param name="plan">The texts, and where results go.</param>
/// <param name="reading">How documents are read.</param>
/// <param name="jobs">How many are read ahead.</param>
/// <param name="streams">Whether words are written as they come.</param>
/// <param name="reports">Where reports go; null where none are wanted.</param>
sealed class TextRun(
    TextTask task, OutputPlan plan, ReadingOptions reading, int jobs, bool streams, ReportPlan? reports)
{
    private static readonly TimeSpan WorthSaying = TimeSpan.FromSeconds(5);

    /// <summary>Works on them all.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        var (failed, begun) = (0, 0);
        var ahead = new Queue<Task<Document>>();
        foreach (var input in plan.Todo)
        {
            while (begun < plan.Todo.Count && ahead.Count <= jobs)
                ahead.Enqueue(plan.Todo[begun++].ReadDocumentAsync(reading, cancellation));
            var document = ahead.Dequeue();
            try
            {
                if (plan.Todo.Count > 1 && plan.ToStandardOutput && !plan.IsJson)
                    await plan.WriteAsync($"==> {input.Name} <==\n", cancellation);
                await Work(input, document, cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && plan.IsBatch
                && !IsOfTheOutput(exception))
            {
                failed++;
                var (sentence, _) = Failure.Describe(exception);
                Terminal.Complain(sentence.Contains(input.Name, StringComparison.Ordinal)
                    ? sentence : $"{input.Name}: {sentence}");
                if (plan.IsJson && plan.IsShared)
                    await plan.WriteAsync(Line(input, writer => ResultJson.WriteError(writer, sentence)), cancellation);
            }
        }
        reports?.Complete();
        if (failed > 0)
            Terminal.Complain($"{failed} of {plan.Todo.Count} texts failed.");
        return failed > 0 ? ExitCode.Failed : ExitCode.Success;
    }

    private async Task Work(InputFile input, Task<Document> read, CancellationToken cancellation)
    {
        using var file = plan.Open(input);
        using var page = reports?.Open(input);
        var document = await read;
        foreach (var note in document.Notes)
            Terminal.Warn($"{input.Name}: {note}");
        var text = document.Input with { PartsFile = plan.PartsFile(input) };
        if (task.NeedsWords && !Summarizer.HasWords(text.Text))
            throw new BadFileException(input.Name, "there is nothing to read in it: it has no word");
        using var progress = Progress.For(input.Name);
        if (progress is not null)
            TellOfWork(input.Name, task.Estimate(text));

        if (streams)
        {
            await Stream(input, text, progress, cancellation);
            return;
        }
        var results = task.Run(text, progress, cancellation);
        Progress.Clear();
        Warn(input, results[0]);
        var lines = string.Concat(results.Select(result => plan.IsJson
            ? Line(input, writer => ResultJson.Write(writer, task.Result, result, (_, passage) => Write(writer,
                document.PlaceOf(passage.Start))))
            : result is Summary summary
                ? Headings.Write(reports?.AsText(summary) ?? summary, document) : result.Text + "\n"));
        if (file is not null)
            file.Complete(lines);
        else
            await plan.WriteAsync(lines, cancellation);
        if (page is not null)
            reports!.Write(input, page, document, (Summary)results[0]);
        if (text.PartsFile is { } parts)
            File.Delete(parts);
        if (plan.IsBatch && plan.PlaceOf(input) is { } place)
            Terminal.Complain($"{input.Name}: {task.Result} in {place}.");
    }

    private async Task Stream(InputFile input, InputText text, Progress? progress, CancellationToken cancellation)
    {
        GeneratedText? written = null;
        await foreach (var piece in task.Stream(text, result => written = result, progress?.UntilWriting(),
            cancellation))
        {
            Progress.Clear();
            await plan.WriteAsync(piece, cancellation);
        }
        await plan.WriteAsync("\n", cancellation);
        Warn(input, written!);
    }

    /// <summary>Says what is to be known of a result, and what is doubtful in it.</summary>
    private static void Warn(InputFile input, GeneratedText result)
    {
        foreach (var warning in result.Warnings)
            Terminal.Warn($"{input.Name}: {warning}");
        if (result is not Summary summary) return;
        foreach (var doubt in summary.Doubts)
            Terminal.Warn($"{input.Name}: sentence {doubt.Sentence + 1} of the summary: {doubt.Reason}.");
        foreach (var section in summary.Sections)
            foreach (var doubt in section.Summary.Doubts)
                Terminal.Warn($"{input.Name}: {section.Heading ?? "the beginning"}: sentence {doubt.Sentence + 1} of its "
                    + $"summary: {doubt.Reason}.");
    }

    /// <summary>Says what long work will take before it begins.</summary>
    private static void TellOfWork(string name, WorkEstimate estimate)
    {
        var time = estimate.Time(MachineSpeed.MeasurePeak(Workers.Shared));
        if (time > WorthSaying)
            Terminal.Inform(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {estimate.Tokens:N0} tokens, about {Progress.Duration(time)} to read, "
                    + $"{estimate.Bytes / 1e9:0.0} GB of memory."));
    }

    private static string Line(InputFile input, Action<System.Text.Json.Utf8JsonWriter> members)
        => Json.Object(writer =>
    {
        writer.WriteString("file", OutputPlan.NameOf(input));
        members(writer);
    }) + "\n";

    /// <summary>Writes where in a document something stands.</summary>
    internal static void Write(System.Text.Json.Utf8JsonWriter writer, Place place)
    {
        if (place.Section is not null) writer.WriteString("section", place.Section);
        if (place.Page is { } page) writer.WriteNumber("page", page);
    }

    /// <summary>What closes the output closes it for every text.</summary>
    private static bool IsOfTheOutput(Exception exception) => exception is IOException and not FileNotFoundException;
}
