using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The four products of an attention layer. Q, K, V: [I, C]; O: [C, I].</summary>
sealed class AttentionWeights(Func<string, Matrix> matrix, string name)
{
    public Matrix Query { get; } = matrix($"{name}.q.weight");

    public Matrix Key { get; } = matrix($"{name}.k.weight");

    public Matrix Value { get; } = matrix($"{name}.v.weight");

    public Matrix Output { get; } = matrix($"{name}.o.weight");

    public IReadOnlyList<Matrix> All => [Query, Key, Value, Output];
}

/// <summary>A feed-forward layer. In: [F, C]; Out: [C, F].</summary>
sealed class FeedForwardWeights(Func<string, Matrix> matrix, string name, bool gated)
{
    /// <summary>What the activation is applied to.</summary>
    public Matrix In { get; } = matrix(gated ? $"{name}.wi_0.weight" : $"{name}.wi.weight");

    /// <summary>What the activation gates; null where nothing is gated.</summary>
    public Matrix? Linear { get; } = gated ? matrix($"{name}.wi_1.weight") : null;

    public Matrix Out { get; } = matrix($"{name}.wo.weight");

    public IReadOnlyList<Matrix> All => Linear is { } linear ? [In, linear, Out] : [In, Out];
}

/// <summary>One layer of the encoder; norms are [C].</summary>
sealed unsafe class EncoderLayerWeights
{
    public required float* AttentionNorm { get; init; }

    public required AttentionWeights Attention { get; init; }

    /// <summary>The norm of the block sums; null without global tokens.</summary>
    public required float* GlobalNorm { get; init; }

    public required float* FeedForwardNorm { get; init; }

    public required FeedForwardWeights FeedForward { get; init; }
}

/// <summary>One layer of the decoder; norms are [C].</summary>
sealed unsafe class DecoderLayerWeights
{
    public required float* SelfNorm { get; init; }

    public required AttentionWeights Self { get; init; }

    public required float* CrossNorm { get; init; }

    public required AttentionWeights Cross { get; init; }

    public required float* FeedForwardNorm { get; init; }

    public required FeedForwardWeights FeedForward { get; init; }
}

/// <summary>The weights of a network by their published names: matrices where they lie, vectors as floats of our own.</summary>
sealed unsafe class Weights : IDisposable
{
    private readonly IReadOnlyDictionary<string, StoredTensor> _tensors;
    private readonly ElementType? _type;
    private readonly Workers _workers;
    private readonly List<NativeBuffer> _owned = [];
    private readonly object? _owner; // the mapped bytes live as long as this does

    /// <param name="config">Says which weights there are.</param>
    /// <param name="tensors">By name; matrices of I8 have their scales beside them.</param>
    /// <param name="type">What the matrices are converted to; null to use them as they are stored.</param>
    /// <param name="workers">Who converts.</param>
    /// <param name="owner">What must not be collected while the tensors are used.</param>
    public Weights(
        LongT5Config config, IReadOnlyDictionary<string, StoredTensor> tensors, ElementType? type, Workers workers,
        object? owner)
    {
        (_tensors, _type, _workers, _owner) = (tensors, type, workers, owner);
        var attention = WeightShapes.EncoderAttention(config);
        var first = $"encoder.block.0.layer.0.{attention}";
        var hasGlobals = config.EncoderAttentionType == EncoderAttention.TransientGlobal;

        Embedding = Matrix(WeightShapes.Embedding, type == ElementType.I8 ? null : type);
        LocalBias = Vector($"{first}.relative_attention_bias.weight");
        GlobalBias = hasGlobals ? Vector($"{first}.global_relative_attention_bias.weight") : null;
        Encoder = [.. Enumerable.Range(0, config.NumLayers).Select(i => $"encoder.block.{i}.layer").Select(layer =>
            new EncoderLayerWeights
            {
                AttentionNorm = Vector($"{layer}.0.layer_norm.weight"),
                Attention = new(Matrix, $"{layer}.0.{attention}"),
                GlobalNorm = hasGlobals ? Vector($"{layer}.0.{attention}.global_input_layer_norm.weight") : null,
                FeedForwardNorm = Vector($"{layer}.1.layer_norm.weight"),
                FeedForward = new(Matrix, $"{layer}.1.DenseReluDense", config.IsGatedAct),
            })];
        EncoderNorm = Vector("encoder.final_layer_norm.weight");

