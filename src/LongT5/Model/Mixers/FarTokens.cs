// Shapes: T tokens of all inputs, L of one, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Mixers;

/// <summary>What the tokens see beyond their window: sums over all keys before it and all keys after it.</summary>
/// <remarks>
/// A head of an input is one worker's, who walks it once from each end, then lets the queries look within the window
/// and joins the two: what is seen far off is kept of one head at a time. All far keys of one side share a bias, that
/// of the last bucket: for a radius that reaches it this is T5's bias exactly.
/// </remarks>
sealed unsafe class FarTokens
{
    private readonly LongT5Config _config;
    private readonly nint[] _features;
    private readonly float* _table;
    private readonly PackedKeys _keys;
    private readonly RaggedBatch _batch;
    private readonly Workers _workers;
    private readonly int _longest;
    private readonly NativeBuffer _means;                                             // [W, longest, D]: of far values
    // [W, longest]: logarithms of the far weights
    private readonly NativeBuffer _sums;
    private readonly NativeBuffer _nearSums;                                          // [T, H]

    /// <param name="config">The shape of the model.</param>
    /// <param name="features">Of each layer: [H, features, D]; 0 for elu + 1.</param>
    /// <param name="table">[buckets, H]: what a score gains by distance.</param>
    /// <param name="keys">Keys and values of all tokens.</param>
    /// <param name="batch">The inputs.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    public FarTokens(
        LongT5Config config, nint[] features, float* table, PackedKeys keys, RaggedBatch batch, Arena arena,
        Workers workers)
    {
        (_config, _features, _keys, _batch, _workers) = (config, features, keys, batch, workers);
        _table = table;
        _longest = batch.Inputs.Max(input => input.Length);
        var atOnce = (long)Math.Min(workers.Count, Heads);
        _means = arena.Take(atOnce * _longest * config.DKv);
        _sums = arena.Take(atOnce * _longest);
        _nearSums = arena.Take((long)batch.Rows * config.NumHeads);
    }

    /// <summary>[L, H]: where attention within the window leaves the logarithms of its weights' sums.</summary>
    public float* NearSums(RaggedBatch.Input input) => _nearSums.Pointer + (long)input.Row * _config.NumHeads;

    /// <summary>
    /// Slices of <see cref="Look(int, int, QuerySet[])"/>: in each, a worker has one head of one input.
    /// </summary>
    public int Slices => (Heads + _workers.Count - 1) / _workers.Count;

    private int Heads => _batch.Inputs.Count * _config.NumHeads;

    /// <summary>Lets some heads of the queries look, near and far; q becomes the context, in place.</summary>
    public void Look(int layer, int slice, QuerySet[] looks)
    {
        var first = slice * _workers.Count;
        _workers.For(Math.Min(_workers.Count, Heads - first), item =>
        {
            var (input, head) = ((first + item) / _config.NumHeads, (first + item) % _config.NumHeads);
            var means = _means.Pointer + (long)item * _longest * _config.DKv;
            var sums = _sums.Pointer + (long)item * _longest;
            Far(layer, _batch.Inputs[input], head, looks[input].Q, means, sums);
            FusedAttention.Run(looks[input], head, _config.NumHeads, _config.DKv);
            Join(looks[input], head, means, sums);
        });
    }

    // What was seen within the window becomes one with what was seen beyond it.
    private void Join(QuerySet looks, int head, float* means, float* sums)
    {
        var width = _config.DKv;
        for (var token = 0; token < looks.Length; token++)
        {
            var place = (long)token * _config.NumHeads + head;
            float near = looks.LogSums[place], far = sums[token], max = MathF.Max(near, far);
            float nearWeight = MathF.Exp(near - max), farWeight = MathF.Exp(far - max), total = nearWeight + farWeight;
            Vectors.Scale(looks.Q + place * width, nearWeight / total, width);
            Vectors.AddScaled(looks.Q + place * width, farWeight / total, means + (long)token * width, width);
        }
    }

    private void Far(int layer, RaggedBatch.Input input, int head, float* queries, float* means, float* logs)
    {
        var (width, features) = (_config.DKv, _config.Extensions.Kernelized!.Features);
        var length = features is { } count ? FavorSums.Length(width, count) : EluSums.Length(width);
        using var scratch = Scratch.Rent(length + 3L * width);
        float* key = scratch.Pointer + length, value = key + width, mean = value + width;
        FarSums sums = features is { } some
            ? new FavorSums(width, some, (float*)_features[layer] + (long)head * some * width, scratch.Pointer)
            : new EluSums(width, scratch.Pointer);

        var buckets = _config.RelativeAttentionNumBuckets;
        float left = _table[(buckets / 2 - 1) * _config.NumHeads + head],
        right = _table[(buckets - 1) * _config.NumHeads + head];
        var step = _config.LocalRadius + 1L;
        sums.Clear();
        for (var token = input.Length - 1; token >= 0; token--)
        {
            logs[token] = float.NegativeInfinity;
            new Span<float>(means + (long)token * width, width).Clear();
            if (token + step >= input.Length)
                continue;
            Take((int)(token + step));
            logs[token] = right + sums.Look(Query(token), means + (long)token * width);
        }
        sums.Clear();
        for (var token = (int)Math.Min(step, input.Length); token < input.Length; token++)
        {
            Take((int)(token - step));
            var sum = left + sums.Look(Query(token), mean);
            Merge(ref logs[token], means + (long)token * width, sum, mean, width);
        }

        float* Query(int token) => queries + ((long)token * _config.NumHeads + head) * width;

        void Take(int token)
        {
            _keys.Read(input, head, token, key, value);
            sums.Add(key, value);
        }
    }

    /// <summary>Two weighted means become one.</summary>
    private static void Merge(ref float sum, float* mean, float otherSum, float* other, int width)
    {
        var max = MathF.Max(sum, otherSum);
        if (max == float.NegativeInfinity)
            return;
        float mine = MathF.Exp(sum - max), theirs = MathF.Exp(otherSum - max), total = mine + theirs;
        Vectors.Scale(mean, mine / total, width);
        Vectors.AddScaled(mean, theirs / total, other, width);
        sum = max + MathF.Log(total);
    }
}
