using System.Runtime.InteropServices;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Kernels;

namespace LongT5.Tests.Model;

/// <summary>
/// Weights in fewer bits: close to the exact ones, and the same whether converted beforehand or at load.
/// </summary>
public sealed class SmallTypesTests
{
    [Theory]
    [InlineData(ElementType.BF16, 0.02f), InlineData(ElementType.F16, 0.002f), InlineData(ElementType.I8, 0.02f)]
    public void A_converted_folder_computes_what_conversion_at_load_computes(ElementType type, float closeness)
    {
        var folder = Directory.CreateTempSubdirectory("longt5-").FullName;
        try
        {
            using var exact = Checkpoint.Open(Goldens.Path("models", "tglobal-r7-g4"));
            var small = Path.Combine(folder, "small");
            exact.Save(small, type);
            using var converted = Checkpoint.Open(small);
            using var network = Network.Load(exact, Workers.Shared);
            var expected = Logits(network);
            using var beforehand = Network.Load(converted, Workers.Shared);
            using var atLoad = Network.Load(exact, Workers.Shared, new() { WeightType = type });
            var logits = Logits(beforehand);
            if (type == ElementType.I8)
                Assert.Equal(Logits(atLoad), logits);

            var largest = expected.Max(MathF.Abs);
            Assert.True(expected.Zip(logits, (a, b) => MathF.Abs(a - b)).Max() <= closeness * largest);
            Assert.NotEqual(expected, logits);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_eight_bit_folder_verifies_and_is_written_again_as_it_is_but_not_in_another_type()
    {
        var folder = Directory.CreateTempSubdirectory("longt5-").FullName;
        try
        {
            using var exact = Checkpoint.Open(Goldens.Path("models", "tglobal-r7-g4"));
            var (small, again) = (Path.Combine(folder, "small"), Path.Combine(folder, "again"));
            exact.Save(small, ElementType.I8);
            using var converted = Checkpoint.Open(small);
            Assert.Empty(converted.Verify());
            Assert.Equal(ElementType.I16, converted.Tensors["decoder.block.0.layer.0.SelfAttention.q.weight"].Type);
            Assert.Equal(ElementType.I8, converted.Tensors["decoder.block.0.layer.2.DenseReluDense.wo.weight"].Type);
            converted.Save(again, ElementType.I8);
            Assert.Equal(File.ReadAllBytes(Path.Combine(small, "model.safetensors")),
                File.ReadAllBytes(Path.Combine(again, "model.safetensors")));
            Assert.Throws<ArgumentException>(() => converted.Save(Path.Combine(folder, "other"), ElementType.F32));

            const string Query = "decoder.block.0.layer.0.SelfAttention.q.weight";
            var tensor = converted.Tensors[Query];
            var numbers = new short[tensor.Count];
            numbers[^1] = -1024;
            unsafe
            {
                fixed (short* data = numbers)
                {
                    var large = new StoredTensor(new(), Query, ElementType.I16, tensor.Shape, (byte*)data);
                    Assert.Contains("1 of", Assert.Single(CheckpointVerification.Problems([], [large], default)),
                        StringComparison.Ordinal);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_eight_bit_matrix_without_its_scales_is_an_error_that_names_them()
    {
        var folder = Directory.CreateTempSubdirectory("longt5-").FullName;
        try
        {
            using var exact = Checkpoint.Open(Goldens.Path("models", "tglobal-r7-g4"));
            var small = Path.Combine(folder, "small");
            exact.Save(small, ElementType.I8);
            const string Scales = "encoder.block.0.layer.0.TransientGlobalSelfAttention.q.weight_scale";
            var file = Path.Combine(small, "model.safetensors");
            File.WriteAllBytes(file, Replace(File.ReadAllBytes(file), Scales, Scales[..^1] + "x"));
            var error = Assert.Throws<BadFileException>(() => Checkpoint.Open(small));
            Assert.Contains(Scales, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_of_the_format_before_with_attention_in_eight_bits_too_still_reads()
    {
        var folder = Directory.CreateTempSubdirectory("longt5-").FullName;
        try
        {
            using var exact = Checkpoint.Open(Goldens.Path("models", "tglobal-r7-g4"));
            var (now, before) = (Path.Combine(folder, "now"), Path.Combine(folder, "before"));
            exact.Save(now, ElementType.I8);
            Directory.CreateDirectory(before);
            File.Copy(Path.Combine(now, "config.json"), Path.Combine(before, "config.json"));
            SafetensorsWriter.Write(Path.Combine(before, "model.safetensors"),
                exact.Tensors.Values.SelectMany(AllInEightBits));

            using var converted = Checkpoint.Open(before);
            Assert.Empty(converted.Verify());
            Assert.Equal(ElementType.I8, converted.Tensors["decoder.block.0.layer.0.SelfAttention.q.weight"].Type);
            using var network = Network.Load(exact, Workers.Shared);
            using var small = Network.Load(converted, Workers.Shared);
            var (expected, logits) = (Logits(network), Logits(small));
            Assert.True(expected.Zip(logits, (a, b) => MathF.Abs(a - b)).Max() <= 0.1f * expected.Max(MathF.Abs));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<OutgoingTensor> AllInEightBits(StoredTensor tensor)
    {
        var values = new float[tensor.Count];
        tensor.CopyTo(0, values);
        if (!WeightShapes.CanBeInt8(tensor.Name, tensor.Shape))
            return [new(tensor.Name, ElementType.F32, tensor.Shape,
                stream => stream.Write(MemoryMarshal.AsBytes<float>(values)))];
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var (rounded, scales) = (new byte[values.Length], new float[rows]);
        unsafe
        {
            fixed (float* from = values, scale = scales)
            fixed (byte* to = rounded)
                Rounded.ToInt8(from, rows, columns, (sbyte*)to, scale);
        }
        return
        [
            new(tensor.Name, ElementType.I8, tensor.Shape, stream => stream.Write(rounded)),
            new(WeightShapes.ScalesOf(tensor.Name), ElementType.F32, [rows],
                stream => stream.Write(MemoryMarshal.AsBytes<float>(scales))),
        ];
    }

    private static byte[] Replace(byte[] bytes, string text, string by)
    {
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
        System.Text.Encoding.UTF8.GetBytes(by).CopyTo(bytes, at);
        return bytes;
    }

    private static float[] Logits(Network network)
    {
        using var encoded = network.Encode([.. Enumerable.Range(5, 90)]);
        using var session = network.StartDecoding([encoded]);
        var logits = new float[3 * network.Config.VocabSize];
        session.Extend([DecoderSession.Root(0), 0, 1], [0, 17, 30], logits);
        return logits;
    }
}
