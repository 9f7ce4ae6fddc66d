// Shapes: V vocabulary, C width, R rank.

using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Adapters;

/// <summary>The weights of a base with those of an adapter beside them. Only the adapter's are its own.</summary>
/// <param name="shared">The base, which must live as long; any number of adapters may stand on it.</param>
/// <param name="adapter">What is put beside it; copied, so its files may be closed afterwards.</param>
/// <param name="workers">Who computes what is made at the start.</param>
sealed unsafe class AdaptedWeights(StoredWeights shared, AdapterWeights adapter, Workers workers) : Weights
{
    private readonly Arena _own = new();

    public override bool Has(string name) => shared.Has(name) || adapter.InPlaceOf(name) is not null;

    public override Linear Linear(string module)
    {
        // A tied head follows the embedding.
        var name = module == "lm_head" && !shared.Has(WeightShapes.Head) && adapter.InPlaceOf(WeightShapes.Head) is null
            ? WeightShapes.Embedding
            : $"{module}.weight";
        var map = adapter.InPlaceOf(name) is { } own ? new MatrixLinear(Copy(own)) : shared.Linear(module);
        return adapter.Beside(module) switch
        {
            null => map,
            LoraPart lora => new LoraLinear(map, Copy(lora.Down), Copy(lora.Up, lora.Scale),
                Vector(lora.Bias, lora.Scale),
                Factors(name, lora)),
            Ia3Part ia3 => new Ia3Linear(map, Vector(ia3.Scales), ia3.IsOfInputs ? (int)ia3.Scales.Count : 0),
            BottleneckPart bottleneck => new BottleneckLinear(map, Copy(bottleneck.Down), Vector(bottleneck.DownBias),
                Copy(bottleneck.Up), Vector(bottleneck.UpBias), bottleneck.NonLinearity),
            var other => throw new InvalidOperationException($"{other.GetType().Name} cannot stand beside {module}."),
        };
    }

    public override Embedding Embedding(string stack)
    {
        var module = $"{stack}.embed_tokens";
        var own = adapter.InPlaceOf($"{module}.weight") ?? adapter.InPlaceOf(WeightShapes.Embedding);
        return shared.Embedding(stack).With(own is null ? null : Copy(own),
            adapter.Beside(module) is LoraPart lora ? new(Copy(lora.Down), Transposed(lora)) : null);
    }

    public override float* Vector(string name)
    {
        var values = adapter.InPlaceOf(name) is { } own ? Vector(own) : shared.Vector(name);
        if (!name.EndsWith(".weight", StringComparison.Ordinal)
            || adapter.Beside(name[..^".weight".Length]) is not LoraPart lora)
            return values;
        // A table of biases: small enough to be made whole.
        int buckets = (int)lora.Down.Shape[1], heads = (int)lora.Up.Shape[0];
        var whole = _own.Take((long)buckets * heads).Pointer;
        new Span<float>(values, buckets * heads).CopyTo(new(whole, buckets * heads));
        var update = new EmbeddingUpdate(Copy(lora.Down), Transposed(lora));
        for (var bucket = 0; bucket < buckets; bucket++)
            update.Add(bucket, whole + (long)bucket * heads, heads);
        return whole;
    }

    public override void Dispose() => _own.Dispose();

    private Matrix Copy(StoredTensor tensor, float scale = 1)
        => new(Vector(tensor, scale), ElementType.F32, (int)tensor.Shape[0], (int)tensor.Shape[1]);

    private float* Vector(StoredTensor? tensor, float scale = 1)
    {
        if (tensor is null)
            return null;
        var values = _own.Take(tensor.Count).Pointer;
        tensor.CopyTo(0, new(values, checked((int)tensor.Count)));
        if (scale != 1)
            Vectors.Scale(values, scale, tensor.Count);
        return values;
    }

    /// <summary>Bᵀ [R, C], scaled.</summary>
    private float* Transposed(LoraPart lora)
    {
        int width = (int)lora.Up.Shape[0], rank = (int)lora.Up.Shape[1];
        var up = Vector(lora.Up, lora.Scale);
        var turned = _own.Take((long)rank * width).Pointer;
        for (var i = 0; i < width; i++)
            for (var k = 0; k < rank; k++)
                turned[(long)k * width + i] = up[(long)i * rank + k];
        return turned;
    }

    /// <summary>What DoRA multiplies each output by; null for LoRA.</summary>
    private float* Factors(string name, LoraPart lora)
    {
        if (lora.Magnitudes is null)
            return null;
        var (matrix, scales) = adapter.InPlaceOf(name) is { } own ? (own, null) : shared.Stored(name);
        var merged = new MergedMatrix(matrix, scales, lora);
        var rows = (int)matrix.Shape[0];
        var factors = _own.Take(rows).Pointer;
        workers.For(rows, row =>
        {
            using var sum = Scratch.Rent(merged.Columns);
            factors[row] = merged.Factor(row, new(sum.Pointer, merged.Columns));
        });
        return factors;
    }
}
