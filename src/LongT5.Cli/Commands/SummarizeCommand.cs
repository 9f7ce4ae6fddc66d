using System.CommandLine;
using LongT5.Cli.Input;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 summarize</c>: documents in, summaries out.</summary>
static class SummarizeCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Files, folders (their .txt and .md), patterns, or - for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var length = new Option<SummaryLength?>("--length")
        {
            Description = $"short (at most {SummaryLength.Short.Tokens()} tokens), medium ({SummaryLength.Medium.Tokens()}) or "
                + $"long ({SummaryLength.Long.Tokens()}); a word takes about 1.4. Default: what the checkpoint says, or else medium.",
            HelpName = "short|medium|long",
        };
        length.AcceptOnlyFromAmong("short", "medium", "long");
        var command = new ExampledCommand("summarize", "Summarise documents of any length.",
            "longt5 summarize report.txt",
            "longt5 summarize report.txt --length short --json",
            "longt5 summarize folder/ -o summaries/ -m pszemraj/long-t5-tglobal-base-16384-book-summary",
            "cat notes.md | longt5 summarize - --num-beams 4 --stream")
        {
            files, length,
        };
        var job = new TextJob(command, "summary");
        command.SetAction((parsed, cancellation) =>
        {
            var inputs = InputFiles.Expand(parsed.GetValue(files) ?? []);
            var options = job.Read(parsed, new SummaryOptions { Length = parsed.GetValue(length) });
            return job.Run(parsed, inputs, model => TextTask.Summarize(model, options), cancellation);
        });
        return command;
    }
}
