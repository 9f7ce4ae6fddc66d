using CsCheck;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

/// <summary>
/// Every product against its definition in double, and bit for bit against itself in another company.
/// </summary>
public unsafe class ProductTests
{
    private static readonly Workers s_one = new(1);
    private static readonly Workers s_three = new(3);

    public static TheoryData<ElementType> WeightTypes
        => [ElementType.F32, ElementType.BF16, ElementType.F16, ElementType.I8, ElementType.I16];

    private delegate void Kernel(float* x, int rows, Matrix w, float* y, Workers workers, bool add);

    [Theory, MemberData(nameof(WeightTypes))]
    public void Many_rows_agree_with_the_definition(ElementType type) => AgreesWithDefinition(ManyRows.Multiply, type);

    [Theory, MemberData(nameof(WeightTypes))]
    public void Few_rows_agree_with_the_definition(ElementType type) => AgreesWithDefinition(FewRows.Multiply, type);

    [Theory, MemberData(nameof(WeightTypes))]
    public void A_row_of_many_has_the_bits_that_it_has_alone(ElementType type)
        => RowsAreIndependent(ManyRows.Multiply, type);

    [Theory, MemberData(nameof(WeightTypes))]
    public void A_row_of_few_has_the_bits_that_it_has_alone(ElementType type)
        => RowsAreIndependent(FewRows.Multiply, type);

    [Theory, MemberData(nameof(WeightTypes))]
    public void Any_number_of_few_rows_gives_the_bits_of_one_on_every_width_of_register(ElementType type)
    {
        const int Most = 20;
        foreach (var (width, depth) in new[] { (1, 7), (4, 64), (7, 103), (10, 256), (13, 130) })
        {
            using var x = Memory.Random(Most * depth, width);
            using var w = Memory.Random(width * depth, depth);
            using var stored = new Memory(width * (depth + 1));
            var matrix = Store(w, stored, type, width, depth);
            var expected = Definition(x, Most, w, width, depth);
            using var y = new Memory(Most * width);
            using var alone = new Memory(Most * width);
            foreach (var simd in Simd.Supported)
            {
                for (var row = 0; row < Most; row++)
                    simd.Dots(x.Pointer + row * depth, depth, 1, matrix, 0, width, alone.Pointer + row * width, width,
                        add: false);
                Assert.True(Difference.Relative(alone.Span, expected) < 1e-5, $"{width} of {depth}, {simd}");
                for (var rows = 1; rows <= Most; rows++)
                {
                    y.Span.Fill(float.NaN);
                    simd.Dots(x.Pointer, depth, rows, matrix, 0, width, y.Pointer, width, add: false);
                    Assert.True(y.Span[..(rows * width)].SequenceEqual(alone.Span[..(rows * width)]),
                        $"{rows} rows, {width} of {depth}, {simd}");
                    Assert.True(y.Span[(rows * width)..].IndexOfAnyExcept(float.NaN) < 0,
                        $"{rows} rows wrote beyond their end, {simd}");
                }
            }
        }
    }

    [Fact]
    public void Several_matrices_at_once_give_the_bits_of_each_alone_whatever_their_types()
    {
        const int Rows = 19, Width = 37, Depth = 333;
        ElementType[] types = [ElementType.I16, ElementType.I8, ElementType.I8, ElementType.BF16, ElementType.I16];
        using var x = Memory.Random(Rows * Depth, 1);
        using var stored = new Memory(types.Length * Width * (Depth + 1));
        using var together = new Memory(types.Length * Rows * Width);
        using var alone = new Memory(Rows * Width);
        var outputs = new Output[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            using var w = Memory.Random(Width * Depth, i);
            using var part = new Memory(Width * (Depth + 1));
            Store(w, part, types[i], Width, Depth);
            part.Span.CopyTo(stored.Span[(i * Width * (Depth + 1))..]);
            var data = stored.Pointer + i * Width * (Depth + 1);
            outputs[i] = new(new(data, types[i], Width, Depth, scales: data + Width * Depth),
                together.Pointer + i * Rows * Width);
        }
        ManyRows.Multiply(x.Pointer, Rows, outputs, s_three);
        for (var i = 0; i < types.Length; i++)
        {
            ManyRows.Multiply(x.Pointer, Rows, outputs[i].W, alone.Pointer, s_one);
            Assert.True(together.Span.Slice(i * Rows * Width, Rows * Width).SequenceEqual(alone.Span),
                $"output {i}, {types[i]}");
        }
    }

