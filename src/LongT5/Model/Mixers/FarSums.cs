// Shapes: D head width, M features.

using LongT5.Kernels;

namespace LongT5.Model.Mixers;

/// <summary>Sums over keys that were passed, from which any query reads what all of them give together.</summary>
abstract unsafe class FarSums
{
    /// <summary>Forgets all keys.</summary>
    public abstract void Clear();

    /// <summary>Takes in a key and its value: [D] each.</summary>
    public abstract void Add(float* key, float* value);

    /// <summary>What a query sees.</summary>
    /// <param name="query">[D].</param>
    /// <param name="mean">[D]: receives the mean of the values, by their weights.</param>
    /// <returns>The logarithm of the sum of the weights.</returns>
    public abstract float Look(float* query, float* mean);
}

/// <summary>Weights φ(q) · φ(k) with φ(x) = elu(x) + 1 (Katharopoulos et al. 2020).</summary>
/// <param name="width">D.</param>
/// <param name="memory"><see cref="Length"/> floats.</param>
sealed unsafe class EluSums(int width, float* memory) : FarSums
{
    private readonly float* _sum = memory;                                            // [D]
    private readonly float* _values = memory + width;                                 // [D, D]
    private readonly float* _mapped = memory + width + (long)width * width;           // [D]

    /// <summary>Floats that it needs.</summary>
    public static long Length(int width) => (long)width * (width + 2);

    public override void Clear() => new Span<float>(_sum, checked((int)Length(width))).Clear();

    public override void Add(float* key, float* value)
    {
        Map(key);
        Vectors.Add(_sum, _mapped, width);
        for (var i = 0; i < width; i++)
            Vectors.AddScaled(_values + (long)i * width, _mapped[i], value, width);
    }

    public override float Look(float* query, float* mean)
    {
        Map(query);
        new Span<float>(mean, width).Clear();
        var sum = Vectors.Dot(_mapped, _sum, width);
        if (sum <= 0)
            return float.NegativeInfinity;
        for (var i = 0; i < width; i++)
            Vectors.AddScaled(mean, _mapped[i] / sum, _values + (long)i * width, width);
        return MathF.Log(sum);
    }

    private void Map(float* x)
    {
        for (var i = 0; i < width; i++)
            _mapped[i] = x[i] > 0 ? x[i] + 1 : MathF.Exp(x[i]);
    }
}

/// <summary>
/// Weights φ(q) · φ(k) with φ(x) = M^-1/2 exp(W x - |x|²/2), whose mean over W is exp(q · k) (Choromanski et al. 2020).
/// </summary>
/// <remarks>
/// Each feature keeps the greatest exponent so far and sums relative to it: no exponential is above one.
/// </remarks>
/// <param name="width">D.</param>
/// <param name="features">M.</param>
/// <param name="w">[M, D].</param>
/// <param name="memory"><see cref="Length"/> floats.</param>
sealed unsafe class FavorSums(int width, int features, float* w, float* memory) : FarSums
{
    private readonly float* _max = memory;                                            // [M]
    private readonly float* _sum = memory + features;                                 // [M]
    private readonly float* _exponents = memory + 2L * features;                      // [M]
    private readonly float* _values = memory + 3L * features;                         // [M, D]

    /// <summary>Floats that it needs.</summary>
    public static long Length(int width, int features) => features * (width + 3L);

    public override void Clear()
    {
        new Span<float>(_max, features).Fill(float.NegativeInfinity);
        new Span<float>(_sum, features).Clear();
        new Span<float>(_values, checked(features * width)).Clear();
    }

    public override void Add(float* key, float* value)
    {
        Exponents(key);
        for (var i = 0; i < features; i++)
        {
            var values = _values + (long)i * width;
            if (_exponents[i] > _max[i])
            {
                var shrink = MathF.Exp(_max[i] - _exponents[i]);
                _sum[i] *= shrink;
                Vectors.Scale(values, shrink, width);
                _max[i] = _exponents[i];
            }
            var weight = MathF.Exp(_exponents[i] - _max[i]);
            _sum[i] += weight;
            Vectors.AddScaled(values, weight, value, width);
        }
    }

    public override float Look(float* query, float* mean)
    {
        Exponents(query);
        for (var i = 0; i < features; i++)
            _exponents[i] += _max[i] + MathF.Log(_sum[i]);
        var max = Vectors.Max(_exponents, features);
        var total = Softmax.Exp(_exponents, features, max);
        new Span<float>(mean, width).Clear();
        for (var i = 0; i < features; i++)
            Vectors.AddScaled(mean, _exponents[i] / (total * _sum[i]), _values + (long)i * width, width);
        return max + MathF.Log(total / features);
    }

    private void Exponents(float* x)
    {
        var half = Vectors.Dot(x, x, width) / 2;
        for (var i = 0; i < features; i++)
            _exponents[i] = Vectors.Dot(w + (long)i * width, x, width) - half;
    }
}
