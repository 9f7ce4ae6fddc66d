using System.Numerics;
using System.Numerics.Tensors;

namespace LongT5.Kernels;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix in double precision: what singular values are made of.
/// </summary>
/// <remarks>
/// Householder's reflections bring the matrix to three diagonals, then QL steps with implicit shifts bring it to one
/// (Golub and Van Loan, Matrix Computations, 8.3). Vectors are kept as rows, so that every step reads memory in order.
/// </remarks>
static class SymmetricEigen
{
    private const int MostSteps = 60;
    private const double Unit = 1.0 / (1L << 52);

    /// <param name="a">n rows of n, symmetric; destroyed.</param>
    /// <returns>The values, the largest first, and the unit vector of each.</returns>
    /// <exception cref="ArithmeticException">The matrix has a number that is none.</exception>
    public static (double[] Values, double[][] Vectors) Of(double[][] a)
    {
        var n = a.Length;
        var vectors = new double[n][];
        for (var i = 0; i < n; i++)
        {
            vectors[i] = new double[n];
            vectors[i][i] = 1;
        }
        for (var k = 0; k + 2 < n; k++)
            Reflect(a, vectors, k);
        var diagonal = new double[n];
        var beside = new double[n];
        for (var i = 0; i < n; i++)
        {
            diagonal[i] = a[i][i];
            beside[i] = i + 1 < n ? a[i + 1][i] : 0;
        }
        for (var first = 0; first < n; first++)
            Settle(diagonal, beside, vectors, first);
        var order = Enumerable.Range(0, n).OrderByDescending(i => diagonal[i]).ToArray();
        return ([.. order.Select(i => diagonal[i])], [.. order.Select(i => vectors[i])]);
    }

    /// <summary>Makes zero what stands below the second diagonal in a column: a = H a H, vectors = H vectors.</summary>
    private static void Reflect(double[][] a, double[][] vectors, int k)
    {
        var (n, start) = (a.Length, k + 1);
        var v = new double[n];
        for (var i = start; i < n; i++)
            v[i] = a[i][k];
        var length = TensorPrimitives.Norm<double>(v);
        if (length == 0)
            return;
        v[start] += v[start] < 0 ? -length : length;
        TensorPrimitives.Divide(v, TensorPrimitives.Norm<double>(v), v);

        var p = new double[n];
        for (var i = k; i < n; i++)
            p[i] = 2 * TensorPrimitives.Dot<double>(a[i].AsSpan(start), v.AsSpan(start));
        TensorPrimitives.MultiplyAdd(v, -TensorPrimitives.Dot<double>(p.AsSpan(start), v.AsSpan(start)), p, p);
        for (var i = k; i < n; i++)
        {
            TensorPrimitives.MultiplyAdd(p, -v[i], a[i], a[i]);
            TensorPrimitives.MultiplyAdd(v, -p[i], a[i], a[i]);
        }
        var sum = new double[n];
        for (var i = start; i < n; i++)
            TensorPrimitives.MultiplyAdd(vectors[i], v[i], sum, sum);
        for (var i = start; i < n; i++)
            TensorPrimitives.MultiplyAdd(sum, -2 * v[i], vectors[i], vectors[i]);
    }

    /// <summary>Steps until a value stands alone.</summary>
    private static void Settle(double[] diagonal, double[] beside, double[][] vectors, int first)
    {
        for (var step = 0; ; step++)
        {
            var last = first;
            while (last + 1 < diagonal.Length
                && Math.Abs(beside[last]) > Unit * (Math.Abs(diagonal[last]) + Math.Abs(diagonal[last + 1])))
                last++;
            if (last == first)
                return;
            if (step == MostSteps || double.IsNaN(diagonal[first]))
                throw new ArithmeticException(
                    "The matrix has no singular values that can be computed: it holds NaN or infinities.");
            Step(diagonal, beside, vectors, first, last);
        }
    }

    private static void Step(double[] diagonal, double[] beside, double[][] vectors, int first, int last)
    {
        var half = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
        var shift = beside[first] / (half + Math.CopySign(double.Hypot(half, 1), half));
        double g = diagonal[last] - diagonal[first] + shift, sine = 1, cosine = 1, moved = 0;
        for (var i = last - 1; i >= first; i--)
        {
            double f = sine * beside[i], b = cosine * beside[i], r = double.Hypot(f, g);
            beside[i + 1] = r;
            if (r == 0)
            {
                diagonal[i + 1] -= moved;
                beside[last] = 0;
                return;
            }
            (sine, cosine) = (f / r, g / r);
            g = diagonal[i + 1] - moved;
            r = (diagonal[i] - g) * sine + 2 * cosine * b;
            moved = sine * r;
            diagonal[i + 1] = g + moved;
            g = cosine * r - b;
            Rotate(vectors[i], vectors[i + 1], cosine, sine);
        }
        diagonal[first] -= moved;
        beside[first] = g;
        beside[last] = 0;
    }

    private static void Rotate(double[] x, double[] y, double cosine, double sine)
    {
        var i = 0;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> a = new(x, i), b = new(y, i);
            (a * cosine - b * sine).CopyTo(x, i);
            (a * sine + b * cosine).CopyTo(y, i);
        }
        for (; i < x.Length; i++)
            (x[i], y[i]) = (x[i] * cosine - y[i] * sine, x[i] * sine + y[i] * cosine);
    }
}
