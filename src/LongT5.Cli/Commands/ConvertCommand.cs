using System.CommandLine;
using System.Globalization;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 convert</c>: a checkpoint of any layout as a folder of safetensors.</summary>
static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("from")
        {
            Description = "A checkpoint of any layout, or org/name in the Hugging Face cache.",
        };
        var to = new Argument<string>("to") { Description = "The folder to write; new or empty." };
        var type = new Option<string?>("--dtype")
        {
            Description = "Numbers as f32, bf16 or f16; or matrices as int8 with a scale a row (those of attention in 11 bits), for this program "
                + "alone. Default: as they are.",
            HelpName = "f32|bf16|f16|int8",
        };
        type.AcceptOnlyFromAmong("f32", "bf16", "f16", "int8");
        var shard = new Option<string>("--max-shard-size")
        {
            Description = "Most bytes of one file: 500MB, 5GB (powers of ten), 2GiB.",
            HelpName = "SIZE",
            DefaultValueFactory = _ => "5GB",
        };
        var command = new ExampledCommand("convert", "Write a checkpoint as safetensors, which transformers loads too.",
            "longt5 convert t5x/checkpoint_1000000 long-t5/",
            "longt5 convert org/name small/ --dtype bf16 --max-shard-size 2GB")
        {
            from, to, type, shard,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var size = Bytes(parsed.GetRequiredValue(shard));
            using var checkpoint = Checkpoint.Open(parsed.GetRequiredValue(from));
            foreach (var warning in checkpoint.Warnings)
                Terminal.Warn(warning);
            checkpoint.Save(parsed.GetRequiredValue(to), parsed.GetValue(type) switch
            {
                "f32" => ElementType.F32,
                "bf16" => ElementType.BF16,
                "f16" => ElementType.F16,
                "int8" => ElementType.I8,
                _ => null,
            }, size, cancellation);
            Terminal.Inform($"{parsed.GetRequiredValue(to)} is written.");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static long Bytes(string size)
    {
        (string Unit, double Factor)[] units =
            [("KIB", 1 << 10), ("MIB", 1 << 20), ("GIB", 1 << 30), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1), ("", 1)];
        var upper = size.Trim().ToUpperInvariant();
        var (unit, factor) = units.First(known => upper.EndsWith(known.Unit, StringComparison.Ordinal));
        return double.TryParse(upper[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number * factor is >= 1 and < long.MaxValue
            ? (long)(number * factor)
            : throw Failure.Usage($"--max-shard-size must be a size such as 500MB or 5GB, not {size}.");
    }
}