    [Fact]
    public void A_product_of_few_rows_allocates_nothing()
    {
        using var x = Memory.Random(2 * 64, 1);
        using var w = Memory.Random(32 * 64, 2);
        using var y = new Memory(2 * 32);
        var matrix = new Matrix(w.Pointer, ElementType.F32, 32, 64);
        FewRows.Multiply(x.Pointer, 2, matrix, y.Pointer, s_one);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            FewRows.Multiply(x.Pointer, 2, matrix, y.Pointer, s_one);
            RmsNorm.Rows(y.Pointer, 2, w.Pointer, 1e-6f, y.Pointer, 32, s_one);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void All_widths_agree_on_every_length()
    {
        for (var length = 0; length <= 130; length++)
        {
            using var x = Memory.Random(3 * length, length);
            using var w = Memory.Random(7 * length, length + 1);
            var matrix = new Matrix(w.Pointer, ElementType.F32, 7, length);
            using var packed = new Memory(Panels.Length(7, length));
            Panels.Pack(matrix, 0, packed.Pointer);
            var expected = Definition(x, 3, w, 7, length);
            foreach (var simd in Simd.Supported)
            {
                using var dots = new Memory(21);
                simd.Dots(x.Pointer, length, 3, matrix, 0, 7, dots.Pointer, 7, add: false);
                Assert.True(Difference.Relative(dots.Span, expected) < 3e-6, $"dots of {length}, {simd}");

                using var product = new Memory(21);
                simd.Product(x.Pointer, length, 3, Panels.Packed(packed.Pointer, length, 7), product.Pointer, 7,
                    add: false);
                Assert.True(Difference.Relative(product.Span, expected) < 3e-6, $"product of {length}, {simd}");

                var dot = simd.Dot(x.Pointer, w.Pointer, length);
                Assert.True(Math.Abs(dot - expected[0]) < 1e-5, $"dot of {length}, {simd}");
            }
        }
    }

    [Fact]
    public void Scores_and_mixtures_of_a_head_agree_with_the_definition()
        => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 80], Gen.Int[1, 40], Gen.Int[0, 5]).Sample((rows, keys, width, gap) =>
        {
            var stride = width + gap;
            using var q = Memory.Random(rows * stride, 1);
            using var k = Memory.Random(keys * stride, 2);
            using var v = Memory.Random(keys * stride, 3);
            using var panels = new Memory(Tiles.PanelsLength(keys, width));
            using var s = new Memory(rows * keys);
            using var y = new Memory(rows * width, _ => 1);
            Tiles.PackKeys(k.Pointer, stride, keys, width, panels.Pointer);
            Tiles.Scores(q.Pointer, stride, rows, panels.Pointer, keys, width, s.Pointer, keys);
            using var values = new Memory(Tiles.ValuesLength(keys, width));
            Tiles.PackValues(v.Pointer, stride, keys, width, values.Pointer, keys);
            Tiles.Mix(s.Pointer, keys, rows, values.Pointer, keys, keys, width, y.Pointer, width);

            var scores = new double[rows * keys];
            var mixture = new double[rows * width];
            for (var r = 0; r < rows; r++)
            {
                for (var i = 0; i < keys; i++)
                    for (var c = 0; c < width; c++)
                        scores[r * keys + i] += (double)q[r * stride + c] * k[i * stride + c];
                for (var c = 0; c < width; c++)
                {
                    mixture[r * width + c] = 1;
                    for (var i = 0; i < keys; i++)
                        mixture[r * width + c] += (double)s[r * keys + i] * v[i * stride + c];
                }
            }
            return Difference.Relative(s.Span, scores) < 1e-5 && Difference.Relative(y.Span, mixture) < 1e-5;
        }, threads: 1, iter: 200);

    [Fact]
    public void Keys_and_values_in_bfloat16_give_what_their_rounded_floats_give()
        => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 70], Gen.Int[1, 40]).Sample((rows, keys, width) =>
        {
            using var q = Memory.Random(rows * width, 1);
            using var k = Memory.Random(keys * width, 2);
            using var panels = new Memory(Tiles.PanelsLength(keys, width));
            using var small = new Memory(Tiles.PanelsLength(keys, width));
            using var s = new Memory(rows * keys);
            using var s2 = new Memory(rows * keys);
            using var y = new Memory(rows * width, _ => 0);
            using var y2 = new Memory(rows * width, _ => 0);
            Tiles.PackKeys(k.Pointer, width, keys, width, panels.Pointer);
            Halves.ToBFloat16(panels.Pointer, (ushort*)small.Pointer, Tiles.PanelsLength(keys, width));
            Halves.FromBFloat16((ushort*)small.Pointer, panels.Pointer, Tiles.PanelsLength(keys, width));
            Tiles.Scores(q.Pointer, width, rows, panels.Pointer, keys, width, s.Pointer, keys);
            Tiles.Scores(q.Pointer, width, rows, (ushort*)small.Pointer, keys, width, s2.Pointer, keys);

            var length = Tiles.ValuesLength(keys, width);
            using var values = new Memory(length);
            using var smallValues = new Memory(length);
            Tiles.PackValues(k.Pointer, width, keys, width, values.Pointer, keys);
            Halves.ToBFloat16(values.Pointer, (ushort*)smallValues.Pointer, length);
            Halves.FromBFloat16((ushort*)smallValues.Pointer, values.Pointer, length);
            Tiles.Mix(s.Pointer, keys, rows, values.Pointer, keys, keys, width, y.Pointer, width);
            Tiles.Mix(s.Pointer, keys, rows, (ushort*)smallValues.Pointer, keys, keys, width, y2.Pointer, width);
            return s.Span.SequenceEqual(s2.Span) && y.Span.SequenceEqual(y2.Span);
        }, threads: 1, iter: 200);

    private static void AgreesWithDefinition(Kernel kernel, ElementType type)
        => Gen.Select(Gen.Int[1, 120], Gen.Int[1, 90], Gen.Int[1, 600], Gen.Bool).Sample((rows, width, depth, add) =>
        {
            using var x = Memory.Random(rows * depth, rows);
            using var w = Memory.Random(width * depth, width);
            using var stored = new Memory(width * (depth + 1));
            var matrix = Store(w, stored, type, width, depth);
            using var y = new Memory(rows * width, i => add ? i % 10 : float.NaN);
            kernel(x.Pointer, rows, matrix, y.Pointer, s_three, add);
            var expected = Definition(x, rows, w, width, depth);
            for (var i = 0; add && i < expected.Length; i++)
                expected[i] += i % 10;
            // The largest of many such sums is three standard deviations: a product of two numbers from -1 to 1 has a
            // variance of 1/9.
            return Difference.Relative(y.Span, expected, Math.Sqrt(depth))
                < (type == ElementType.I16 ? 3e-4 : type == ElementType.I8 ? 1e-4 : 1e-5);
        }, threads: 1, iter: 30);

    private static void RowsAreIndependent(Kernel kernel, ElementType type)
        => Gen.Select(Gen.Int[1, 120], Gen.Int[1, 90], Gen.Int[1, 600], Gen.Int[0, 1000])
            .Sample((rows, width, depth, pick) =>
        {
            using var x = Memory.Random(rows * depth, rows);
            using var w = Memory.Random(width * depth, width);
            using var stored = new Memory(width * (depth + 1));
            var matrix = Store(w, stored, type, width, depth);
            using var y = new Memory(rows * width);
            using var alone = new Memory(width);
            kernel(x.Pointer, rows, matrix, y.Pointer, s_three, false);
            var row = pick % rows;
            kernel(x.Pointer + row * depth, 1, matrix, alone.Pointer, s_one, false);
            return y.Span.Slice(row * width, width).SequenceEqual(alone.Span);
        }, threads: 1, iter: 60);

    // Rounds w to the type, so that the definition sees what the kernel sees.
    private static Matrix Store(Memory w, Memory stored, ElementType type, int rows, int columns)
    {
        var count = (long)rows * columns;
        switch (type)
        {
            case ElementType.BF16:
                Halves.ToBFloat16(w.Pointer, (ushort*)stored.Pointer, count);
                Halves.FromBFloat16((ushort*)stored.Pointer, w.Pointer, count);
                break;
            case ElementType.F16:
                Halves.ToHalf(w.Pointer, (ushort*)stored.Pointer, count);
                Halves.FromHalf((ushort*)stored.Pointer, w.Pointer, count);
                break;
            case ElementType.I8:
                var scales = stored.Pointer + count;
                Rounded.ToInt8(w.Pointer, rows, columns, (sbyte*)stored.Pointer, scales);
                for (var i = 0; i < count; i++)
                    w.Pointer[i] = ((sbyte*)stored.Pointer)[i] * scales[i / columns];
                return new Matrix(stored.Pointer, type, rows, columns, scales: scales);
            case ElementType.I16:
                var units = stored.Pointer + count;
                for (var row = 0; row < rows; row++)
                    units[row] = Integers.Round(w.Pointer + row * columns, columns, type,
                        (short*)stored.Pointer + row * columns);
                for (var i = 0; i < count; i++)
                    w.Pointer[i] = ((short*)stored.Pointer)[i] * units[i / columns];
                return new Matrix(stored.Pointer, type, rows, columns, scales: units);
            default:
                w.Span.CopyTo(stored.Span);
                break;
        }
        return new Matrix(stored.Pointer, type, rows, columns);
    }

    private static double[] Definition(Memory x, int rows, Memory w, int width, int depth)
    {
        var y = new double[rows * width];
        for (var r = 0; r < rows; r++)
            for (var o = 0; o < width; o++)
                for (var k = 0; k < depth; k++)
                    y[r * width + o] += (double)x[(long)r * depth + k] * w[(long)o * depth + k];
        return y;
    }
}
