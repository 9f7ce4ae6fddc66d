using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Flags;
using LongT5.Formats;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 convert</c>: a checkpoint of any layout as a folder of safetensors.</summary>
static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("from")
        {
            Description = "A checkpoint of any layout, or org/name[@revision] of the Hugging Face hub.",
        };
        var to = new Argument<string>("to") { Description = "The folder to write; new or empty." };
        var type = new Option<string?>("--dtype")
        {
            Description = "Numbers as f32, bf16 or f16; or matrices as int8 with a scale a row (those of attention "
                + "in 11 bits), for this program "
                + "alone. Default: as they are.",
            HelpName = "f32|bf16|f16|int8",
        };
        type.AcceptOnlyFromAmong([.. ElementTypes.OfWeights.Keys]);
        var shard = Quantities.Option("--max-shard-size", "SIZE", "a size such as 500MB or 5GB",
            "Most bytes of one file: 500MB, 5GB (powers of ten), 2GiB. Default: 5GB.");
        var merge = new Option<string?>("--merge")
        {
            Description = "Merge the adapter of this folder (LoRA, DoRA, IA3) into the weights.",
            HelpName = "FOLDER",
        };
        var factor = new Option<string?>("--low-rank")
        {
            Description = "Make the matrices of attention and feed-forward products of two: energy=0.99 keeps that "
                + "share of each, rank=N "
                + "takes N of its singular values. A matrix that would grow stays whole. For this program alone.",
            HelpName = "energy=SHARE|rank=N",
        };
        var only = new Option<string?>("--only")
        {
            Description = "With --low-rank: of this stack.",
            HelpName = "encoder|decoder"
        };
        only.AcceptOnlyFromAmong("encoder", "decoder");
        var extend = new Option<string[]>("--extend")
        {
            Description = "Add extensions, for this program alone: a convolution leaves the model as it is until it is "
                + "trained; pooling and kernelized attention change it, so train it afterwards. "
                + "Known: convolution.kernel, convolution.layers, pooling.stride, kernelized.map, "
                + "kernelized.features, kernelized.seed.",
            HelpName = "NAME=VALUE",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new ExampledCommand("convert", "Write a checkpoint as safetensors, which transformers loads too.",
            "longt5 convert t5x/checkpoint_1000000 long-t5/",
            "longt5 convert org/name small/ --dtype bf16 --max-shard-size 2GB",
            "longt5 convert base/ whole/ --merge adapter/",
            "longt5 convert long-t5/ small/ --low-rank energy=0.95 --only encoder",
            "longt5 convert long-t5/ wider/ --extend convolution.kernel=31 pooling.stride=2")
        {
            from, to, type, shard, merge, factor, only, extend,
        };
        var hub = new HubFlags(command);
        command.SetAction((parsed, cancellation) =>
        {
            using var checkpoint = ModelLocation.Open(hub.Find(parsed, parsed.GetRequiredValue(from), cancellation));
            foreach (var warning in checkpoint.Warnings)
                Terminal.Warn(warning);
            ElementType? wanted = parsed.GetValue(type) is { } name ? ElementTypes.OfWeights[name] : null;
            using var adapter = parsed.GetValue(merge) is { } folder
                ? Adapter.Open(hub.Find(parsed, folder, cancellation)) : null;
            var whole = adapter is null ? checkpoint : checkpoint.Merge(adapter);
            if (parsed.GetValue(factor) is { } far)
                whole = whole.Factor(LowRank(far, parsed.GetValue(only)), Show, cancellation);
            else if (parsed.GetValue(only) is not null)
                throw Failure.Usage("--only is for --low-rank; give both, or neither.");
            if (parsed.GetValue(extend) is { Length: > 0 } settings)
                whole = Extended(whole, settings);
            whole.Save(parsed.GetRequiredValue(to), wanted, parsed.GetValue(shard) ?? 5_000_000_000, cancellation);
            Terminal.Inform($"{parsed.GetRequiredValue(to)} is written.");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Checkpoint Extended(Checkpoint checkpoint, string[] settings)
    {
        var extended = checkpoint.Extend(settings);
        var (before, now) = (checkpoint.Config.Extensions, extended.Config.Extensions);
        if (now.PoolingStride != before.PoolingStride)
            Terminal.Warn($"pooling changes the model: the decoder sees the means of {now.PoolingStride} states each; "
                + "train it before it is used.");
        if (now.Kernelized != before.Kernelized)
            Terminal.Warn("kernelized attention changes the model where a text is longer than local_radius; train it "
                + "before it is used.");
        return extended;
    }

    private static LowRankOptions LowRank(string far, string? stack) => far.Split('=') switch
    {
        ["energy", var text] when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var energy)
            && energy is > 0 and <= 1 => new(energy, null, stack),
        ["rank", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
            && rank > 0
            => new(null, rank, stack),
        _ => throw Failure.Usage($"--low-rank must be energy=SHARE, above 0 and up to 1, or rank=N, not {far}."),
    };

    private static void Show(FactoredMatrix matrix)
        => Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{matrix.Name} [{matrix.Outputs}, {matrix.Inputs}]: rank {matrix.Rank}, "
            + $"{100 * matrix.Energy:0.00}% of its energy, ")
        + (matrix.IsReplaced
            ? string.Create(CultureInfo.InvariantCulture,
                $"{100.0 * matrix.Saved / ((double)matrix.Outputs * matrix.Inputs):0}% fewer multiplications")
            : "stays whole"));
}
