using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>The weights of a checkpoint: matrices where they lie or converted, vectors as floats of our own.</summary>
/// <remarks>
/// Each is made once. When a network has been made, all that it needs is there, and others may read it.
/// </remarks>
/// <param name="tensors">By name; matrices of I8 have their scales beside them.</param>
/// <param name="type">What the matrices are converted to; null to use them as they are stored.</param>
/// <param name="workers">Who converts.</param>
sealed unsafe class StoredWeights(
    IReadOnlyDictionary<string, StoredTensor> tensors, ElementType? type, Workers workers) : Weights
{
    private readonly Arena _converted = new();
    private readonly Dictionary<string, Linear> _linears = [];
    private readonly Dictionary<string, Embedding> _embeddings = [];
    private readonly Dictionary<string, nint> _vectors = [];

    public override bool Has(string name) => tensors.ContainsKey(name);

    public override Linear Linear(string module)
    {
        if (!_linears.TryGetValue(module, out var linear))
        {
            linear = Has($"{module}.a.weight")
                ? new LowRankLinear(Matrix($"{module}.a.weight", type), Matrix($"{module}.b.weight", type))
                : Has($"{module}.weight") ? new MatrixLinear(Matrix($"{module}.weight", type))
                : module == "lm_head" ? Tied()
                : throw new ArgumentException($"The model has no linear map {module}.", nameof(module));
            _linears.Add(module, linear);
        }
        return linear;
    }

    public override Embedding Embedding(string stack)
        => Rows(Has($"{stack}.embed_tokens.weight") ? $"{stack}.embed_tokens.weight" : WeightShapes.Embedding);

    public override float* Vector(string name)
    {
        if (_vectors.TryGetValue(name, out var known))
            return (float*)known;
        var tensor = Tensor(name);
        var values = _converted.Take(tensor.Count).Pointer;
        tensor.CopyTo(0, new(values, checked((int)tensor.Count)));
        _vectors.Add(name, (nint)values);
        return values;
    }

    /// <summary>A tensor as it is stored, and the scales of its rows where it is one of whole numbers.</summary>
    public (StoredTensor Matrix, StoredTensor? Scales) Stored(string name)
        => (Tensor(name), tensors.GetValueOrDefault(WeightShapes.ScalesOf(name)));

    public override void Dispose() => _converted.Dispose();

    /// <summary>The embedding and what widens it are never in 8 bits, because their products are states.</summary>
    private ElementType? RowType => type == ElementType.I8 ? null : type;

    /// <summary>[C, E]: what widens an embedding of low rank.</summary>
    private Matrix? Projection => Has(WeightShapes.Projection) ? Matrix(WeightShapes.Projection, RowType) : null;

    /// <summary>The head that is the embedding: back through what widens it, where something does.</summary>
    private Linear Tied()
    {
        var table = Rows(WeightShapes.Embedding).Table;                               // [V, C] or [V, E]
        if (Projection is not { } projection)
            return new MatrixLinear(table);
        int width = projection.Rows, rank = projection.Columns;
        var stored = Vector(WeightShapes.Projection);
        var turned = _converted.Take((long)rank * width).Pointer;                     // [E, C]
        for (var i = 0; i < width; i++)
            for (var k = 0; k < rank; k++)
                turned[(long)k * width + i] = stored[(long)i * rank + k];
        return new LowRankLinear(new(turned, ElementType.F32, rank, width), table);
    }

    /// <summary>[V, C] or [V, E].</summary>
    private Embedding Rows(string name)
    {
        if (!_embeddings.TryGetValue(name, out var embedding))
            _embeddings.Add(name, embedding = new(Matrix(name, RowType), Projection is { } wide
                ? new MatrixLinear(wide) : null));
        return embedding;
    }

    private Matrix Matrix(string name, ElementType? wanted)
    {
        var tensor = Tensor(name);
        var to = wanted ?? (tensor.Type == ElementType.F64 ? ElementType.F32 : tensor.Type);
        if (tensor.Type.IsWhole())
            return Lying(tensor, Vector(WeightShapes.ScalesOf(name)));
        return to == tensor.Type
            ? Lying(tensor) : Convert(tensor, to == ElementType.I8 ? WeightShapes.WholeType(name) : to);
    }

    /// <summary>A tensor where it lies: [rows, columns].</summary>
    private static Matrix Lying(StoredTensor tensor, float* scales = null)
        => new(tensor.Data, tensor.Type, checked((int)tensor.Shape[0]), checked((int)tensor.Shape[1]), scales: scales);

    private Matrix Convert(StoredTensor tensor, ElementType to)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var data = _converted.Take((tensor.Count * to.Size() + sizeof(float) - 1) / sizeof(float)).Pointer;
        var scales = to.IsWhole() ? _converted.Take(rows).Pointer : null;
        workers.For(rows, row =>
        {
            using var values = Scratch.Rent(columns);
            tensor.CopyTo((long)row * columns, new(values.Pointer, columns));
            var target = (byte*)data + (long)row * columns * to.Size();
            switch (to)
            {
                case ElementType.I8 or ElementType.I16:
                    scales[row] = Integers.Round(values.Pointer, columns, to, target); break;
                case ElementType.BF16: Halves.ToBFloat16(values.Pointer, (ushort*)target, columns); break;
                case ElementType.F16: Halves.ToHalf(values.Pointer, (ushort*)target, columns); break;
                default: new Span<float>(values.Pointer, columns).CopyTo(new(target, columns)); break;
            }
        });
        return new(data, to, rows, columns, null, scales);
    }

    private StoredTensor Tensor(string name) => tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new ArgumentException($"The model has no tensor {name}.", nameof(name));
}
