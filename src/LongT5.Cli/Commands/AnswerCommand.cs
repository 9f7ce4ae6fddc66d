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
        var question = new Option<string>("--question", "-q")
        {
            Description = "What to ask.",
            HelpName = "QUESTION",
            Required = true,
        };
        var command = new ExampledCommand("answer", "Answer a question from a document: question: ... context: ...",
            "longt5 answer -q \"Who wrote it?\" report.txt -m my-qa-model",
            "longt5 answer -q \"When was it founded?\" folder/ --json -m my-qa-model")
        {
            question, files,
        };
        var job = new TextJob(command, "answer");
        command.SetAction((parsed, cancellation) =>
        {
            var asked = parsed.GetRequiredValue(question);
            if (string.IsNullOrWhiteSpace(asked))
                throw Failure.Usage("the question is empty; ask something with -q.");
            var options = job.Read(parsed, new TextOptions());
            return job.Run(parsed, InputFiles.Expand(parsed.GetValue(files) ?? [], job.IsOffline(parsed)),
                model => TextTask.Answer(model, asked, options), cancellation);
        });
        return command;
    }
}
