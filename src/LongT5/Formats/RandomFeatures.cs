// Shapes: M features, D head width.

using System.Numerics.Tensors;

namespace LongT5.Formats;

/// <summary>The random directions of FAVOR+ (Choromanski et al. 2020).</summary>
static class RandomFeatures
{
    /// <summary>
    /// The directions of a head: orthogonal in blocks of D, each as long as a normal vector of D numbers.
    /// </summary>
    /// <param name="count">M.</param>
    /// <param name="width">D.</param>
    /// <param name="random">Of the numbers.</param>
    /// <param name="target">[M, D].</param>
    public static void Draw(int count, int width, Random random, Span<float> target)
    {
        var block = new double[width][];
        for (var i = 0; i < count; i++)
        {
            var row = Normal(width, random);
            var length = TensorPrimitives.Norm<double>(Normal(width, random));
            // Of normal vectors, made orthogonal one after the other, every direction is as likely as any; twice, since
            // once leaves the rounding of what was taken away.
            for (var again = 0; again < 2; again++)
            {
                for (var j = 0; j < i % width; j++)
                    TensorPrimitives.MultiplyAdd(block[j], -TensorPrimitives.Dot<double>(block[j], row), row, row);
            }
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<double>(row), row);
            block[i % width] = row;
            for (var k = 0; k < width; k++)
                target[i * width + k] = (float)(row[k] * length);
        }
    }

    /// <summary>Numbers of mean 0 and deviation 1 (Box and Muller 1958).</summary>
    public static double[] Normal(int count, Random random)
        => [.. Enumerable.Range(0, count).Select(_
            => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
