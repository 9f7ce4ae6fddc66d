using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Documents;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 text</c>: what a model will read of a document.</summary>
static class TextCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A document, the address of one (https://...), or - for standard input." };
        var json = new Option<bool>(
            "--json")
        { Description = "All that is known: title, language, sections, blocks and where each stands." };
        var password = DocumentFlags.Password();
        var command = new ExampledCommand("text",
            "Show the text that a model reads of a document: PDF, DOCX, HTML, EPUB and others.",
            "longt5 text report.pdf",
            "longt5 text thesis.docx --json",
            "longt5 text https://example.org/article",
            "longt5 text locked.pdf --password sesame")
        {
            file, json, password,
        };
        var hub = new HubFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var input = InputFiles.Expand([parsed.GetValue(file)!], hub.Settings(parsed).IsOffline) is [var only] ? only
                : throw Failure.Usage("text shows one document; name a file, not a folder.");
            var document = await input.ReadDocumentAsync(new ReadingOptions { Password = parsed.GetValue(password) },
                cancellation);
            foreach (var note in document.Notes)
                Terminal.Warn($"{input.Name}: {note}");
            Terminal.Out.WriteLine(parsed.GetValue(json) ? DocumentJson.Write(document) : document.Text);
            return ExitCode.Success;
        });
        return command;
    }
}
