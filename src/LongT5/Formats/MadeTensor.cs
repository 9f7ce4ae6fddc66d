// Shapes: O rows, C numbers of each.

using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>A tensor that is computed row by row when it is asked for, in a type of one's own.</summary>
static unsafe class MadeTensor
{
    /// <summary>Gives a row: [C] floats.</summary>
    public delegate void Row(int row, Span<float> target);

    /// <param name="source">What the rows are made of: the tensor lives as long as this, and has
    /// its type (doubles become floats).</param>
    /// <param name="name">Its name.</param>
    /// <param name="shape">[O, ...]; C is the product of all but the first.</param>
    /// <param name="row">Makes a row; called by several threads.</param>
    public static StoredTensor Of(StoredTensor source, string name, long[] shape, Row row)
    {
        var type = source.Type == ElementType.F64 ? ElementType.F32 : source.Type;
        var columns = checked((int)shape.Skip(1).Aggregate(1L, (product, extent) => product * extent));
        return new(source.Memory, name, type, shape, destination => Workers.Shared.For((int)shape[0], i =>
        {
            using var values = Scratch.Rent(columns);
            row(i, new(values.Pointer, columns));
            var target = destination + (long)i * columns * type.Size();
            switch (type)
            {
                case ElementType.BF16: Halves.ToBFloat16(values.Pointer, (ushort*)target, columns); break;
                case ElementType.F16: Halves.ToHalf(values.Pointer, (ushort*)target, columns); break;
                default: new Span<float>(values.Pointer, columns).CopyTo(new(target, columns)); break;
            }
        }));
    }
}
