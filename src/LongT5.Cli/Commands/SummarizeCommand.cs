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
            Description = "Documents (PDF, DOCX, HTML, EPUB, text and others), folders (all that is in them and below), patterns, or - for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var length = new Option<SummaryLength?>("--length")
        {
            Description = $"short (at most {SummaryLength.Short.Tokens()} tokens), medium ({SummaryLength.Medium.Tokens()}) or "
                + $"long ({SummaryLength.Long.Tokens()}); a word takes about 1.4. Default: what the checkpoint says, or else medium.",
            HelpName = "short|medium|long",
        };
        length.AcceptOnlyFromAmong("short", "medium", "long");
        var cutAnywhere = CutAnywhere();
        var command = new ExampledCommand("summarize", "Summarise documents of any length.",
            "longt5 summarize report.txt",
            "longt5 summarize report.pdf --length short --json",
            "longt5 summarize folder/ -o summaries/ -m pszemraj/long-t5-tglobal-base-16384-book-summary",
            "cat notes.md | longt5 summarize - --num-beams 4 --stream")
        {
            files, length, cutAnywhere,
        };
        var job = new TextJob(command, "summary");
        command.SetAction((parsed, cancellation) =>
        {
            var inputs = InputFiles.Expand(parsed.GetValue(files) ?? []);
            var options = job.Read(parsed, new SummaryOptions { Length = parsed.GetValue(length), CutAnywhere = parsed.GetValue(cutAnywhere) });
            return job.Run(parsed, inputs, model => TextTask.Summarize(model, options), cancellation);
        });
        return command;
    }

    /// <summary>The flag that asks for what the model writes, and no more.</summary>
    public static Option<bool> CutAnywhere() => new("--cut-anywhere")
    {
        Description = "Give all that the model writes, as the reference does: cut where a limit falls, repeated, of however short a text. "
            + "Default: to the end of a sentence, quoted in the characters of the text.",
    };
}
