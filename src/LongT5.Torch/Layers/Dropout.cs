using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>Dropout whose mask is a function of a seed alone, so that what is computed again drops the same.</summary>
/// <param name="Rate">Share that is set to zero; 0 drops nothing.</param>
/// <param name="Seed">Of this place in this step.</param>
readonly record struct Dropout(double Rate, long Seed)
{
    /// <summary>The dropout of a place inside this one.</summary>
    public Dropout At(int place) => this with { Seed = Mix(Seed + place + 1) };

    /// <summary>
    /// 0 where dropped, 1 / (1 - rate) elsewhere, in the shape of a tensor; null where nothing is dropped.
    /// </summary>
    public Tensor? Mask(Tensor like, int place)
    {
        if (Rate == 0) return null;
        using var seeded = random.manual_seed(At(place).Seed);
        return empty_like(like).bernoulli_(1 - Rate).div_(Number.Of(1 - Rate));
    }

    /// <summary>Drops elements of a tensor.</summary>
    public Tensor Apply(Tensor tensor, int place)
    {
        if (Rate == 0) return tensor;
        using var seeded = random.manual_seed(At(place).Seed);
        return nn.functional.dropout(tensor, Rate, training: true);
    }

    // SplitMix64: neighbouring places get unrelated masks.
    static long Mix(long seed)
    {
        var z = unchecked((ulong)seed + 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (long)((z ^ (z >> 31)) >> 1);
    }
}
