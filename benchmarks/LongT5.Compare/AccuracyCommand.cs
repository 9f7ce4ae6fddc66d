using System.CommandLine;

namespace LongT5.Compare;

/// <summary>What small types of weights cost in exactness, on real text.</summary>
static class AccuracyCommand
{
    public static Command Create()
    {
        var model = new Option<string?>("--model",
            "-m")
        { Description = "A checkpoint with a vocabulary. Default: the embedded model." };
        var types = new Option<string[]>("--types")
        {
            Description =
                "Types of weights that are held against f32; the decoder's view of the input is bf16 with each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["bf16", "f16", "int8"],
        };
        var steps = new Option<int>(
            "--steps")
        {
            Description = "Forced steps of the decoder: tokens of summaries, or of the text itself.",
            DefaultValueFactory = _ => 2000
        };
        var length = new Option<int>("--max-input")
        {
            Description = "Most tokens of an input.",
            DefaultValueFactory = _ => 4096
        };
        var rouge = new Option<int>(
            "--rouge")
        {
            Description = "Documents that are summarised and scored against their summaries.",
            DefaultValueFactory = _ => 0
        };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the tables to this file." };
        var shared = new SharedOptions();
        var command = new Command("accuracy",
            "Hold bf16, fp16 and int8 weights against float32: top-1 agreement, ROUGE, and the error layer by layer.")
        {
            model, types, steps, length, rouge, output,
        };
        shared.AddTo(command);
        command.SetAction(parsed =>
        {
            var documents = Document.Read(parsed.GetValue(shared.Texts)!).ToList();
            var folder = parsed.GetValue(model) ?? Repository.Find("models/longt5-embedded");
            var tables = new Accuracy(folder, parsed.GetValue(types)!, parsed.GetValue(shared.Threads))
                .Markdown(documents, parsed.GetValue(steps), parsed.GetValue(length), parsed.GetValue(rouge));
            Console.Write(tables);
            if (parsed.GetValue(output) is { } file) File.WriteAllText(file, tables);
        });
        return command;
    }
}
