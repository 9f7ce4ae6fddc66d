using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Tests.Model;

/// <summary>LongT5 as its definition reads: whole score matrices under masks, plain loops, double precision.</summary>
/// <remarks>
/// Matrices are [rows, columns]; a weight is [out, in]. Nothing is shared with the engine but the numbers.
/// </remarks>
sealed class DenseLongT5(RandomModel model)
{
    private readonly LongT5Config _config = model.Config;

    public double[,] Encode(int[] ids)
    {
        var name = _config.EncoderAttentionType switch
        {
            EncoderAttention.Local => "LocalSelfAttention",
            EncoderAttention.TransientGlobal => "TransientGlobalSelfAttention",
            _ => "SelfAttention",
        };
        var first = $"encoder.block.0.layer.0.{name}";
        var n = ids.Length;
        var x = Embed(ids);
        for (var i = 0; i < _config.NumLayers; i++)
        {
            var layer = $"encoder.block.{i}.layer";
            var h = Norm(x, $"{layer}.0.layer_norm");
            var local = _config.EncoderAttentionType != EncoderAttention.Full;
            var scores = new List<Func<int, int, int, double?>>
            {
                (head, query, key) => local && Math.Abs(key - query) > _config.LocalRadius
                    ? null : Bias($"{first}.relative_attention_bias", key - query, head, causal: false),
            };
            var seen = new List<double[,]> { h };
            var blocks = n / _config.GlobalBlockSize;
            if (_config.EncoderAttentionType == EncoderAttention.TransientGlobal && blocks > 0)
            {
                var owner = (int token) => Math.Min(token / _config.GlobalBlockSize, blocks - 1);
                var sums = new double[blocks, _config.DModel];
                for (var token = 0; token < n; token++)
                    for (var c = 0; c < _config.DModel; c++)
                        sums[owner(token), c] += h[token, c];
                seen.Add(Norm(sums, $"{layer}.0.{name}.global_input_layer_norm"));
                scores.Add((head, query, key) =>
                    Bias($"{first}.global_relative_attention_bias", key - owner(query), head, causal: false));
            }
            x = Sum(x, Attention($"{layer}.0.{name}", h, seen, scores));
            x = Sum(x, FeedForward($"{layer}.1", x));
        }
        return Norm(x, "encoder.final_layer_norm");
    }

    public double[,] Decode(double[,] encoded, int[] tokens)
    {
        const string First = "decoder.block.0.layer.0.SelfAttention.relative_attention_bias";
        var x = Embed(tokens);
        for (var i = 0; i < _config.NumDecoderLayers; i++)
        {
            var layer = $"decoder.block.{i}.layer";
            var h = Norm(x, $"{layer}.0.layer_norm");
            x = Sum(x, Attention($"{layer}.0.SelfAttention", h, [h],
                [(head, query, key) => key > query ? null : Bias(First, key - query, head, causal: true)]));
            x = Sum(x, Attention($"{layer}.1.EncDecAttention", Norm(x, $"{layer}.1.layer_norm"), [encoded],
                [(_, _, _) => 0]));
            x = Sum(x, FeedForward($"{layer}.2", x));
        }
        x = Norm(x, "decoder.final_layer_norm");
        if (!_config.TieWordEmbeddings)
            return Product(x, "lm_head.weight");
        for (var row = 0; row < x.GetLength(0); row++)
            for (var c = 0; c < _config.DModel; c++)
                x[row, c] /= Math.Sqrt(_config.DModel);
        return Product(x, "shared.weight");
    }