        HasDecoder = tensors.ContainsKey("decoder.final_layer_norm.weight");
        if (!HasDecoder)
            return;
        PastBias = Vector("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        Decoder = [.. Enumerable.Range(0, config.NumDecoderLayers).Select(i => $"decoder.block.{i}.layer").Select(layer =>
            new DecoderLayerWeights
            {
                SelfNorm = Vector($"{layer}.0.layer_norm.weight"),
                Self = new(Matrix, $"{layer}.0.SelfAttention"),
                CrossNorm = Vector($"{layer}.1.layer_norm.weight"),
                Cross = new(Matrix, $"{layer}.1.EncDecAttention"),
                FeedForwardNorm = Vector($"{layer}.2.layer_norm.weight"),
                FeedForward = new(Matrix, $"{layer}.2.DenseReluDense", config.IsGatedAct),
            })];
        DecoderNorm = Vector("decoder.final_layer_norm.weight");
        var hasHead = tensors.ContainsKey(WeightShapes.Head);
        Head = hasHead ? Matrix(WeightShapes.Head) : Embedding;
        ScalesOutput = !hasHead && config.TieWordEmbeddings;
    }

    /// <summary>[V, C], of both stacks.</summary>
    public Matrix Embedding { get; }

    /// <summary>[buckets, H]: of a token's distance.</summary>
    public float* LocalBias { get; }

    /// <summary>[buckets, H]: of a block's distance; null without global tokens.</summary>
    public float* GlobalBias { get; }

    public EncoderLayerWeights[] Encoder { get; }

    public float* EncoderNorm { get; }

    /// <summary>Whether there is a decoder; without one, what follows is empty.</summary>
    public bool HasDecoder { get; }

    /// <summary>[buckets, H]: of how long ago a token was decoded.</summary>
    public float* PastBias { get; }

    public DecoderLayerWeights[] Decoder { get; } = [];

    public float* DecoderNorm { get; }

    /// <summary>[V, C]; the embedding where there is no head of its own.</summary>
    public Matrix Head { get; }

    /// <summary>Whether the decoder's output is multiplied by <c>d_model^-0.5</c> before the head.</summary>
    public bool ScalesOutput { get; }

    public void Dispose()
    {
        foreach (var buffer in _owned)
            buffer.Dispose();
        GC.KeepAlive(_owner);
    }

    private Matrix Matrix(string name) => Matrix(name, _type);

    private Matrix Matrix(string name, ElementType? wanted)
    {
        var tensor = Tensor(name);
        var type = wanted ?? (tensor.Type == ElementType.F64 ? ElementType.F32 : tensor.Type);
        if (tensor.Type.IsWhole())
            return Lying(tensor, Vector(WeightShapes.ScalesOf(name)));
        return type == tensor.Type ? Lying(tensor)
            : Convert(tensor, type == ElementType.I8 ? WeightShapes.WholeType(name) : type);
    }

    /// <summary>A tensor where it lies: [rows, columns].</summary>
    private static Matrix Lying(StoredTensor tensor, float* scales = null)
        => new(tensor.Data, tensor.Type, checked((int)tensor.Shape[0]), checked((int)tensor.Shape[1]), scales: scales);

    private Matrix Convert(StoredTensor tensor, ElementType type)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var data = Own((tensor.Count * type.Size() + sizeof(float) - 1) / sizeof(float));
        var scales = type.IsWhole() ? Own(rows) : null;
        _workers.For(rows, row =>
        {
            using var values = Scratch.Rent(columns);
            tensor.CopyTo((long)row * columns, new(values.Pointer, columns));
            var target = (byte*)data + (long)row * columns * type.Size();
            switch (type)
            {
                case ElementType.I8 or ElementType.I16: scales[row] = Integers.Round(values.Pointer, columns, type, target); break;
                case ElementType.BF16: Halves.ToBFloat16(values.Pointer, (ushort*)target, columns); break;
                case ElementType.F16: Halves.ToHalf(values.Pointer, (ushort*)target, columns); break;
                default: new Span<float>(values.Pointer, columns).CopyTo(new(target, columns)); break;
            }
        });
        return new(data, type, rows, columns, null, scales);
    }

    private float* Vector(string name)
    {
        var tensor = Tensor(name);
        var values = Own(tensor.Count);
        tensor.CopyTo(0, new(values, checked((int)tensor.Count)));
        return values;
    }

    private float* Own(long floats)
    {
        var buffer = new NativeBuffer(floats);
        _owned.Add(buffer);
        return buffer.Pointer;
    }

    private StoredTensor Tensor(string name) => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new ArgumentException($"The model has no tensor {name}.", nameof(name));
}
