using System.CommandLine;
using System.Text.Json;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Generation;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 generate</c>: any prompt, or token ids for people who compare implementations.</summary>
static class GenerateCommand
{
    public static Command Create()
    {
        var prompt = new Argument<string?>("prompt")
        {
            Description = "The prompt itself, or - for standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var file = new Option<string[]>("--file", "-f")
        {
            Description = "Take the prompt from this file or address (https://...); may be given several times.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
        };
        var ids = new Option<FileInfo?>("--ids")
        {
            Description = "Take token ids instead: a JSON file of lists. Gives sequences and sequences_scores.",
            HelpName = "FILE",
        };
        var command = new ExampledCommand("generate", "Write on any prompt of a text-to-text model.",
            "longt5 generate \"translate English to German: Good morning.\" -m my-model",
            "longt5 generate -f prompt.txt --num-beams 4 --num-return-sequences 4 --json -m my-model",
            "longt5 generate --ids ids.json --options options.json --json -m my-model")
        {
            prompt, file, ids,
        };
        var job = new TextJob(command, "text", showAll: true);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(ids) is { } path)
                return Task.FromResult(FromIds(job, parsed, path.FullName, cancellation));
            InputFile[] inputs = (parsed.GetValue(prompt), parsed.GetValue(file)) switch
            {
                ("-", null or []) => [.. InputFiles.Expand(["-"])],
                ({ } text, null or []) => [InputFile.OfText(text)],
                (null, { Length: > 0 } files) => [.. InputFiles.Expand(files, job.IsOffline(parsed))],
                (null, _) when Terminal.HasInput => [.. InputFiles.Expand(["-"])],
                (null, _) => throw Failure.Usage("no prompt was given: write one, or name a file with -f."),
                _ => throw Failure.Usage("a prompt and -f were both given; give one of them."),
            };
            var options = job.Read(parsed, new TextOptions());
            return job.Run(parsed, inputs, model => TextTask.Generate(model, options), cancellation);
        });
        return command;
    }

    private static int FromIds(TextJob job, ParseResult parsed, string path, CancellationToken cancellation)
    {
        var inputs = TokenIds.Read(path);
        using var model = job.Load(parsed, cancellation);
        // Ids are for comparing, so look-up drafts may pass the limit of length, as they do in the reference.
        var said = job.Read(parsed, new TextOptions());
        var options = said.Generation.Over(said.Preset ?? new()) with { ReferenceDrafts = true };
        var results = model.Generate(inputs, options, cancellation: cancellation);
        Terminal.Out.WriteLine(job.IsJson(parsed) ? AsJson(results, options.Over(model.Defaults).FillTokenId)
            : string.Join('\n', results.Select(result => string.Join(' ', result.Ids))));
        return ExitCode.Success;
    }

    /// <summary>As the reference gives them: one table, short sequences filled up.</summary>
    private static string AsJson(IReadOnlyList<Generated> results, int fill) => Json.Object(writer =>
    {
        var longest = results.Max(result => result.Ids.Length);
        writer.WriteStartArray("sequences");
        foreach (var result in results)
        {
            writer.WriteStartArray();
            for (var i = 0; i < longest; i++)
                writer.WriteNumberValue(i < result.Ids.Length ? result.Ids[i] : fill);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("sequences_scores");
        foreach (var result in results)
            writer.WriteNumberValue(result.Score);
        writer.WriteEndArray();
    });
}
