using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Benchmarks;

/// <summary>Numbers to compute with: their values do not matter, their memory does.</summary>
static unsafe class Operands
{
    public static NativeBuffer Floats(long length)
    {
        var buffer = new NativeBuffer(length);
        for (long i = 0; i < length; i++)
            buffer.Pointer[i] = (i * 7919 % 2003 - 1001) / 1000f;
        return buffer;
    }

    /// <summary>A matrix of a type, and the memory it lies in.</summary>
    public static (Matrix Matrix, NativeBuffer Memory) Matrix(ElementType type, int rows, int columns)
    {
        var memory = Floats((long)rows * columns * type.Size() / sizeof(float) + rows);
        if (type is ElementType.BF16 or ElementType.F16)
            new Span<ushort>(memory.Pointer, checked(rows * columns)).Fill(0x3C00);
        var scales = memory.Pointer + memory.Length - rows;
        return (new(memory.Pointer, type, rows, columns, scales: type == ElementType.I8 ? scales : null), memory);
    }
}