    /// <summary>One softmax over all that is seen; a score of null is masked.</summary>
    private double[,] Attention(
        string name, double[,] h, List<double[,]> seen, List<Func<int, int, int, double?>> biases)
    {
        var (queries, width) = (h.GetLength(0), _config.DKv);
        var q = Product(h, $"{name}.q.weight");
        var keys = seen.Select(s => Product(s, $"{name}.k.weight")).ToArray();
        var values = seen.Select(s => Product(s, $"{name}.v.weight")).ToArray();
        var context = new double[queries, _config.NumHeads * width];
        for (var head = 0; head < _config.NumHeads; head++)
        {
            for (var query = 0; query < queries; query++)
            {
                var scores = new List<(double Score, double[,] Values, int Key)>();
                for (var s = 0; s < keys.Length; s++)
                {
                    for (var key = 0; key < keys[s].GetLength(0); key++)
                    {
                        if (biases[s](head, query, key) is not { } score)
                            continue;
                        for (var d = 0; d < width; d++)
                            score += q[query, head * width + d] * keys[s][key, head * width + d];
                        scores.Add((score, values[s], key));
                    }
                }
                var max = scores.Max(s => s.Score);
                var total = scores.Sum(s => Math.Exp(s.Score - max));
                foreach (var (score, value, key) in scores)
                    for (var d = 0; d < width; d++)
                        context[query, head * width + d] += Math.Exp(score - max) / total
                            * value[key, head * width + d];
            }
        }
        return Product(context, $"{name}.o.weight");
    }

    private double[,] FeedForward(string layer, double[,] x)
    {
        var h = Norm(x, $"{layer}.layer_norm");
        var inner = Product(h, $"{layer}.DenseReluDense.{(_config.IsGatedAct ? "wi_0" : "wi")}.weight");
        var linear = _config.IsGatedAct ? Product(h, $"{layer}.DenseReluDense.wi_1.weight") : null;
        for (var row = 0; row < inner.GetLength(0); row++)
            for (var c = 0; c < inner.GetLength(1); c++)
                inner[row, c] = Activate(inner[row, c]) * (linear?[row, c] ?? 1);
        return Product(inner, $"{layer}.DenseReluDense.wo.weight");
    }

    private double Activate(double x) => _config.DenseActFn switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.GeluNew => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        _ => x * NormalBelow(x),
    };

    /// <summary>The integral of the normal density up to x, by Simpson's rule.</summary>
    private static double NormalBelow(double x)
    {
        const int Steps = 400;
        var (sum, h) = (0.0, x / Steps);
        for (var i = 0; i <= Steps; i++)
            sum += (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-0.5 * i * h * i * h);
        return 0.5 + sum * h / 3 / Math.Sqrt(2 * Math.PI);
    }

    private double Bias(string name, int distance, int head, bool causal)
    {
        var buckets = causal ? _config.RelativeAttentionNumBuckets : _config.RelativeAttentionNumBuckets / 2;
        var bucket = causal || distance <= 0 ? 0 : buckets;
        var far = causal ? Math.Max(-distance, 0) : Math.Abs(distance);
        var exact = buckets / 2;
        bucket += far < exact ? far : Math.Min(buckets - 1, exact
            + (int)(MathF.Log((float)far / exact)
                / (float)Math.Log((double)_config.RelativeAttentionMaxDistance / exact) * (buckets - exact)));
        return model[$"{name}.weight"][bucket, head];
    }

    private double[,] Embed(int[] ids)
    {
        var x = new double[ids.Length, _config.DModel];
        for (var row = 0; row < ids.Length; row++)
            for (var c = 0; c < _config.DModel; c++)
                x[row, c] = model["shared.weight"][ids[row], c];
        return x;
    }

    private double[,] Norm(double[,] x, string name)
    {
        var (weight, y) = (model[$"{name}.weight"], (double[,])x.Clone());
        for (var row = 0; row < x.GetLength(0); row++)
        {
            var mean = Enumerable.Range(0, _config.DModel).Sum(c => x[row, c] * x[row, c]) / _config.DModel;
            for (var c = 0; c < _config.DModel; c++)
                y[row, c] = weight[0, c] * x[row, c] / Math.Sqrt(mean + _config.LayerNormEpsilon);
        }
        return y;
    }

    private double[,] Product(double[,] x, string name)
    {
        var w = model[name];
        var y = new double[x.GetLength(0), w.GetLength(0)];
        for (var row = 0; row < y.GetLength(0); row++)
            for (var o = 0; o < y.GetLength(1); o++)
                for (var i = 0; i < w.GetLength(1); i++)
                    y[row, o] += x[row, i] * w[o, i];
        return y;
    }

    private static double[,] Sum(double[,] a, double[,] b)
    {
        var sum = (double[,])a.Clone();
        for (var row = 0; row < a.GetLength(0); row++)
            for (var c = 0; c < a.GetLength(1); c++)
                sum[row, c] += b[row, c];
        return sum;
    }
}
