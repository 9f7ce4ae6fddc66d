using LongT5.Formats;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>T5's relative position: distances share a learned number by bucket, finely near, coarsely far.</summary>
static class RelativePosition
{
    /// <summary>The bucket of a distance, key minus query.</summary>
    public static long Bucket(int distance, bool bothWays, LongT5Config config)
    {
        var buckets = config.RelativeAttentionNumBuckets;
        var first = 0;
        if (bothWays)
        {
            buckets /= 2;
            first = distance > 0 ? buckets : 0;
            distance = Math.Abs(distance);
        }
        else distance = Math.Max(-distance, 0);

        var exact = buckets / 2;
        if (distance < exact) return first + distance;
        // In float32, as the reference computes it: the borders of the buckets depend on the rounding.
        var octaves = MathF.Log((float)distance / exact)
            / (float)Math.Log((double)config.RelativeAttentionMaxDistance / exact);
        return first + Math.Min(buckets - 1, exact + (int)(octaves * (buckets - exact)));
    }

    /// <summary>The biases of consecutive distances.</summary>
    /// <param name="table">[buckets, H]</param>
    /// <param name="first">The least distance.</param>
    /// <param name="count">How many.</param>
    /// <returns>[H, count]</returns>
    public static Tensor Line(Tensor table, int first, int count, bool bothWays, LongT5Config config)
    {
        using var scope = NewDisposeScope();
        var ids = new long[count];
        for (var i = 0; i < count; i++) ids[i] = Bucket(first + i, bothWays, config);
        return table.index_select(0, tensor(ids, device: table.device)).t().contiguous().MoveToOuterDisposeScope();
    }
}
