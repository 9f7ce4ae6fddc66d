using System.Numerics.Tensors;
using LongT5.Machine;
using LongT5.Model;

namespace LongT5.Tasks;

/// <summary>A text as a vector.</summary>
/// <param name="Vector">[C], of length 1.</param>
/// <param name="Tokens">Tokens that were read, the end token among them.</param>
/// <param name="DroppedTokens">Tokens that were not, because of a limit.</param>
public sealed record TextEmbedding(ReadOnlyMemory<float> Vector, int Tokens, int DroppedTokens = 0);

/// <summary>
/// Turns texts into vectors whose inner product says how near they are: the mean of the encoder's states, of length 1.
/// </summary>
/// <remarks>
/// That is mean pooling as sentence-transformers has it, the end token counted. Safe for any number of threads at
/// once, as the model is.
/// </remarks>
/// <param name="model">The model; it stays the caller's to dispose.</param>
public sealed class Embedder(LongT5Model model)
{
    /// <summary>C, the numbers of a vector.</summary>
    public int Dimensions => model.Config.DModel;

    /// <summary>The vector of a text.</summary>
    /// <param name="text">The text; an empty one has the vector of the end token.</param>
    /// <param name="maxTokens">Most tokens that are read, the end token among them; null for all.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <exception cref="InsufficientMemoryException">The text is longer than memory holds.</exception>
    public TextEmbedding Embed(string text, int? maxTokens = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (maxTokens is { } most)
            ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(maxTokens));
        var ids = model.Tokenizer.Encode(text);
        var read = ids.Length > maxTokens ? model.Tokenizer.Encode(text, maxTokens.Value) : ids;
        return Embed(read, cancellation) with { DroppedTokens = ids.Length - read.Length };
    }

    /// <summary>The vector of token ids.</summary>
    /// <param name="ids">At least one.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <exception cref="ArgumentException">There are none, or one is not of the vocabulary.</exception>
    public TextEmbedding Embed(int[] ids, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var memory = model.Scheduler is null ? MemoryBudget.Shared.Reserve(Estimate(ids.Length).Bytes) : null;
        using var encoded = model.Encode(ids, null, cancellation);
        return Mean(encoded);
    }

    /// <summary>The vectors of several inputs: each is, to the last bit, what it is alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <exception cref="ArgumentException">An input is empty, or an id is not of the vocabulary.</exception>
    public IReadOnlyList<TextEmbedding> EmbedAll(
        IReadOnlyList<int[]> inputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        // A scheduler has many readers beside these, and gives each its turn.
        if (model.Scheduler is not null)
            return [.. inputs.Select(ids => Embed(ids, cancellation))];
        using var memory = MemoryBudget.Shared.Reserve(inputs.Sum(ids => Estimate(ids.Length).Bytes));
        var encoded = model.Engine.EncodeBatch(inputs, cancellation: cancellation);
        try
        {
            return [.. encoded.Select(Mean)];
        }
        finally
        {
            foreach (var one in encoded)
                one.Dispose();
        }
    }

    private static TextEmbedding Mean(EncodedInput encoded)
    {
        var mean = new float[encoded.Width];
        for (var token = 0; token < encoded.Length; token++)
            TensorPrimitives.Add(mean, encoded.State(token), mean);
        var length = TensorPrimitives.Norm<float>(mean);
        if (length > 0) TensorPrimitives.Divide(mean, length, mean);
        return new(mean, encoded.Length);
    }

    /// <summary>What reading so many tokens will take.</summary>
    public WorkEstimate Estimate(int tokens) => model.Engine.Estimate(tokens);
}
