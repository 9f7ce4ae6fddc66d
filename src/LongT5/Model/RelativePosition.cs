using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>T5's relative position bias: distances fall into buckets, and each head has one number a bucket.</summary>
/// <remarks>
/// Near distances have a bucket each, farther ones share them logarithmically, and all from the greatest distance on
/// share the last. The logarithms are taken in single precision, as the reference takes them, and only to make tables.
/// </remarks>
static unsafe class RelativePosition
{
    /// <summary>
    /// The bucket of a key that stands <paramref name="distance"/> after its query (before, if negative).
    /// </summary>
    /// <param name="distance">Key position minus query position.</param>
    /// <param name="buckets">Number of buckets.</param>
    /// <param name="maxDistance">From here on all share the last bucket.</param>
    /// <param name="causal">Whether keys after the query do not exist, so that all buckets serve the past.</param>
    public static int Bucket(int distance, int buckets, int maxDistance, bool causal)
    {
        var side = causal ? buckets : buckets / 2;
        var first = causal || distance <= 0 ? 0 : side;
        var far = causal ? Math.Max(-distance, 0) : Math.Abs(distance);
        var exact = side / 2;
        if (far < exact)
            return first + far;

        var share = MathF.Log(far / (float)exact) / (float)Math.Log((double)maxDistance / exact) * (side - exact);
        return first + exact + Math.Min((int)share, side - exact - 1);
    }

    /// <summary>Why a checkpoint's buckets cannot be computed; null if they can.</summary>
    public static string? Problem(int buckets, int maxDistance)
        => buckets < 4 ? $"relative_attention_num_buckets is {buckets}; 4 is the least that both directions need."
            : maxDistance <= buckets / 2 ? $"relative_attention_max_distance is {maxDistance}; "
                + $"with {buckets} buckets it must be more than {buckets / 2}."
            : null;

    /// <summary>
    /// The biases of all distances that occur, both directions: [heads, 2 (margin + reach) + 1], distance 0 in the
    /// middle and negative infinity in the margins.
    /// </summary>
    /// <param name="table">[buckets, heads], as the checkpoint has it.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="buckets">Rows of the table.</param>
    /// <param name="maxDistance">From here on all share the last bucket.</param>
    /// <param name="reach">The greatest distance that occurs.</param>
    /// <param name="margin">How many farther ones are masked on either side.</param>
    public static NativeBuffer Both(float* table, int heads, int buckets, int maxDistance, int reach, int margin)
    {
        var biases = new NativeBuffer(heads * (2L * (margin + reach) + 1));
        Both(table, heads, buckets, maxDistance, reach, margin, biases.Pointer);
        return biases;
    }

    /// <summary>The same into memory that is there.</summary>
    public static void Both(float* table, int heads, int buckets, int maxDistance, int reach, int margin, float* biases)
    {
        var width = 2L * (margin + reach) + 1;
        for (var i = 0; i < width; i++)
        {
            var distance = i - margin - reach;
            var row = table + (long)Bucket(distance, buckets, maxDistance, causal: false) * heads;
            for (var head = 0; head < heads; head++)
                biases[head * width + i] = Math.Abs(distance) <= reach ? row[head] : float.NegativeInfinity;
        }
    }

    /// <summary>The biases of the past: [heads, length], by how long ago.</summary>
    public static void Past(float* table, int heads, int buckets, int maxDistance, int length, float* biases)
    {
        for (var i = 0; i < length; i++)
        {
            var row = table + (long)Bucket(-i, buckets, maxDistance, causal: true) * heads;
            for (var head = 0; head < heads; head++)
                biases[(long)head * length + i] = row[head];
        }
    }
}
