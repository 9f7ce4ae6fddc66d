// Shapes: N rows, C model width.

namespace LongT5.Model.Layers;

/// <summary>A part of the layers of a stack during one run: what the layers share, with the weights of each.</summary>
abstract unsafe class Sublayer
{
    /// <summary>Whether a layer has it.</summary>
    public virtual bool IsIn(int layer) => true;

    /// <summary>to += F(norm(from)), with the weights of one layer.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="from">[N, C].</param>
    /// <param name="to">[N, C]; may be <paramref name="from"/>.</param>
    /// <param name="rows">N.</param>
    public abstract void Add(int layer, float* from, float* to, int rows);
}
