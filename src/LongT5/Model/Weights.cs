using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The weights of a network by their published names: matrices where they lie, vectors as floats of our own.</summary>
/// <remarks>Owns what had to be converted; what lies in a mapped file belongs to its checkpoint.</remarks>
/// <param name="tensors">By name; matrices of I8 have their scales beside them.</param>
/// <param name="type">What the matrices are converted to; null to use them as they are stored.</param>
/// <param name="workers">Who converts.</param>
sealed unsafe class Weights(
    IReadOnlyDictionary<string, StoredTensor> tensors, ElementType? type, Workers workers) : IDisposable
{
    private readonly Arena _converted = new();
    private Matrix? _embedding;

    /// <summary>[V, C], of both stacks and the head unless one of them has its own; never in 8 bits, because its rows are states.</summary>
    public Matrix Embedding => _embedding ??= Rows(WeightShapes.Embedding);

    /// <summary>[V, C], of the encoder.</summary>
    public Matrix EncoderEmbedding => Has(WeightShapes.EncoderEmbedding) ? Rows(WeightShapes.EncoderEmbedding) : Embedding;

    /// <summary>[V, C], of the decoder.</summary>
    public Matrix DecoderEmbedding => Has(WeightShapes.DecoderEmbedding) ? Rows(WeightShapes.DecoderEmbedding) : Embedding;

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>A linear map.</summary>
    /// <param name="module">Its name without <c>.weight</c>.</param>
    public Linear Linear(string module) => new(Matrix($"{module}.weight", type));

    /// <summary>A vector or a table of biases.</summary>
    public float* Vector(string name)
    {
        var tensor = Tensor(name);
        var values = _converted.Take(tensor.Count).Pointer;
        tensor.CopyTo(0, new(values, checked((int)tensor.Count)));
        return values;
    }

    public void Dispose() => _converted.Dispose();

    private Matrix Rows(string name) => Matrix(name, type == ElementType.I8 ? null : type);

    private Matrix Matrix(string name, ElementType? wanted)
    {
        var tensor = Tensor(name);
        var to = wanted ?? (tensor.Type == ElementType.F64 ? ElementType.F32 : tensor.Type);
        if (tensor.Type.IsWhole())
            return Lying(tensor, Vector(WeightShapes.ScalesOf(name)));
        return to == tensor.Type ? Lying(tensor) : Convert(tensor, to == ElementType.I8 ? WeightShapes.WholeType(name) : to);
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
                case ElementType.I8 or ElementType.I16: scales[row] = Integers.Round(values.Pointer, columns, to, target); break;
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
