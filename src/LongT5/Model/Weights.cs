using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>The weights of a network, by their published names.</summary>
abstract unsafe class Weights : IDisposable
{
    /// <summary>Whether the checkpoint has such a tensor.</summary>
    public abstract bool Has(string name);

    /// <summary>A linear map; <c>lm_head</c> is the embedding where there is no head of its own.</summary>
    /// <param name="module">Its name without <c>.weight</c>.</param>
    public abstract Linear Linear(string module);

    /// <summary>The embedding of a stack: <c>encoder</c> or <c>decoder</c>.</summary>
    public abstract Embedding Embedding(string stack);

    /// <summary>A vector or a table of biases, as floats.</summary>
    public abstract float* Vector(string name);

    /// <summary>Frees what was made for this; what lies in a mapped file belongs to its checkpoint.</summary>
    public abstract void Dispose();
}
