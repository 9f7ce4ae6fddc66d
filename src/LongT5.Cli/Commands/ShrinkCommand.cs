using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Formats;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 shrink</c>: a student from evenly spaced layers of a model.</summary>
static class ShrinkCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("model")
        {
            Description = "A checkpoint of any layout, or org/name[@revision] of the Hugging Face hub.",
        };
        var to = new Option<string>("--output", "-o")
        {
            Description = "The folder to write; new or empty.",
            HelpName = "FOLDER",
            Required = true,
        };
        var (encoder, decoder) = (Layers("encoder"), Layers("decoder"));
        var command = new ExampledCommand("shrink",
            "Write a model with fewer layers, evenly spaced, to be trained as the student of the whole one.",
            "longt5 shrink MODEL -o student/ --decoder-layers 3",
            "longt5 shrink google/long-t5-tglobal-base -o student/ --encoder-layers 6 --decoder-layers 6")
        {
            from, to, encoder, decoder,
        };
        var hub = new HubFlags(command);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(encoder) is null && parsed.GetValue(decoder) is null)
                throw Failure.Usage("How far is it to be shrunk? Give --encoder-layers, --decoder-layers or both.");
            using var checkpoint = ModelLocation.Open(hub.Find(parsed, parsed.GetRequiredValue(from), cancellation));
            foreach (var warning in checkpoint.Warnings)
                Terminal.Warn(warning);
            var config = checkpoint.Config;
            var student = checkpoint.Shrink(parsed.GetValue(encoder) ?? config.NumLayers,
                parsed.GetValue(decoder) ?? config.NumDecoderLayers);
            student.Save(parsed.GetRequiredValue(to), cancellation: cancellation);
            Show("encoder", config.NumLayers, student.Config.NumLayers);
            Show("decoder", config.NumDecoderLayers, student.Config.NumDecoderLayers);
            Terminal.Inform($"{parsed.GetRequiredValue(to)} is written; it is to be trained before it is used.");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Option<int?> Layers(string stack) => new($"--{stack}-layers")
    {
        Description = $"Layers of the {stack} that are kept. Default: all.",
        HelpName = "N",
    };

    private static void Show(string stack, int there, int kept) => Terminal.Out.WriteLine(
        $"{stack}: layers {string.Join(", ", LayerChoice.ToCopy(there, kept))} of 0 to {there - 1}");
}
