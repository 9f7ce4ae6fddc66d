using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>The tensors of a checkpoint with an adapter merged into them: what it changed is made anew, all else stays where it lies.</summary>
static class MergedTensors
{
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">Must live as long as the tensors.</param>
    /// <exception cref="BadFileException">The adapter does not fit the model.</exception>
    /// <exception cref="NotSupportedException">No matrix can hold what the adapter does, or the base is in 8 bits.</exception>
    public static OrderedDictionary<string, StoredTensor> Of(Checkpoint checkpoint, Adapter adapter)
    {
        if (adapter.Config.Kind == AdapterKind.Bottleneck)
            throw new NotSupportedException($"{adapter.Path} holds bottlenecks, which no matrix can take in; use it beside its base.");
        var weights = adapter.Fit(checkpoint.Config, checkpoint.Head);
        var tensors = new OrderedDictionary<string, StoredTensor>(checkpoint.Tensors);
        // A head that is merged is one of its own, so it takes in the scale that a tied one asks for.
        var headScale = checkpoint.ScalesDecoderOutput && !checkpoint.Config.ScalesOutput(hasOwnHead: true)
            ? 1 / MathF.Sqrt(checkpoint.Config.DModel)
            : 1;
        foreach (var name in adapter.Tensors.Keys)
        {
            if (weights.InPlaceOf(name) is { } own)
                tensors[name] = name == WeightShapes.Head && headScale != 1 ? Scaled(own, headScale) : own;
        }
        foreach (var module in weights.Modules)
        {
            var name = $"{module}.weight";
            var part = weights.Beside(module)!;
            if (part is LoraPart lora && !(name == WeightShapes.Head || WeightShapes.CanBeInt8(name, lora.Down.Shape)))
                throw new NotSupportedException($"{adapter.Path} changes {name}, an embedding, which is not merged; use it beside its base.");
            var isTiedHead = name == WeightShapes.Head && !tensors.ContainsKey(name);
            var matrix = tensors[isTiedHead ? WeightShapes.Embedding : name];
            if (matrix.Type.IsWhole())
                throw new NotSupportedException($"{checkpoint.Path} is in 8 bits; merge into the checkpoint that it was made from.");
            tensors[name] = Merged(name, matrix, new(matrix, null, part), isTiedHead ? headScale : 1);
        }
        return tensors;
    }

    private static unsafe StoredTensor Merged(string name, StoredTensor matrix, MergedMatrix merged, float scale)
        => new(matrix.Memory, name, Rounded(matrix.Type), matrix.Shape, destination => Workers.Shared.For((int)matrix.Shape[0], row =>
        {
            using var values = Scratch.Rent(merged.Columns);
            merged.Row(row, new(values.Pointer, merged.Columns));
            Vectors.Scale(values.Pointer, scale, merged.Columns);
            Write(values.Pointer, merged.Columns, matrix.Type, destination + (long)row * merged.Columns * Rounded(matrix.Type).Size());
        }));

    private static unsafe StoredTensor Scaled(StoredTensor tensor, float scale)
        => new(tensor.Memory, tensor.Name, Rounded(tensor.Type), tensor.Shape, destination =>
        {
            var columns = (int)tensor.Shape[1];
            using var values = Scratch.Rent(columns);
            for (var row = 0L; row < tensor.Shape[0]; row++)
            {
                tensor.CopyTo(row * columns, new(values.Pointer, columns));
                Vectors.Scale(values.Pointer, scale, columns);
                Write(values.Pointer, columns, tensor.Type, destination + row * columns * Rounded(tensor.Type).Size());
            }
        });

    /// <summary>The type of what is made: that of the base, as PEFT merges, doubles as floats.</summary>
    private static ElementType Rounded(ElementType type) => type == ElementType.F64 ? ElementType.F32 : type;

    private static unsafe void Write(float* values, int count, ElementType type, byte* target)
    {
        switch (type)
        {
            case ElementType.BF16: Halves.ToBFloat16(values, (ushort*)target, count); break;
            case ElementType.F16: Halves.ToHalf(values, (ushort*)target, count); break;
            default: new Span<float>(values, count).CopyTo(new(target, count)); break;
        }
    }
}
