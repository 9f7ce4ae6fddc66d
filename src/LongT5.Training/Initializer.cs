using LongT5.Formats;
using LongT5.Torch;
using LongT5.Torch.Native;
using LongT5.Training.Data;
using static TorchSharp.torch;

namespace LongT5.Training;

/// <summary>The weights that a training from scratch begins with.</summary>
static class Initializer
{
    /// <summary>
    /// Fills every weight as Google's LongT5 was begun (the Flax column: variance scaling by fan-in).
    /// </summary>
    /// <param name="model">What is filled.</param>
    /// <param name="seed">Of the random numbers; the result is the same on every device.</param>
    public static void Fill(TorchModel model, long seed)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var config = model.Config;
        var factor = config.InitializerFactor;
        foreach (var (name, weight) in model.named_parameters())
        {
            var shape = weight.shape;
            if (name.EndsWith(".bias", StringComparison.Ordinal))
                weight.zero_();
            else if (shape.Length == 1)
                weight.fill_(Number.Of(factor));
            else if (name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal))
                weight.copy_(rand(shape, generator: generator).mul_(Number.Of(2)).sub_(Number.Of(1))
                    .mul_(Number.Of(factor * Math.Sqrt(6.0 / (shape[0] + shape[1])))));
            else
                weight.copy_(randn(shape, generator: generator)
                    .mul_(Number.Of(factor * Deviation(name, shape[^1], config))));
        }
        DrawFeatures(model, seed);
    }

    // A convolution begins as nothing. The second of two matrices of low rank gives what the whole one would.
    static double Deviation(string name, long inputs, LongT5Config config)
        => name == "shared.weight" ? 1
        : name.EndsWith(".q.weight", StringComparison.Ordinal) ? Math.Pow(config.DModel * (double)config.DKv, -0.5)
        : name.EndsWith(".pointwise_out.weight", StringComparison.Ordinal) ? 0
        : name.EndsWith(".b.weight", StringComparison.Ordinal) ? OfSecond(name, inputs, config)
        : Math.Pow(inputs, -0.5);

    static double OfSecond(string name, long rank, LongT5Config config)
    {
        var whole = name.Replace(".b.weight", ".weight", StringComparison.Ordinal);
        var inputs = whole.EndsWith(".o.weight", StringComparison.Ordinal) ? config.InnerWidth
            : whole.EndsWith(".wo.weight", StringComparison.Ordinal) ? config.DFf : config.DModel;
        return Deviation(whole, inputs, config) * Math.Sqrt((double)inputs / rank);
    }

    static void DrawFeatures(TorchModel model, long seed)
    {
        var random = new Random((int)(model.Config.Extensions.Kernelized?.Seed ?? seed));
        foreach (var (_, features) in model.named_buffers())
        {
            var (heads, count, width) = ((int)features.shape[0], (int)features.shape[1], (int)features.shape[2]);
            var drawn = new float[heads * count * width];
            for (var head = 0; head < heads; head++)
                RandomFeatures.Draw(count, width, random, drawn.AsSpan(head * count * width, count * width));
            features.copy_(tensor(drawn).view(features.shape));
        }
    }
}
