using System.CommandLine;
using LongT5.Cli.Input;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 answer</c>: a question about documents, in the words that T5 was trained with.</summary>
static class AnswerCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Files, folders (every document in them and in the folders below), patterns, addresses "
                + "(https://...), or - for standard input; each is asked on its own.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var question = new Option<string?>("--question", "-q")
        {
            Description = "What to ask. With --extract rows of a table may ask for themselves, in a column question.",
            HelpName = "QUESTION",
        };
        var extract = new Option<bool>("--extract")
        {
            Description = "Answer in the words of the text, with their place and probability, or not at all; for "
                + "models that were trained for it (longt5 train --head extractive).",
        };
        var always = new Option<bool>("--always-answer")
        {
            Description = "With --extract: answer even where it is likelier that there is no answer.",
        };
        var column = HeadJob.TextColumn();
        var command = new ExampledCommand("answer", "Answer a question from a document: question: ... context: ...",
            "longt5 answer -q \"Who wrote it?\" report.txt -m my-qa-model",
            "longt5 answer -q \"When was it founded?\" folder/ --json -m my-qa-model",
            "longt5 answer --extract -q \"Who wrote it?\" report.pdf --json -m my-extractive-model")
        {
            question, extract, always, column, files,
        };
        var job = new TextJob(command, "answer");
        command.SetAction((parsed, cancellation) =>
        {
            var asked = parsed.GetValue(question);
            if (asked is not null && string.IsNullOrWhiteSpace(asked))
                throw Failure.Usage("the question is empty; ask something with -q.");
            if (parsed.GetValue(extract))
            {
                return job.Judge(parsed, InputFiles.Expand(parsed.GetValue(files) ?? [], job.IsOffline(parsed)),
                    parsed.GetValue(column), "--extract", (model, said) => ExtractedAnswers.Of(model, asked,
                        new ExtractOptions
                        {
                            Prefix = said.Prefix,
                            MaxInputTokens = said.MaxInputTokens,
                            AlwaysAnswers = parsed.GetValue(always),
                        }), cancellation);
            }
            foreach (var option in new Option[] { always, column })
                if (parsed.GetResult(option) is { Implicit: false })
                    throw Failure.Usage($"{option.Name} goes with --extract; add that, or leave it out.");
            if (asked is null)
                throw Failure.Usage("there is no question; ask something with --question (-q).");
            var options = job.Read(parsed, new TextOptions());
            return job.Run(parsed, InputFiles.Expand(parsed.GetValue(files) ?? [], job.IsOffline(parsed)),
                model => TextTask.Answer(model, asked, options), cancellation);
        });
        return command;
    }
}
