using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

public unsafe class IntegersTests
{
    [Fact]
    public void A_weight_in_8_bits_is_off_by_half_a_step_at_most()
    {
        using var w = Memory.Random(5 * 77, 1);
        using var scales = new Memory(5);
        var rounded = new sbyte[5 * 77];
        fixed (sbyte* target = rounded)
            Rounded.ToInt8(w.Pointer, 5, 77, target, scales.Pointer);
        for (var i = 0; i < rounded.Length; i++)
            Assert.True(Math.Abs(rounded[i] * scales[i / 77] - w[i]) <= 0.5001f * scales[i / 77]);
        for (var row = 0; row < 5; row++)
            Assert.Equal(127, rounded.Skip(row * 77).Take(77).Max(Math.Abs));
    }

    [Fact]
    public void Pairs_of_16_bits_agree_with_the_definition_at_every_length_and_width_of_register()
    {
        const int Rows = 7, Columns = 33;
        for (var length = 1; length <= 130; length++)
        {
            using var x = Memory.Random(Rows * length, length, 100);
            using var w = Memory.Random(Columns * length, length + 1);
            using var scales = new Memory(Panels.Length(Columns, 1), _ => 0);
            var whole = new sbyte[Columns * length];
            fixed (sbyte* data = whole)
            {
                Rounded.ToInt8(w.Pointer, Columns, length, data, scales.Pointer);
                var matrix = new Matrix(data, ElementType.I8, Columns, length, scales: scales.Pointer);
                var depth = Panels.DepthOf(matrix);
                using var packed = new Memory(Panels.Length(Columns, depth));
                for (var first = 0; first < Columns; first += Panels.Width)
                    Panels.Pack(matrix, first, packed.Pointer + first * depth);
                var panels = Panels.Packed(packed.Pointer, depth, Columns) with
                {
                    Type = ElementType.I16,
                    Scales = (nint)scales.Pointer
                };
                foreach (var simd in Simd.Supported)
                {
                    using var a = new Memory(Rows * depth);
                    using var aScales = new Memory(Rows);
                    using var y = new Memory(Rows * Columns);
                    for (var r = 0; r < Rows; r++)
                        aScales.Pointer[r] = simd.ToInt16(x.Pointer + r * length, length,
                            (short*)(a.Pointer + r * depth));
                    simd.Product(a.Pointer, depth, Rows, panels, y.Pointer, Columns, add: false, aScales.Pointer);

                    var expected = new double[Rows * Columns];
                    for (var r = 0; r < Rows; r++)
                        for (var o = 0; o < Columns; o++)
                            for (var k = 0; k < length; k++)
                                expected[r * Columns + o] += (double)x[r * length + k] * whole[o * length + k]
                                    * scales[o];
                    Assert.True(Difference.Relative(y.Span, expected) < 1e-4, $"length {length}, {simd}");
                }
            }
        }
    }

    [Fact]
    public void The_longest_slice_of_the_largest_numbers_does_not_overflow()
    {
        const int Length = 2048;
        using var workers = new Workers(1);
        using var x = new Memory(Length, _ => 3);
        using var y = new Memory(1);
        using var scale = new Memory(1, _ => 1);
        var whole = Enumerable.Repeat((sbyte)127, Length).ToArray();
        fixed (sbyte* data = whole)
            ManyRows.Multiply(x.Pointer, 1, new Matrix(data, ElementType.I8, 1, Length, scales: scale.Pointer),
                y.Pointer, workers);
        Assert.Equal(3f * 127 * Length, y[0], 1f);
    }

    [Fact]
    public void The_largest_weights_of_11_bits_do_not_overflow_either()
    {
        const int Length = 2048;
        using var workers = new Workers(1);
        using var x = new Memory(Length, _ => 3);
        using var y = new Memory(1);
        using var scale = new Memory(1, _ => 1);
        var whole = Enumerable.Repeat((short)1023, Length).ToArray();
        fixed (short* data = whole)
            ManyRows.Multiply(x.Pointer, 1, new Matrix(data, ElementType.I16, 1, Length, scales: scale.Pointer),
                y.Pointer, workers);
        Assert.Equal(3f * 1023 * Length, y[0], 10f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_is_not_hidden(float strange)
    {
        foreach (var simd in Simd.Supported)
        {
            using var x = new Memory(40, i => i == 21 ? strange : i);
            using var rounded = new Memory(20);
            Assert.True(float.IsNaN(simd.ToInt16(x.Pointer, 40, (short*)rounded.Pointer)));
        }
    }

    [Fact]
    public void A_row_of_zeros_stays_one()
    {
        foreach (var simd in Simd.Supported)
        {
            using var x = new Memory(7, _ => 0);
            using var rounded = new Memory(4);
            Assert.Equal(0, simd.ToInt16(x.Pointer, 7, (short*)rounded.Pointer));
            Assert.Equal(new float[4], rounded.Span.ToArray());
        }
    }
}
