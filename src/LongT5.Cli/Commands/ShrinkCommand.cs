using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LongT5.Cli.Flags;
using LongT5.Formats;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 shrink</c>: a student from some of a model's layers.</summary>
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
            "Write a model with fewer layers, to be trained as the student of the whole one.",
            "longt5 shrink MODEL -o student/ --decoder-layers 3",
            "longt5 shrink google/long-t5-tglobal-base -o student/ --encoder-layers 6 --decoder-layers 6",
            "longt5 shrink MODEL -o student/ --encoder-layers 0,1 --decoder-layers 0/1")
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
            var first = Kept(parsed, encoder, config.NumLayers);
            var second = Kept(parsed, decoder, config.NumDecoderLayers);
            var student = checkpoint.Shrink(first, second);
            student.Save(parsed.GetRequiredValue(to), cancellation: cancellation);
            Show("encoder", config.NumLayers, first);
            Show("decoder", config.NumDecoderLayers, second);
            Terminal.Inform($"{parsed.GetRequiredValue(to)} is written; it is to be trained before it is used.");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Option<string?> Layers(string stack) => new($"--{stack}-layers")
    {
        Description = $"Layers of the {stack} that are kept: how many, evenly spaced, or which of them, from 0, with "
            + "commas; 0/1 is one layer with the self-attention of 0 and all else of 1. Default: all.",
        HelpName = "N|LIST",
    };

    private static CopiedLayer[] Kept(ParseResult parsed, Option<string?> option, int there)
    {
        if (parsed.GetValue(option) is not { } text) return LayerChoice.ToCopy(there, there);
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count))
            try
            {
                return CopiedLayer.ParseList(text);
            }
            catch (FormatException e)
            {
                throw Failure.Usage($"{option.Name}: {e.Message}");
            }
        if (count < 1 || count > there)
            throw Failure.Usage($"{option.Name} {count}: the model has {there}; name a number from 1 to {there}, or layers "
                + "with commas.");
        return LayerChoice.ToCopy(there, count);
    }

    private static void Show(string stack, int there, CopiedLayer[] kept) => Terminal.Out.WriteLine(
        $"{stack}: layers {string.Join(", ", kept)} of 0 to {there - 1}");
}
