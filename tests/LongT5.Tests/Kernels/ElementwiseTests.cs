using CsCheck;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

/// <summary>Norms, activations and their kin: every width of register against the definition in double.</summary>
public unsafe class ElementwiseTests
{
    [Fact]
    public void Exp_is_within_two_units_in_the_last_place()
    {
        foreach (var simd in Simd.Supported)
        {
            using var x = new Memory(1 << 16, i => -87.3f * i / (1 << 16));
            using var y = new Memory(1 << 16);
            simd.Exp(x.Pointer, 1 << 16, 0, y.Pointer);
            for (var i = 0; i < 1 << 16; i++)
                Assert.True(Difference.Ulps(y[i], Math.Exp(x[i])) <= 2, $"exp({x[i]}) = {y[i]}, {simd}");
        }
    }

    [Fact]
    public void Exp_of_the_extremes()
    {
        foreach (var simd in Simd.Supported)
        {
            using var x = new Memory(5, i => i switch
            {
                0 => float.NegativeInfinity,
                1 => -1e30f,
                2 => 0,
                3 => 100,
                _ => float.NaN
            });
            simd.Exp(x.Pointer, 5, 0, x.Pointer);
            Assert.Equal([0, 0, 1, float.PositiveInfinity, float.NaN], x.Span.ToArray());
        }
    }

    [Fact]
    public void Softmax_sums_to_one_and_agrees_with_the_definition_at_every_length()
    {
        for (var length = 1; length <= 130; length++)
        {
            using var x = Memory.Random(length, length, 40);
            var largest = x.Span.ToArray().Max();
            var sum = x.Span.ToArray().Sum(value => Math.Exp(value - largest));
            var expected = x.Span.ToArray().Select(value => Math.Exp(value - largest) / sum).ToArray();
            Softmax.Row(x.Pointer, length);
            Assert.True(Difference.Relative(x.Span, expected) < 1e-6);
        }
    }

