using LongT5.Torch.Autograd;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>
/// One softmax over the keys within a radius, by their scores, and those beyond, by features; a chunk of queries at a
/// time, in float32.
/// </summary>
/// <remarks>
/// What all queries of a chunk see far off is a sum over keys before, and one over keys behind; the keys between those
/// and the nearest radius are far for some queries of the chunk only and are multiplied out. Every sum is kept relative
/// to the greatest exponent of each feature in it, and every weight relative to the greatest of its query: no
/// exponential is above one, and where the near keys outweigh all else the sum of weights is one or more. Greatest
/// exponents are constants on the way back, since the result does not depend on them. Values have a one behind them, so
/// that sums of values and sums of weights are the same sums.
/// </remarks>
sealed class NearAndFar
{
    // What a sum of far weights is at least, relative to the greatest that it could be; below, it counts for nothing.
    const double Least = 1e-30;

    readonly AttentionPattern _pattern;
    readonly FeatureMap _map;
    readonly Tensor _query, _key, _values; // [B H, L, D], and [B H, L, D + 1]
    readonly long _rows; // B
    readonly int _length; // L
    readonly Tensor? _mask; // 0 or AttentionPattern.Never, [B H, L, 1]

    NearAndFar(Tensor query, Tensor key, Tensor value, AttentionPattern pattern, FeatureMap map)
    {
        (_pattern, _map) = (pattern, map);
        Tensor Split(Tensor tensor) => Heads.Split(tensor.to_type(ScalarType.Float32), pattern.Heads);
        (_query, _key, _rows, _length) = (Split(query), Split(key), key.shape[0], (int)key.shape[1]);
        var values = Split(value);
        _values = cat([values, ones(values.shape[0], values.shape[1], 1, device: values.device)], 2);
        _mask = pattern.KeyMask?.view(-1, 1, _length, 1).expand(-1, pattern.Heads, -1, -1)
            .reshape(-1, _length, 1);
    }

