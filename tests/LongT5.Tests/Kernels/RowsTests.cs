using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

/// <summary>
/// Rows that lie anywhere: their products and their weighted sum are those of plain loops, at every length.
/// </summary>
public sealed unsafe class RowsTests
{
    [Fact]
    public void Dots_and_sums_of_scattered_rows_equal_plain_loops()
    {
        var random = new Random(1);
        const int Offset = 3;
        using var memory = new NativeBuffer(20 * 200);
        for (var i = 0; i < memory.Length; i++)
            memory.Pointer[i] = random.NextSingle() - 0.5f;
        foreach (var simd in Simd.Supported)
        {
            for (var n = 0; n <= 130; n++)
            {
                var count = n % 19;
                var rows = Enumerable.Range(0, count).Select(_ => (nint)(memory.Pointer + random.Next(19) * 200))
                    .ToArray();
                var (x, p, dots, sum) = (Some(n), Some(count), new float[count], Some(n));
                var before = sum.ToArray();
                fixed (float* xAt = x, pAt = p, dotsAt = dots, sumAt = sum)
                fixed (nint* rowsAt = rows)
                {
                    simd.DotEach(xAt, rowsAt, Offset, count, n, dotsAt);
                    simd.MixEach(pAt, rowsAt, Offset, count, n, sumAt);
                }
                for (var i = 0; i < count; i++)
                    Assert.Equal(Enumerable.Range(0, n).Sum(k => (double)x[k] * ((float*)rows[i])[Offset + k]),
                        dots[i], 1e-5);
                for (var k = 0; k < n; k++)
                    Assert.Equal(before[k] + Enumerable.Range(0, count)
                        .Sum(i => (double)p[i] * ((float*)rows[i])[Offset + k]), sum[k], 1e-5);
            }
        }

        float[] Some(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
