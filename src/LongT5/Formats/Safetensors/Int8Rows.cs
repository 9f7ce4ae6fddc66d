using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// A matrix in 8 bits, or in 11 if it is one of attention: each row as whole numbers from -127 to 127 (I8) or from
/// -1023 to 1023 (I16), and in a second tensor what a one of each row counts.
/// </summary>
static class Int8Rows
{
    /// <summary>The two tensors that stand for a matrix.</summary>
    public static IEnumerable<OutgoingTensor> Of(StoredTensor matrix, CancellationToken cancellation)
    {
        yield return new(matrix.Name, WeightShapes.WholeType(matrix.Name), matrix.Shape,
            stream => Round(matrix, (row, _) => stream.Write(row), cancellation));
        yield return new(WeightShapes.ScalesOf(matrix.Name), ElementType.F32, [matrix.Shape[0]],
            stream => Round(matrix, (_, scale) => stream.Write(BitConverter.GetBytes(scale)), cancellation));
    }

    private static unsafe void Round(StoredTensor matrix, Action<byte[], float> write, CancellationToken cancellation)
    {
        var values = new float[matrix.Shape[1]];
        var type = WeightShapes.WholeType(matrix.Name);
        var rounded = new byte[values.Length * type.Size()];
        for (long row = 0; row < matrix.Shape[0]; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            matrix.CopyTo(row * values.Length, values);
            float scale;
            fixed (float* from = values)
            fixed (byte* to = rounded)
                scale = Integers.Round(from, values.Length, type, to);
            write(rounded, scale);
        }
    }
}
