using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 embed</c>: texts to vectors.</summary>
static class EmbedCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Documents, or folders of them, each one text; or - for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var lines = new Option<bool>("--lines") { Description = "Each line of a file is a text." };
        var jsonLines = new Option<bool>("--jsonl")
        {
            Description = "Each line of a file is an object with text; its id, if it has one, stands in the result.",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "A file: a .npy for a matrix of float32 as NumPy reads it, a row a text; otherwise a JSON "
                + "object a line. Default: standard output.",
            HelpName = "FILE",
        };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        var most = Quantities.Tokens("--max-input", "Read at most this many tokens of each text. Default: all.");
        var password = DocumentFlags.Password();
        var command = new ExampledCommand("embed",
            "Turn texts into vectors: the mean of the encoder's states, of length 1.",
            "longt5 embed report.pdf",
            "longt5 embed folder/ -o vectors.npy",
            "longt5 embed texts.jsonl --jsonl -o vectors.jsonl -m MODEL",
            "cat sentences.txt | longt5 embed - --lines")
        {
            files, lines, jsonLines, output, force, most, password,
        };
        var model = new ModelFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(lines) && parsed.GetValue(jsonLines))
                throw Failure.Usage("--lines contradicts --jsonl; give one of them.");
            var inputs = InputFiles.Expand(parsed.GetValue(files) ?? [], model.Hub.Settings(parsed).IsOffline);
            using var vectors = VectorOutput.Of(parsed.GetValue(output), parsed.GetValue(force));
            using var loaded = model.Load(parsed, cancellation);
            var texts = new TextsToEmbed(inputs, parsed.GetValue(jsonLines) ? TextLayout.JsonLines
                : parsed.GetValue(lines) ? TextLayout.Lines : TextLayout.Documents,
                new ReadingOptions { Password = parsed.GetValue(password) });
            return await new EmbedRun(loaded, vectors, (int?)parsed.GetValue(most)).Run(texts, cancellation);
        });
        return command;
    }
}
