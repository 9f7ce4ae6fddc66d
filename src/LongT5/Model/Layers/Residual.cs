// Shapes: N rows, C model width.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>
/// The states that the sub-layers of a stack add to: one stream, or two by turns, of which the inputs follow again from
/// the outputs (Gomez et al. 2017, Kitaev et al. 2020).
/// </summary>
/// <param name="isReversible">Whether there are two.</param>
/// <param name="length">Floats of a stream: N C.</param>
/// <param name="arena">Holds them.</param>
sealed unsafe class Residual(bool isReversible, long length, Arena arena)
{
    private readonly NativeBuffer _first = arena.Take(length);
    private readonly NativeBuffer? _second = isReversible ? arena.Take(length) : null;
    private int _count;

    /// <summary>Whether there are two streams.</summary>
    public bool IsReversible => _second is not null;

    /// <summary>[N, C]: where the embeddings go, and where <see cref="Join"/> leaves the result.</summary>
    public float* Pointer => _first.Pointer;

    /// <summary>Begins with what lies in the first stream.</summary>
    /// <param name="floats">How many floats are used.</param>
    public void Begin(long floats)
    {
        _count = 0;
        if (_second is not null)
            Buffer.MemoryCopy(_first.Pointer, _second.Pointer, floats * sizeof(float), floats * sizeof(float));
    }

    /// <summary>Lets the next sub-layer add to its stream.</summary>
    public void Add(Sublayer sublayer, int layer, int rows)
    {
        for (var slice = 0; !Add(sublayer, layer, slice, rows); slice++)
        {
        }
    }

    /// <summary>Lets the next sub-layer do one slice of that.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Add(Sublayer sublayer, int layer, int slice, int rows)
    {
        var (a, b) = ((nint)_first.Pointer, (nint)(_second ?? _first).Pointer);
        var isEven = _count % 2 == 0;
        sublayer.Add(layer, slice, (float*)(isEven ? b : a), (float*)(isEven ? a : b), rows);
        if (slice + 1 < sublayer.Slices(rows))
            return false;
        _count++;
        return true;
    }

    /// <summary>The mean of the streams, into another place or into the first stream itself.</summary>
    /// <param name="target">[N, C].</param>
    /// <param name="floats">How many floats are used.</param>
    public void Join(float* target, long floats)
    {
        if (target != _first.Pointer)
            Buffer.MemoryCopy(_first.Pointer, target, floats * sizeof(float), floats * sizeof(float));
        if (_second is null)
            return;
        Vectors.Add(target, _second.Pointer, floats);
        Vectors.Scale(target, 0.5f, floats);
    }
}
