using System.Numerics.Tensors;

namespace LongT5.Formats;

/// <summary>
/// The tensors of a checkpoint with an adapter merged into them: what it changed
/// is made anew, all else stays where it lies.
/// </summary>
static class MergedTensors
{
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">Must live as long as the tensors.</param>
    /// <exception cref="BadFileException">The adapter does not fit the model.</exception>
    /// <exception cref="NotSupportedException">No matrix can hold what the adapter
    /// does, or the base is in 8 bits.</exception>
    public static OrderedDictionary<string, StoredTensor> Of(Checkpoint checkpoint, Adapter adapter)
    {
        if (adapter.Config.Kind == AdapterKind.Bottleneck)
            throw new NotSupportedException(
                $"{adapter.Path} holds bottlenecks, which no matrix can take in; use it beside its base.");
        var (config, head) = adapter.Over(checkpoint.Config, checkpoint.Head);
        var weights = adapter.Fit(config, head);
        // A head that takes another's place leaves nothing of it, nor of a decoder that it does not stand on.
        var wanted = WeightShapes.Of(config, head).Select(weight => weight.Name).ToHashSet();
        var tensors = new OrderedDictionary<string, StoredTensor>(head == checkpoint.Head ? checkpoint.Tensors
            : checkpoint.Tensors.Where(tensor => wanted.Contains(tensor.Key)
                || tensor.Key is WeightShapes.EncoderEmbedding or WeightShapes.DecoderEmbedding && head.HasDecoder()));
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
                throw new NotSupportedException(
                    $"{adapter.Path} changes {name}, an embedding, which is not merged; use it beside its base.");
            var isTiedHead = name == WeightShapes.Head && !tensors.ContainsKey(name);
            var matrix = tensors[isTiedHead ? WeightShapes.Embedding : name];
            if (matrix.Type.IsWhole())
                throw new NotSupportedException(
                    $"{checkpoint.Path} is in 8 bits; merge into the checkpoint that it was made from.");
            tensors[name] = Merged(name, matrix, new(matrix, null, part), isTiedHead ? headScale : 1);
        }
        return tensors;
    }

    private static StoredTensor Merged(string name, StoredTensor matrix, MergedMatrix merged, float scale)
        => MadeTensor.Of(matrix, name, matrix.Shape, (row, target) =>
        {
            merged.Row(row, target);
            TensorPrimitives.Multiply(target, scale, target);
        });

    private static StoredTensor Scaled(StoredTensor tensor, float scale)
        => MadeTensor.Of(tensor, tensor.Name, tensor.Shape, (row, target) =>
        {
            tensor.CopyTo((long)row * target.Length, target);
            TensorPrimitives.Multiply(target, scale, target);
        });
}
