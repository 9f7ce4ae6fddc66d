using System.Runtime.InteropServices;
using LongT5.Formats;
using LongT5.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace LongT5.Torch;

/// <summary>Weights from and to checkpoints.</summary>
public static class TorchWeights
{
    const int Piece = 1 << 24; // elements on their way at a time

    /// <summary>A model with the weights of a checkpoint, and its head.</summary>
    /// <exception cref="ArgumentException">The checkpoint has no decoder, and no head of labels.</exception>
    public static TorchModel Open(Checkpoint checkpoint, TorchOptions options)
        => Open(checkpoint, options, checkpoint.Config, checkpoint.Head);

    /// <summary>A model with the weights of a checkpoint and a head of labels in place of its own.</summary>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="options">Where and how it computes.</param>
    /// <param name="labels">What the outputs of the head are called.</param>
    /// <param name="head">The head.</param>
    /// <param name="seed">Of its random numbers; where the checkpoint has a head of this kind and of these labels, it
    /// stays.</param>
    /// <exception cref="ArgumentException">The checkpoint has no decoder, which the head stands on.</exception>
    public static TorchModel Open(
        Checkpoint checkpoint, TorchOptions options, IReadOnlyList<string> labels, ModelHead head, long seed)
    {
        var stays = checkpoint.Head == head && checkpoint.Config.Labels.SequenceEqual(labels);
        var model = Open(checkpoint, options, checkpoint.Config with { Labels = labels }, head, isNew: !stays);
        if (!stays) model.BeginHead(seed);
        return model;
    }

    static TorchModel Open(
        Checkpoint checkpoint, TorchOptions options, LongT5Config config, ModelHead head, bool isNew = false)
    {
        if (head == ModelHead.None || checkpoint.IsEncoderOnly && head.HasDecoder())
            throw new ArgumentException(
                $"{checkpoint.Path}: an encoder alone cannot be trained to write or to judge texts; a whole model is "
                    + $"needed.");
        string[] own = [WeightShapes.EncoderEmbedding, WeightShapes.DecoderEmbedding];
        if (own.FirstOrDefault(checkpoint.Tensors.ContainsKey) is { } separate)
            throw new ArgumentException($"{checkpoint.Path}: {separate} differs from {WeightShapes.Embedding}; a "
                + $"model is trained with one embedding for both stacks.");
        var model = new TorchModel(config, options, head);
        foreach (var (name, weight) in Kept(model))
        {
            if (isNew && model.LabelModules.Any(module => name.StartsWith($"{module}.", StringComparison.Ordinal)))
                continue;
            var stored = checkpoint.Tensors[name];
            if (stored.Type.IsWhole())
                ReadWhole(stored, checkpoint.Tensors[WeightShapes.ScalesOf(name)].ToArray(), weight);
            else Read(stored, weight);
        }
        return model;
    }

    /// <summary>
    /// A matrix in 8 or 11 bits as float32: the whole numbers of each row, times what a one of it counts.
    /// </summary>
    static void ReadWhole(StoredTensor stored, float[] scales, Tensor destination)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var width = (int)stored.Shape[1];
        var values = new float[width];
        for (var row = 0; row < scales.Length; row++)
        {
            var bytes = stored.Bytes((long)row * width * stored.Type.Size())[..(width * stored.Type.Size())];
            if (stored.Type == ElementType.I8)
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, sbyte>(bytes), values);
            else TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, short>(bytes), values);
            TensorPrimitives.Multiply(values, scales[row], values);
            using var one = NewDisposeScope();
            destination[row].copy_(tensor(values));
        }
    }

    /// <summary>Copies a stored tensor into one of its shape, as float32.</summary>
    public static void Read(StoredTensor stored, Tensor destination)
    {
        if (!stored.Shape.AsSpan().SequenceEqual(destination.shape))
            throw new ArgumentException(
                $"{stored.Name} is [{string.Join(", ", stored.Shape)}], not [{string.Join(", ", destination.shape)}].");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var flat = destination.view(-1);
        for (var start = 0L; start < stored.Count; start += Piece)
        {
            var values = new float[Math.Min(Piece, stored.Count - start)];
            stored.CopyTo(start, values);
            flat.narrow(0, start, values.Length).copy_(tensor(values));
        }
    }

    /// <summary>The weights by their published names, for <see cref="SafetensorsWriter"/>; read when written.</summary>
    public static IEnumerable<OutgoingTensor> Outgoing(TorchModel model)
        => Kept(model).Select(weight => Outgoing(weight.Name, weight.Tensor));

    // What is trained, and what is drawn once and stays.
    static IEnumerable<(string Name, Tensor Tensor)> Kept(TorchModel model)
        => model.named_parameters().Select(weight => (weight.name, (Tensor)weight.parameter))
            .Concat(model.named_buffers().Select(drawn => (drawn.name, drawn.buffer)));

    /// <summary>A tensor on its way to a file, as float32.</summary>
    public static OutgoingTensor Outgoing(string name, Tensor tensor)
        => new(name, ElementType.F32, tensor.shape, stream =>
        {
            using var scope = NewDisposeScope();
            var flat = tensor.detach().cpu().contiguous().view(-1);
            for (var start = 0L; start < flat.NumberOfElements; start += Piece)
                stream.Write(flat.narrow(0, start, Math.Min(Piece, flat.NumberOfElements - start)).bytes);
        });
}
