using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>A token that goes through the decoder: of any session, over any input.</summary>
/// <remarks>
/// Rows may be beams, drafts, or a chain in which each is the next one's past: their keys and values are in the tree
/// before any of them looks, so all come out as they would one by one.
/// </remarks>
/// <param name="tree">Where its past is.</param>
/// <param name="node">Its place there.</param>
/// <param name="token">The token.</param>
/// <param name="memory">What it reads.</param>
/// <param name="logits">[V]: receives its logits; null if not wanted.</param>
/// <param name="state">[C]: receives its last state, behind the last norm; null if not wanted.</param>
/// <param name="looks">[H, L]: receives the weights of the last layer's cross attention; null if not wanted.</param>
/// <param name="probe">Hides tokens of the input and records where the row looks; null for neither.</param>
readonly unsafe struct DecoderRow(
    KeyValueTree tree, int node, int token, CrossMemory memory, float* logits, float* state, float* looks,
    CrossAttentionProbe? probe)
{
    public KeyValueTree Tree => tree;

    public int Node => node;

    public int Token => token;

    public CrossMemory Memory => memory;

    public float* Logits => logits;

    public float* State => state;

    public float* Looks => looks;

    public CrossAttentionProbe? Probe => probe;
}
