using System.Numerics.Tensors;
using LongT5.Tasks;

namespace LongT5.Documents.Search;

/// <summary>Whose vectors an index holds: vectors of another model say nothing beside them.</summary>
/// <param name="Name">What the model was called.</param>
/// <param name="Probe">The vector that it gave one fixed sentence, by which it is known again.</param>
public sealed record IndexedModel(string Name, ReadOnlyMemory<float> Probe)
{
    private const string Sentence = "The library of the village opens at nine, and its 42 readers come at noon.";

    // Two kinds of processor differ by less, two models by far more.
    private const float MostApart = 1e-3f;

    /// <summary>C, the numbers of a vector.</summary>
    public int Dimensions => Probe.Length;

    /// <summary>The model of an embedder.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="embedder">Gives its vectors.</param>
    public static IndexedModel Of(string name, Embedder embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return new(name, embedder.Embed(Sentence).Vector);
    }

    /// <summary>Whether vectors of the other model can stand beside those of this one.</summary>
    public bool Fits(IndexedModel? other)
        => other is not null && other.Dimensions == Dimensions
            && TensorPrimitives.Distance(Probe.Span, other.Probe.Span) < MostApart;
}
