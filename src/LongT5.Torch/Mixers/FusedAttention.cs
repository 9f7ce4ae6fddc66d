using System.Diagnostics.CodeAnalysis;
using LongT5.Torch.Autograd;
using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>softmax(q k^T + bias) v over what a pattern allows, a chunk of queries at a time.</summary>
/// <remarks>
/// Scores exist for one chunk only and are computed again on the way back, so that memory grows by L x C, never by
/// L x keys: the idea of Rabe and Staats (2021) and of FlashAttention, with libtorch's products in place of a kernel.
/// No scale by sqrt(d): T5 has none.
/// </remarks>
sealed class FusedAttention : autograd.SingleTensorFunction<FusedAttention>
{
    public override string Name => nameof(FusedAttention);

    /// <param name="query">[B, Lq, H D]</param>
    /// <param name="key">[B, Lk, H D]</param>
    /// <param name="value">[B, Lk, H D]</param>
    /// <param name="pattern">Who sees whom.</param>
    /// <param name="dropout">On the probabilities.</param>
    /// <param name="globalKey">[B, G, H D] where the pattern has global keys.</param>
    /// <param name="globalValue">The same.</param>
    /// <returns>[B, Lq, H D]</returns>
    public static Tensor Apply(
        Tensor query, Tensor key, Tensor value, AttentionPattern pattern, Dropout dropout,
        Tensor? globalKey = null, Tensor? globalValue = null)
        => apply(query, key, value, globalKey!, globalValue!, pattern.Bias!, pattern.GlobalBias!, pattern, dropout);

    /// <summary>The logarithm of where queries look, with gradients: all of it at once.</summary>
    /// <param name="query">[B, Lq, H D]</param>
    /// <param name="key">[B, Lk, H D]</param>
    /// <param name="pattern">Who sees whom, without bias.</param>
    /// <returns>[B, H, Lq, Lk], float32</returns>
    public static Tensor LogProbability(Tensor query, Tensor key, AttentionPattern pattern)
    {
        using var scope = NewDisposeScope();
        var scores = Heads(query).matmul(Heads(key).transpose(2, 3)).to_type(ScalarType.Float32);
        if (pattern.KeyMask is { } mask) scores = scores.add(mask, Number.One);
        return scores.log_softmax(-1).MoveToOuterDisposeScope();

        Tensor Heads(Tensor tensor) // [B, L, H D] -> [B, H, L, D]
            => tensor.view(tensor.shape[0], tensor.shape[1], pattern.Heads, -1).transpose(1, 2);
    }

