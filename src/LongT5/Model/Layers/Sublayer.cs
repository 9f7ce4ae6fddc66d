// Shapes: N rows, C model width.

namespace LongT5.Model.Layers;

/// <summary>A part of the layers of a stack during one run: what the layers share, with the weights of each.</summary>
abstract unsafe class Sublayer
{
    /// <summary>Whether a layer has it.</summary>
    public virtual bool IsIn(int layer) => true;

    /// <summary>Slices that its work in a layer is cut into: done in order, with any pause between them.</summary>
    /// <param name="rows">N.</param>
    public virtual int Slices(int rows) => 1;

    /// <summary>A slice of to += F(norm(from)), with the weights of one layer.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="slice">The slice, from 0.</param>
    /// <param name="from">[N, C].</param>
    /// <param name="to">[N, C]; may be <paramref name="from"/>.</param>
    /// <param name="rows">N.</param>
    public abstract void Add(int layer, int slice, float* from, float* to, int rows);
}