    [Fact]
    public void Softmax_of_large_numbers_is_that_of_small_ones()
    {
        using var x = new Memory(2, i => 1000 - i);
        Softmax.Row(x.Pointer, 2);
        Assert.Equal(0.7310586f, x[0], 1e-6f);
    }

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluNew)]
    [InlineData(Activation.Silu)]
    public void Activations_agree_with_the_definition(Activation f)
    {
        foreach (var simd in Simd.Supported)
            for (var length = 0; length <= 130; length++)
            {
                using var x = Memory.Random(length, length, length % 2 == 0 ? 1 : 12);
                using var factor = Memory.Random(length, length + 1);
                var expected = x.Span.ToArray().Select(value => Value(f, value)).ToArray();
                var size = x.Span.ToArray();
                using var gated = new Memory(length, i => x[i]);
                simd.Activate(f, x.Pointer, null, length);
                simd.Activate(f, gated.Pointer, factor.Pointer, length);
                for (var i = 0; i < length; i++)
                {
                    Assert.Equal(expected[i], x[i], 1.5e-7 * Math.Max(1, Math.Abs(size[i])) + 2e-7
                        * Math.Abs(expected[i]));
                    Assert.Equal(x[i] * factor[i], gated[i]);
                }
            }
    }

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluNew)]
    [InlineData(Activation.Silu)]
    public void Activations_keep_what_is_not_a_number_and_bear_the_extremes(Activation f)
    {
        foreach (var simd in Simd.Supported)
        {
            using var x = new Memory(4, i => i switch { 0 => float.NaN, 1 => 1e6f, 2 => -1e6f, _ => 0 });
            simd.Activate(f, x.Pointer, null, 4);
            Assert.Equal([float.NaN, 1e6f, 0, 0], x.Span.ToArray());
        }
    }

    [Fact]
    public void The_norm_agrees_with_the_definition_and_rows_are_independent()
    {
        using var workers = new Workers(3);
        for (var width = 1; width <= 130; width++)
        {
            var rows = width % 40 + 1;
            using var x = Memory.Random(rows * width, width, 5);
            using var weight = Memory.Random(width, width + 1);
            using var y = new Memory(rows * width);
            RmsNorm.Rows(x.Pointer, rows, weight.Pointer, 1e-6f, y.Pointer, width, workers);
            for (var r = 0; r < rows; r++)
            {
                var row = x.Span.Slice(r * width, width).ToArray();
                var scale = 1 / Math.Sqrt(row.Sum(value => (double)value * value) / width + 1e-6);
                var expected = row.Select((value, i) => value * scale * weight[i]).ToArray();
                Assert.True(Difference.Relative(y.Span.Slice(r * width, width), expected) < 2e-6);
                RmsNorm.Row(x.Pointer + r * width, weight.Pointer, 1e-6f, x.Pointer + r * width, width);
                Assert.True(y.Span.Slice(r * width, width).SequenceEqual(x.Span.Slice(r * width, width)));
            }
        }
    }

    [Fact]
    public void Sums_scales_and_maxima_agree_with_the_definition_at_every_length()
    {
        foreach (var simd in Simd.Supported)
            for (var length = 0; length <= 130; length++)
            {
                using var x = Memory.Random(length, length);
                using var y = Memory.Random(length, length + 1);
                var expected = y.Span.ToArray().Select((value, i) => ((double)value + x[i] + 0.3f * x[i]) * 7)
                    .ToArray();
                simd.Add(y.Pointer, x.Pointer, length);
                simd.AddScaled(y.Pointer, 0.3f, x.Pointer, length);
                simd.Scale(y.Pointer, 7, length);
                Assert.True(Difference.Relative(y.Span, expected) < 1e-6);
                Assert.Equal(x.Span.ToArray().Append(float.NegativeInfinity).Max(), simd.Max(x.Pointer, length));
            }
    }

    [Fact]
    public void Adding_gives_the_largest_sum_at_every_length_and_what_is_masked_stays_so()
    {
        for (var length = 0; length <= 130; length++)
        {
            using var x = Memory.Random(length, length);
            using var y = Memory.Random(length, length + 1);
            if (length > 0)
                x.Span[length / 2] = float.NegativeInfinity;
            var expected = x.Span.ToArray().Zip(y.Span.ToArray(), (a, b) => a + b).ToArray();
            foreach (var simd in Simd.Supported)
            {
                using var sum = new Memory(length, i => y[i]);
                Assert.Equal(expected.Append(float.NegativeInfinity).Max(),
                    simd.AddThenMax(sum.Pointer, x.Pointer, length));
                Assert.Equal(expected, sum.Span.ToArray());
            }
        }
    }

    [Fact]
    public void Every_half_and_bfloat16_becomes_the_float_that_it_stands_for()
    {
        foreach (var simd in Simd.Supported)
        {
            using var bits = new Memory(1 << 15,
                i => BitConverter.UInt32BitsToSingle((uint)(2 * i | (2 * i + 1) << 16)));
            using var half = new Memory(1 << 16);
            using var brain = new Memory(1 << 16);
            simd.FromHalf((ushort*)bits.Pointer, half.Pointer, 1 << 16);
            simd.FromBFloat16((ushort*)bits.Pointer, brain.Pointer, 1 << 16);
            for (var i = 0; i < 1 << 16; i++)
            {
                Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)i), half[i]);
                Assert.Equal(BitConverter.UInt32BitsToSingle((uint)i << 16), brain[i]);
            }
        }
    }

    [Fact]
    public void Rounding_to_bfloat16_is_to_the_nearest_with_ties_to_even()
    {
        var special = new[] { 0f, -0f, 1f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.MaxValue,
            float.Epsilon };
        Gen.UInt.Select(BitConverter.UInt32BitsToSingle).Array[0, 80].Sample(values =>
        {
            values = [.. values, .. special,
                .. values.Select(
                    value => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF8000))];
            foreach (var simd in Simd.Supported)
            {
                using var x = new Memory(values.Length, i => values[i]);
                using var y = new Memory(values.Length);
                simd.ToBFloat16(x.Pointer, (ushort*)y.Pointer, values.Length);
                for (var i = 0; i < values.Length; i++)
                {
                    var rounded = Halves.FromBFloat16(((ushort*)y.Pointer)[i]);
                    Assert.Equal(Halves.ToBFloat16(values[i]), ((ushort*)y.Pointer)[i]);
                    if (float.IsNaN(values[i]))
                        Assert.True(float.IsNaN(rounded));
                    else if (float.IsFinite(rounded))
                        Assert.True(IsNearest(values[i], ((ushort*)y.Pointer)[i]), $"{values[i]:R} to {rounded:R}");
                }
            }
        }, threads: 1, iter: 200);

        static bool IsNearest(float value, ushort bits)
        {
            var distance = Math.Abs((double)value - Halves.FromBFloat16(bits));
            var (below, above) = ((ushort)(bits - 1), (ushort)(bits + 1));
            return new[] { below, above }.All(other =>
            {
                var neighbour = Halves.FromBFloat16(other);
                if (!float.IsFinite(neighbour) || float.Sign(neighbour) * float.Sign(value) < 0)
                    return true;
                var its = Math.Abs((double)value - neighbour);
                return distance < its || (distance == its && ushort.IsEvenInteger(bits));
            });
        }
    }

    private static double Value(Activation f, double x) => f switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Gelu => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
        Activation.GeluNew => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        _ => x / (1 + Math.Exp(-x)),
    };

    // The series, which converges everywhere; far out it is 1.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
            return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-18; n++)
            sum += (term *= -x * x / n) / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
