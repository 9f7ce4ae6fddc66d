using LongT5.Torch;
using LongT5.Torch.Layers;
using LongT5.Training.Data;
using LongT5.Training.Distillation;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>What a batch became on its way through the model: the terms of a loss are made of it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Batch">The examples as tensors.</param>
/// <param name="Memory">The encoder's output, [B, L, C].</param>
/// <param name="Output">The decoder's output, scaled as the head wants it, [B, T, C]; of an encoder alone its own.
/// </param>
sealed record ForwardPass(TorchModel Model, Batch Batch, Tensor Memory, Tensor Output)
{
    /// <summary>The examples that the batch was made of; empty where only the words are learned.</summary>
    public IReadOnlyList<TokenizedExample> Examples { get; init; } = [];

    /// <summary>
    /// What a sum over labels is divided by: null for those of this batch, so that it is their mean. Where the
    /// gradients of several batches are added, the labels of all of them.
    /// </summary>
    public double? Divisor { get; init; }

    /// <summary>What the model computed between input and output; null where nobody wants it.</summary>
    public LayerStates? Layers { get; init; }

    /// <summary>What a teacher says of the batch; null where there is none.</summary>
    public TeacherPass? Teacher { get; init; }

    /// <summary>Gets what each source loses; null where nobody wants it.</summary>
    public LossBySource? BySource { get; init; }

    /// <summary>Batches whose gradients are added: a mean over one of them counts for a part of a step.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Takes a batch through the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="rate">Share of the activations that are dropped; 0 drops none.</param>
    /// <param name="seed">Of the dropout: the same seed drops the same.</param>
    /// <param name="layers">Gets what the model computes between; null where nobody wants it.</param>
    public static ForwardPass Take(TorchModel model, Batch batch, double rate = 0, long seed = 0,
        LayerStates? layers = null)
    {
        var dropout = new Dropout(rate, seed);
        var memory = model.Encode(batch, dropout.At(0), layers?.Encoder);
        var output = model.HeadKind.HasDecoder()
            ? model.Decode(batch, memory, dropout.At(1), layers?.Decoder, layers?.CrossAttention) : memory;
        return new(model, batch, memory, output) { Layers = layers };
    }
}
