using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

/// <summary>Matrices in 8 bits, made row by row as a checkpoint's are.</summary>
static unsafe class Rounded
{
    /// <summary>Rounds w [rows, columns]; scales [rows] say what a one of each row counts.</summary>
    public static void ToInt8(float* w, int rows, int columns, sbyte* target, float* scales)
    {
        for (var row = 0; row < rows; row++)
            scales[row] = Integers.Round(w + (long)row * columns, columns, ElementType.I8,
                target + (long)row * columns);
    }
}
