using System.CommandLine;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents.Reports;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 summarize</c>: documents in, summaries out.</summary>
static class SummarizeCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Documents (PDF, DOCX, HTML, EPUB, text and others), folders (all that is in them and "
                + "below), patterns, addresses (https://...), or - for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var length = new Option<SummaryLength?>("--length")
        {
            Description =
                $"short (at most {SummaryLength.Short.Tokens()} tokens), medium ({SummaryLength.Medium.Tokens()}) or "
                + $"long ({SummaryLength.Long.Tokens()}); a word takes about 1.4. Default: what the checkpoint says, "
                + $"or else medium.",
            HelpName = "short|medium|long",
        };
        length.AcceptOnlyFromAmong("short", "medium", "long");
        var cutAnywhere = CutAnywhere();
        var (verbatim, noVerbatim, evidence) = (Verbatim(), NoVerbatim(), Evidence());
        var strict = new Option<bool>("--strict")
        {
            Description = "Leave out sentences with a number, a name or a negation that the document gives no reason "
                + "for, that stand on none of its passages or twice; say how many.",
        };
        var by = new Option<SummaryBy?>("--by")
        {
            Description = "Summarise each section too, or each chapter (what stands under the highest headings of "
                + "which there are several), below a summary of all. Needs a document with headings.",
            HelpName = "section|chapter",
        };
        by.AcceptOnlyFromAmong("section", "chapter");
        var report = new Option<string?>("--report")
        {
            Description = "Write a page that shows the summary beside the document, each sentence leading to its "
                + "passages and doubts marked: a .html or .md; for several texts also a folder, with a page that leads "
                + "to all.",
            HelpName = "FILE|FOLDER",
        };
        var command = new ExampledCommand("summarize", "Summarise documents of any length.",
            "longt5 summarize report.txt",
            "longt5 summarize report.pdf --length short --json",
            "longt5 summarize report.pdf --report report.html",
            "longt5 summarize folder/ -o summaries/ -m pszemraj/long-t5-tglobal-base-16384-book-summary",
            "longt5 summarize book.epub --length long --by chapter -o book.md",
            "longt5 summarize thesis.pdf --long fuse --max-input 4096 -m my-model",
            "cat notes.md | longt5 summarize - --num-beams 4 --stream")
        {
            files, length, by, verbatim, noVerbatim, evidence, report, strict, cutAnywhere,
        };
        var job = new TextJob(command, "summary");
        command.SetAction((parsed, cancellation) =>
        {
            var inputs = InputFiles.Expand(parsed.GetValue(files) ?? [], job.IsOffline(parsed));
            var options = job.Read(parsed, new SummaryOptions
            {
                Length = parsed.GetValue(length),
                Quoting = Read(parsed, verbatim, noVerbatim),
                CutAnywhere = parsed.GetValue(cutAnywhere),
                Evidence = parsed.GetValue(evidence),
                Strict = parsed.GetValue(strict),
                By = parsed.GetValue(by),
            });
            ReportPlan? reports = null;
            if (parsed.GetValue(report) is { } path)
            {
                if (job.Streams(parsed))
                    throw Failure.Usage("--report shows the summary when it is whole; leave out --stream.");
                if (job.SkipsDone(parsed))
                    throw Failure.Usage("--report leads to all texts of a run; leave out --skip-done.");
                var isAlone = options.Evidence == EvidenceMode.None;
                reports = new(inputs, path, job.Replaces(parsed)) { TakesEvidence = isAlone };
                if (isAlone) options = options with { Evidence = EvidenceMode.Passages };
            }
            if (options.Evidence != EvidenceMode.None && job.Streams(parsed))
                throw Failure.Usage("--evidence is known when the summary is whole; leave out --stream.");
            if (options.By is not null && job.Streams(parsed))
                throw Failure.Usage("--by gives more than one summary; leave out --stream.");
            if (options.Strict && job.Streams(parsed))
                throw Failure.Usage("--strict leaves sentences out when the summary is whole; leave out --stream.");
            return job.Run(parsed, inputs, model =>
            {
                reports?.Settings = ReportFigures.Of(model, new Summarizer(model).Settings(options));
                return TextTask.Summarize(model, options);
            }, cancellation, reports);
        });
        return command;
    }

    /// <summary>The flag that asks for what the model writes, and no more.</summary>
    public static Option<bool> CutAnywhere() => new("--cut-anywhere")
    {
        Description = "Give all that the model writes, as the reference does: cut where a limit falls, repeated, of "
            + "however short a text. "
            + "Default: to the end of a sentence, quoted in the characters of the text.",
    };

    /// <summary>The flag that holds a summary to whole sentences of the text.</summary>
    public static Option<string?> Verbatim()
    {
        var option = new Option<string?>("--verbatim")
        {
            Description =
                "Write nothing but whole sentences of the text, each at most once; in-order keeps their order. "
                + "The embedded model does so unless told otherwise.",
            HelpName = "any-order|in-order",
            Arity = ArgumentArity.ZeroOrOne,
        };
        option.AcceptOnlyFromAmong("any-order", "in-order");
        return option;
    }

    /// <summary>The flag that asks for the passages of each sentence.</summary>
    public static Option<EvidenceMode> Evidence()
    {
        var option = new Option<EvidenceMode>("--evidence")
        {
            Description = "Give with each sentence the passages that were read for it: footnotes, or in JSON; causal "
                + "also checks what the sentence loses without each, which takes longer.",
            HelpName = "passages|causal",
            Arity = ArgumentArity.ZeroOrOne,
        };
        option.AcceptOnlyFromAmong("passages", "causal");
        return option;
    }

    /// <summary>The flag that lets a summary be in other words.</summary>
    public static Option<bool> NoVerbatim(
        ) => new("--no-verbatim") { Description = "Do not hold the summary to whole sentences of the text." };

    /// <summary>What the two say together; null where they say nothing.</summary>
    public static Quoting? Read(ParseResult parsed, Option<string?> verbatim, Option<bool> noVerbatim)
        => (parsed.GetResult(verbatim), parsed.GetValue(noVerbatim)) switch
        {
            (not null, true) => throw Failure.Usage("--verbatim contradicts --no-verbatim; give one of them."),
            (not null, false) => parsed.GetValue(verbatim) == "in-order" ? Quoting.VerbatimInOrder : Quoting.Verbatim,
            (null, true) => Quoting.Free,
            _ => null,
        };
}
