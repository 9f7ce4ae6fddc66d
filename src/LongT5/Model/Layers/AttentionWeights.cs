// Shapes: C model width, H heads, D head width, I = H D.

namespace LongT5.Model.Layers;

/// <summary>The weights of one attention: a norm [C]; q, k, v: C to I; o: I to C.</summary>
sealed unsafe class AttentionWeights
{
    /// <param name="weights">Where they are.</param>
    /// <param name="sublayer">The sub-layer among the tensors: <c>encoder.block.0.layer.0</c>.</param>
    /// <param name="module">The attention in it: <c>SelfAttention</c>.</param>
    public AttentionWeights(Weights weights, string sublayer, string module)
    {
        Norm = weights.Vector($"{sublayer}.layer_norm.weight");
        Query = weights.Linear($"{sublayer}.{module}.q");
        Key = weights.Linear($"{sublayer}.{module}.k");
        Value = weights.Linear($"{sublayer}.{module}.v");
        Output = weights.Linear($"{sublayer}.{module}.o");
    }

    public float* Norm { get; }

    public Linear Query { get; }

    public Linear Key { get; }

    public Linear Value { get; }

    public Linear Output { get; }
}
