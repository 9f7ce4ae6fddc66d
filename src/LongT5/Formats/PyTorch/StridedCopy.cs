namespace LongT5.Formats;

/// <summary>Copies a matrix or vector that does not lie row by row into one that does.</summary>
static unsafe class StridedCopy
{
    private const int Tile = 64;

    /// <param name="source">Element [0, 0].</param>
    /// <param name="size">Bytes of an element: 1, 2, 4 or 8.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result; a vector is one row.</param>
    /// <param name="rowStride">Elements from one row to the next in the source.</param>
    /// <param name="columnStride">Elements from one column to the next in the source.</param>
    /// <param name="destination">Room for rows x columns elements.</param>
    /// <param name="destinationStride">Elements from one row to the next in the result;
    /// its columns, if it is not a part.</param>
    public static void Matrix(byte* source, int size, long rows, long columns, long rowStride, long columnStride,
        byte* destination, long? destinationStride = null)
    {
        var stride = destinationStride ?? columns;
        switch (size)
        {
            case 1:
                Copy(source, rows, columns, rowStride, columnStride, destination, stride);
                break;
            case 2:
                Copy((ushort*)source, rows, columns, rowStride, columnStride, (ushort*)destination, stride);
                break;
            case 4:
                Copy((uint*)source, rows, columns, rowStride, columnStride, (uint*)destination, stride);
                break;
            default:
                Copy((ulong*)source, rows, columns, rowStride, columnStride, (ulong*)destination, stride);
                break;
        }
    }

    /// <summary>In square tiles, so that a transposition stays in the cache on both sides.</summary>
    private static void Copy<T>(
        T* source, long rows, long columns, long rowStride, long columnStride, T* destination, long stride)
            where T : unmanaged
    {
        for (var top = 0L; top < rows; top += Tile)
        {
            var bottom = Math.Min(rows, top + Tile);
            for (var left = 0L; left < columns; left += Tile)
            {
                var right = Math.Min(columns, left + Tile);
                for (var row = top; row < bottom; row++)
                {
                    for (var column = left; column < right; column++)
                        destination[row * stride + column] = source[row * rowStride + column * columnStride];
                }
            }
        }
    }
}