    public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
    {
        using var scope = NewDisposeScope();
        var call = new Call(arguments);
        var result = empty_like(call.Query);
        for (var i = 0; i < call.Chunks; i++)
        {
            using var inner = NewDisposeScope();
            var chunk = call.At(i);
            var probability = call.Probability(i, chunk);
            if (call.Dropout.Mask(probability, i) is { } mask) probability.mul_(mask);
            Call.Queries(result, chunk)
                .copy_(probability.to_type(result.dtype).bmm(Call.Keys(call.Value, call.GlobalValue, chunk)));
        }
        var joined = call.Join(result);
        // An alias: a node that kept its own output would keep itself alive.
        context.save_for_backward([.. arguments.Take(7).Cast<Tensor>(), joined.detach().MoveToOuterDisposeScope()]);
        context.save_data("pattern", arguments[7]);
        context.save_data("dropout", arguments[8]);
        return joined.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        => BackwardPass.Run(gradient, arguments: 9, () => Gradients(context, gradient));

    static Tensor?[] Gradients(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var call = new Call([.. saved.Take(7), context.get_data("pattern"), context.get_data("dropout")]);
        var (result, ofResult) = (call.Split(saved[7]), call.Split(gradient));

        var ofQuery = empty_like(call.Query);
        var (ofKey, ofValue) = (zeros_like(call.Key), zeros_like(call.Value));
        // What every chunk adds to is a sum in float32, whatever the type of the products.
        var (ofGlobalKey, ofGlobalValue) = (Zeros(call.GlobalKey), Zeros(call.GlobalValue));
        var (ofBias, ofGlobalBias) = (Zeros(call.Bias), Zeros(call.GlobalBias));
        for (var i = 0; i < call.Chunks; i++)
        {
            using var inner = NewDisposeScope();
            var chunk = call.At(i);
            var (query, keys) = (Call.Queries(call.Query, chunk), Call.Keys(call.Key, call.GlobalKey, chunk));
            var values = Call.Keys(call.Value, call.GlobalValue, chunk);
            var up = Call.Queries(ofResult, chunk);

            var probability = call.Probability(i, chunk);
            var mask = call.Dropout.Mask(probability, i);
            var dropped = (mask is null ? probability : probability * mask).to_type(query.dtype);
            Add(ofValue, ofGlobalValue, dropped.transpose(1, 2).bmm(up), chunk);

            // softmax: ds = p (dp - sum(p dp)), and the sum is that of result times its gradient
            var sum = (up * Call.Queries(result, chunk)).sum([-1], keepdim: true, type: ScalarType.Float32);
            var ofScores = up.bmm(values.transpose(1, 2)).to_type(ScalarType.Float32);
            if (mask is not null) ofScores.mul_(mask);
            ofScores.sub_(sum).mul_(probability);
            var rounded = ofScores.to_type(query.dtype);
            Call.Queries(ofQuery, chunk).copy_(rounded.bmm(keys));
            Add(ofKey, ofGlobalKey, rounded.transpose(1, 2).bmm(query), chunk);

            var byHead = call.ByHead(ofScores);
            if (ofBias is not null)
                call.Pattern.Biases(ofBias, chunk).add_(byHead.narrow(3, 0, chunk.Keys).sum([0]), Number.One);
            if (ofGlobalBias is not null)
                call.Pattern.Global!.AddBiasGradient(i, byHead.narrow(3, chunk.Keys, call.Pattern.Global.Count),
                    ofGlobalBias);
        }
        return
        [
            call.Join(ofQuery), call.Join(ofKey), call.Join(ofValue),
            call.Join(ofGlobalKey?.to_type(ofQuery.dtype)), call.Join(ofGlobalValue?.to_type(ofQuery.dtype)),
            ofBias, ofGlobalBias, null, null,
        ];

        static Tensor? Zeros(Tensor? like) => like is null ? null : zeros_like(like, dtype: ScalarType.Float32);

        static void Add(Tensor sum, Tensor? globalSum, Tensor part, in AttentionPattern.Stretch chunk)
        {
            sum.narrow(1, chunk.Key, chunk.Keys).add_(part.narrow(1, 0, chunk.Keys), Number.One);
            globalSum?.add_(part.narrow(1, chunk.Keys, part.shape[1] - chunk.Keys), Number.One);
        }
    }

    /// <summary>The arguments of one call, heads apart: [B H, L, D].</summary>
    sealed class Call
    {
        readonly long _rows, _heads;

        public Call(object?[] arguments)
        {
            Pattern = (AttentionPattern)arguments[7]!;
            Dropout = (Dropout)arguments[8]!;
            _rows = ((Tensor)arguments[0]!).shape[0];
            _heads = Pattern.Heads;
            (Query, Key, Value) = (Split((Tensor)arguments[0]!), Split((Tensor)arguments[1]!),
                Split((Tensor)arguments[2]!));
            (GlobalKey, GlobalValue) = (Split((Tensor?)arguments[3]), Split((Tensor?)arguments[4]));
            (Bias, GlobalBias) = ((Tensor?)arguments[5], (Tensor?)arguments[6]);
            Chunks = (int)((Query.shape[1] + Pattern.Chunk - 1) / Pattern.Chunk);
        }

        public AttentionPattern Pattern { get; }
        public Dropout Dropout { get; }
        public Tensor Query { get; }
        public Tensor Key { get; }
        public Tensor Value { get; }
        public Tensor? GlobalKey { get; }
        public Tensor? GlobalValue { get; }
        public Tensor? Bias { get; }
        public Tensor? GlobalBias { get; }
        public int Chunks { get; }

        public AttentionPattern.Stretch At(int chunk) => Pattern.At(chunk, (int)Query.shape[1], (int)Key.shape[1]);

        public static Tensor Queries(Tensor tensor, in AttentionPattern.Stretch chunk)
            => tensor.narrow(1, chunk.Query, chunk.Queries);

        // The local keys or values of a chunk, and behind them the global ones.
        public static Tensor Keys(Tensor tensor, Tensor? global, in AttentionPattern.Stretch chunk)
        {
            var local = tensor.narrow(1, chunk.Key, chunk.Keys);
            return global is null ? local : cat([local, global], 1);
        }

        // [B H, queries, keys], in float32
        public Tensor Probability(int i, in AttentionPattern.Stretch chunk)
        {
            var scores = Queries(Query, chunk).bmm(Keys(Key, GlobalKey, chunk).transpose(1, 2))
                .to_type(ScalarType.Float32);
            var byHead = ByHead(scores);
            var local = byHead.narrow(3, 0, chunk.Keys);
            if (Bias is not null) local.add_(Pattern.Biases(Bias, chunk), Number.One);
            if (Pattern.KeyMask is { } mask) local.add_(mask.narrow(3, chunk.Key, chunk.Keys), Number.One);
            if (Pattern.Global is { } pattern)
            {
                var global = byHead.narrow(3, chunk.Keys, pattern.Count);
                global.add_(pattern.Bias(i, GlobalBias!), Number.One);
                if (pattern.Mask is { } globalMask) global.add_(globalMask, Number.One);
            }
            return scores.softmax(-1);
        }

        public Tensor ByHead(Tensor scores) => scores.view(_rows, _heads, scores.shape[1], scores.shape[2]);

        [return: NotNullIfNotNull(nameof(tensor))]
        public Tensor? Split(Tensor? tensor) => Heads.Split(tensor, _heads);

        [return: NotNullIfNotNull(nameof(tensor))]
        public Tensor? Join(Tensor? tensor) => Heads.Join(tensor, _heads);
    }
}