    /// <param name="query">[B, L, H D]</param>
    /// <param name="key">[B, L, H D]</param>
    /// <param name="value">[B, L, H D]</param>
    /// <param name="pattern">Who is near, with which bias, and the bias of those who are far.</param>
    /// <param name="map">The features.</param>
    /// <returns>[B, L, H D], in the type of the query.</returns>
    public static Tensor Apply(Tensor query, Tensor key, Tensor value, AttentionPattern pattern, FeatureMap map)
    {
        using var scope = NewDisposeScope();
        var call = new NearAndFar(query, key, value, pattern, map);
        return Heads.Join(call.Result(), pattern.Heads).to_type(query.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Sums over keys.</summary>
    /// <param name="Values">By feature: of weights times values, and of weights, [B H, M, D + 1].</param>
    /// <param name="Greatest">Exponent of each feature, [B H, 1, M].</param>
    readonly record struct Sums(Tensor Values, Tensor Greatest);

    Tensor Result()
    {
        var (chunk, radius) = (_pattern.Chunk, _pattern.Before);
        var chunks = (_length + chunk - 1) / chunk;
        var (before, behind) = (new Sums?[chunks], new Sums?[chunks]);
        for (var i = 1; i < chunks; i++)
            before[i] = Add(before[i - 1], (i - 1) * chunk - radius, i * chunk - radius);
        for (var i = chunks - 2; i >= 0; i--)
            behind[i] = Add(behind[i + 1], (i + 1) * chunk + radius, (i + 2) * chunk + radius);
        return cat([.. Enumerable.Range(0, chunks).Select(i => Chunk(_pattern.At(i, _length, _length), before[i],
            behind[i]))], 1);
    }

    /// <summary>Sums with some more keys.</summary>
    Sums? Add(Sums? sums, int first, int end)
    {
        (first, end) = (Math.Clamp(first, 0, _length), Math.Clamp(end, 0, _length));
        if (first == end) return sums;
        var (keys, values, mask) = (Some(_key), Some(_values), _mask is null ? null : Some(_mask));
        Tensor greatest;
        using (no_grad())
        {
            greatest = Masked(_map.Log(keys), mask).amax([1], keepdim: true);
            if (sums is { } old) greatest = maximum(greatest, old.Greatest);
        }
        return new(Piecewise(inputs =>
        {
            var weights = Masked(_map.Log(inputs[0]!), inputs[2]).sub(inputs[3]!).exp(); // [B H, n, M]
            var more = weights.transpose(1, 2).bmm(inputs[1]!);
            return inputs[4] is null ? more
                : more.add(inputs[4]!.mul(inputs[5]!.sub(inputs[3]!).exp().transpose(1, 2)), Number.One);
        }, keys, values, mask, greatest, sums?.Values, sums?.Greatest), greatest);

        Tensor Some(Tensor tensor) => tensor.narrow(1, first, end - first);
    }

    /// <summary>What the queries of a chunk see: [B H, queries, D].</summary>
    Tensor Chunk(AttentionPattern.Stretch chunk, Sums? before, Sums? behind)
    {
        return Piecewise(inputs =>
        {
            var (query, keys, values, mask) = (inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]);
            var (near, greatest) = Near(query, keys, values, mask, inputs[4]!, chunk);
            var features = _map.Log(query); // [B H, queries, M]
            var parts = new List<(Tensor Sum, Tensor Greatest)>();
            for (var side = 0; side < 2; side++)
            {
                var exponents = features.add(FarBias(inputs[5]!, side), Number.One);
                if (inputs[6 + 2 * side] is { } sums) parts.Add(Far(exponents, sums, inputs[7 + 2 * side]!));
                if (Between(exponents, keys, values, mask, chunk, side) is { } between) parts.Add(between);
            }
            var sum = Together(near, greatest, parts);
            var width = sum.shape[2] - 1;
            return sum.narrow(2, 0, width).div(sum.narrow(2, width, 1));
        }, _query.narrow(1, chunk.Query, chunk.Queries), Seen(_key), Seen(_values),
            _mask is null ? null : Seen(_mask), _pattern.Bias, _pattern.FarBias, before?.Values, before?.Greatest,
            behind?.Values, behind?.Greatest);

        Tensor Seen(Tensor tensor) => tensor.narrow(1, chunk.Key, chunk.Keys);
    }

    /// <summary>What is near, with weights e^(score - greatest): [B H, queries, D + 1] and [B H, queries, 1].</summary>
    (Tensor Scores, Tensor Greatest) Near(
        Tensor query, Tensor keys, Tensor values, Tensor? mask, Tensor bias, AttentionPattern.Stretch chunk)
    {
        var scores = query.bmm(keys.transpose(1, 2)).view(-1, _pattern.Heads, chunk.Queries, chunk.Keys)
            .add(_pattern.Biases(bias, chunk), Number.One).view(-1, chunk.Queries, chunk.Keys);
        if (mask is not null) scores = scores.add(mask.transpose(1, 2), Number.One);
        var greatest = scores.detach().amax([2], keepdim: true);
        return (scores.sub(greatest).exp().bmm(values), greatest);
    }

    /// <summary>What is far of all queries of a chunk.</summary>
    static (Tensor Sum, Tensor Greatest) Far(Tensor exponents, Tensor sums, Tensor greatestOfFeatures)
    {
        var whole = exponents.add(greatestOfFeatures, Number.One);
        var greatest = whole.detach().amax([2], keepdim: true);
        return (whole.sub(greatest).exp().bmm(sums), greatest);
    }

    /// <summary>What is far of some queries of a chunk and near for others.</summary>
    (Tensor Sum, Tensor Greatest)? Between(
        Tensor exponents, Tensor keys, Tensor values, Tensor? mask, AttentionPattern.Stretch chunk, int side)
    {
        var radius = _pattern.Before;
        var (first, end) = side == 0 ? (chunk.Query - radius, chunk.Query + chunk.Queries - 1 - radius)
            : (chunk.Query + radius + 1, chunk.Query + _pattern.Chunk + radius);
        (first, end) = (Math.Clamp(first, 0, _length), Math.Clamp(end, 0, _length));
        if (first >= end) return null;
        var features = Masked(_map.Log(Some(keys)), mask is null ? null : Some(mask)); // [B H, n, M]
        var ofFeatures = features.detach().amax([1], keepdim: true);
        var (products, greatest) = Far(exponents, features.sub(ofFeatures).exp().transpose(1, 2), ofFeatures);
        var distances = arange(first, end, device: keys.device).unsqueeze(0)
            .sub(arange(chunk.Query, chunk.Query + chunk.Queries, device: keys.device).unsqueeze(1));
        var isFar = (side == 0 ? distances.lt(Number.Of(-radius)) : distances.gt(Number.Of(radius)))
            .to_type(ScalarType.Float32);
        return (products.mul(isFar).bmm(Some(values)), greatest);

        Tensor Some(Tensor tensor) => tensor.narrow(1, first - chunk.Key, end - first);
    }

    /// <summary>Sums of weights of different scales as one: [B H, queries, D + 1].</summary>
    static Tensor Together(Tensor near, Tensor greatestNear, List<(Tensor Sum, Tensor Greatest)> parts)
    {
        var weights = parts.Select(part =>
        {
            var weight = part.Sum.detach().narrow(2, part.Sum.shape[2] - 1, 1);
            var isNothing = weight.lt(Number.Of(Least));
            var log = part.Greatest.add(weight.log(), Number.One)
                .masked_fill(isNothing, Number.Of(AttentionPattern.Never));
            return (part.Sum, part.Greatest, IsNothing: isNothing, Log: log);
        }).ToArray();
        var greatest = weights.Aggregate(greatestNear, (most, part) => maximum(most, part.Log));
        return weights.Aggregate(near.mul(greatestNear.sub(greatest).exp()), (sum, part) => sum.add(
            part.Sum.mul(part.Greatest.sub(greatest).exp().masked_fill(part.IsNothing, Number.Of(0))), Number.One));
    }

    /// <summary>The bias of the far keys of a side: [B H, 1, 1].</summary>
    Tensor FarBias(Tensor bias, int side)
        => bias.select(0, side).view(1, -1, 1).expand(_rows, -1, -1).reshape(-1, 1, 1);

    static Tensor Masked(Tensor logs, Tensor? mask) => mask is null ? logs : logs.add(mask, Number.One);

    /// <summary>Keeps the inputs of a piece alone for the way back.</summary>
    static Tensor Piecewise(Func<Tensor?[], Tensor> piece, params Tensor?[] inputs)
    {
        if (is_grad_enabled()) return Recomputed.Run(Scoped, inputs);
        return Scoped(inputs);

        Tensor Scoped(Tensor?[] some)
        {
            using var scope = NewDisposeScope();
            return piece(some).MoveToOuterDisposeScope();
        }
    }
}
