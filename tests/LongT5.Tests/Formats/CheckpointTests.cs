using System.Runtime.InteropServices;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Tests.Formats;

public sealed class CheckpointTests : IDisposable
{
    private static readonly string Plain = Goldens.Path("formats", "safetensors");
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_plain_folder_is_used_where_it_lies()
    {
        using var checkpoint = Checkpoint.Open(Plain);

        var facts = CheckpointFacts.Of(checkpoint);
        Assert.Equal("safetensors", checkpoint.Layout);
        Assert.Equal((55, 54080L, 216320L, 216320L), (facts.Tensors, facts.Parameters, facts.Bytes, facts.MappedBytes));
        Assert.Equal(["decoder", "embedding", "encoder", "head"], facts.ParametersByPart.Keys.Order());
        Assert.Equal(facts.Parameters, facts.ParametersByPart.Values.Sum());
        Assert.Equal(54080, facts.ParametersByType[ElementType.F32]);
        Assert.Empty(checkpoint.Verify());
        Assert.Equal(0, checkpoint.GenerationFields!.Value.GetProperty("decoder_start_token_id").GetInt32());
    }

    [Fact]
    public void A_file_of_weights_opens_like_its_folder()
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(Plain, "model.safetensors"));
        Assert.Equal(55, checkpoint.Tensors.Count);
    }

    [Fact]
    public void One_error_lists_everything_that_is_missing_unexpected_mis_shaped_or_no_floating_point()
    {
        var folder = Changed((name, tensor) => name switch
        {
            "shared.weight" => [OutgoingTensor.Of(name, [1, 2], new float[2])],
            "lm_head.weight" => [OutgoingTensor.Of(name, tensor.Shape, new int[tensor.Count])],
            "encoder.final_layer_norm.weight" => [],
            "decoder.final_layer_norm.weight" => [],
            "decoder.block.0.layer.0.layer_norm.weight" => [OutgoingTensor.Of("odd", [1], new float[1]),
                OutgoingTensor.Of(name, tensor.Shape, tensor.ToArray())],
            _ => [OutgoingTensor.Of(name, tensor.Shape, tensor.ToArray())],
        });

        var message = Assert.Throws<BadFileException>(() => Checkpoint.Open(folder)).Message;

        Assert.Contains("2 missing: encoder.final_layer_norm.weight; decoder.final_layer_norm.weight", message,
            StringComparison.Ordinal);
        Assert.Contains("1 unexpected: odd", message, StringComparison.Ordinal);
        Assert.Contains("1 of another shape: shared.weight is [1, 2], not [160, 32]", message,
            StringComparison.Ordinal);
        Assert.Contains("1 without floating point: lm_head.weight is I32", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, false, true)]  // untied, head of its own
    [InlineData(true, false, false, true)]   // tied by name, but the head differs: it serves, unscaled, and a warning
    [InlineData(true, true, true, false)]    // tied: no head, scaled, and nothing is odd
    [InlineData(false, true, false, false)]  // untied, but the head is lost: unscaled, and a warning
    public void The_head_serves_as_the_configuration_and_the_file_say(bool tied, bool dropHead, bool scaled, bool own)
    {
        var folder = Changed((name, tensor) => dropHead && name == "lm_head.weight" ? []
            : [OutgoingTensor.Of(name, tensor.Shape, tensor.ToArray())]);
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace(
            "\"tie_word_embeddings\": false", tied ? "\"tie_word_embeddings\": true" : "\"tie_word_embeddings\": false",
            StringComparison.Ordinal));

        using var checkpoint = Checkpoint.Open(folder);

        Assert.Equal((scaled, own), (checkpoint.ScalesDecoderOutput, checkpoint.HasOwnHead));
        Assert.Equal(tied == dropHead ? 0 : 1, checkpoint.Warnings.Count);
    }

    [Fact]
    public void A_T5_opens_under_the_names_that_it_has()
    {
        var folder = Changed((name, tensor) => name.Contains("global_", StringComparison.Ordinal) ? []
            : [OutgoingTensor.Of(name.Replace("TransientGlobal", "", StringComparison.Ordinal), tensor.Shape,
                tensor.ToArray())]);
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"longt5\"", "\"t5\"", StringComparison.Ordinal));

        using var checkpoint = Checkpoint.Open(folder);

        Assert.Equal(EncoderAttention.Full, checkpoint.Config.EncoderAttentionType);
        Assert.Contains("encoder.block.1.layer.0.SelfAttention.q.weight", checkpoint.Tensors.Keys);
    }

    [Fact]
    public void Verifying_names_the_tensor_with_NaN_and_saving_refuses_it()
    {
        var folder = Changed((name, tensor) =>
        {
            var values = tensor.ToArray();
            if (name == "shared.weight")
                (values[5], values[7]) = (float.NaN, float.NegativeInfinity);
            return [OutgoingTensor.Of(name, tensor.Shape, values)];
        });
        using var checkpoint = Checkpoint.Open(folder);

        Assert.Equal("shared.weight: 2 of 5120 numbers are NaN or infinite, the first at 5.",
            Assert.Single(checkpoint.Verify()));
        var target = Path.Combine(_scratch.Root, "saved");
        Assert.Throws<BadFileException>(() => checkpoint.Save(target));
        Assert.False(Directory.Exists(target));
    }

    [Theory, InlineData(1), InlineData(16)]
    public void A_header_that_would_reach_past_the_file_is_not_read(int beyond)
    {
        var file = TinyFiles.SafetensorsOf("{}", []);
        BitConverter.TryWriteBytes(file, file.Length - 8L + beyond);
        var path = _scratch.Write("a.safetensors", file);
        Assert.Contains("the file is cut short",
            Assert.Throws<BadFileException>(() => TinyFiles.OpenSafetensors(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifying_finds_what_lies_behind_the_first_piece_and_takes_large_numbers_for_numbers()
    {
        const int Count = 600_000;
        var values = Enumerable.Repeat(float.MaxValue, Count).ToArray();
        Assert.Empty(Problems());
        values[400_001] = values[Count - 1] = float.NaN;
        Assert.Equal(["a: 2 of 600000 numbers are NaN or infinite, the first at 400001."], Problems());
        values[0] = float.NegativeInfinity;
        Assert.Equal(["a: 3 of 600000 numbers are NaN or infinite, the first at 0."], Problems());

        List<string> Problems()
        {
            var path = _scratch.Write("a.safetensors", TinyFiles.SafetensorsOf(
                $$$"""{"a":{"dtype":"F32","shape":[{{{Count}}}],"data_offsets":[0,{{{4 * Count}}}]}}""",
                MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
            using var file = TinyFiles.OpenSafetensors(path);
            return CheckpointVerification.Problems([], file.Tensors, default);
        }
    }

    [Theory]
    [InlineData("safetensors", null, long.MaxValue, 1)]
    [InlineData("safetensors", ElementType.BF16, 30_000, 4)]
    [InlineData("flax", ElementType.F16, long.MaxValue, 1)]
    [InlineData("t5x-bfloat16", ElementType.F32, 60_000, 4)]
    [InlineData("head-aliased-bin", null, long.MaxValue, 1)]
    [InlineData("encoder-only", null, long.MaxValue, 1)]
    public void What_is_saved_opens_again_with_the_same_numbers(string source, ElementType? type, long shard, int files)
    {
        var folder = Path.Combine(_scratch.Root, "saved");
        using var checkpoint = Checkpoint.Open(Goldens.Path("formats", source));
        checkpoint.Save(folder, type, shard);

        using var saved = Checkpoint.Open(folder);
        Assert.Equal(files, Directory.GetFiles(folder, "*.safetensors").Length);
        Assert.Equal(checkpoint.Config with { EosTokenIds = [] }, saved.Config with { EosTokenIds = [] });
        Assert.Equal(checkpoint.Tensors.Keys.Order(), saved.Tensors.Keys.Order());
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            Assert.Equal(type ?? tensor.Type, saved.Tensors[name].Type);
            Assert.Equal(tensor.ToArray().Select(value => type switch
            {
                ElementType.F16 => (float)(Half)value,
                ElementType.BF16 => EveryLayoutTests.Rounded("bf16", value),
                _ => value,
            }), saved.Tensors[name].ToArray());
        }
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_scratch.Root),
            entry => entry.EndsWith(".tmp", StringComparison.Ordinal));
        // transformers opens no file that does not say whose tensors it holds.
        foreach (var path in Directory.GetFiles(folder, "*.safetensors"))
            using (var file = Safetensors.Open(path)) Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void A_number_that_half_precision_cannot_hold_is_an_error_and_leaves_nothing()
    {
        var folder =
            Changed(
                (name, tensor) =>
                    [OutgoingTensor.Of(name, tensor.Shape, tensor.ToArray().Select(value => value * 1e6f).ToArray())]);
        var target = Path.Combine(_scratch.Root, "saved");
        using var checkpoint = Checkpoint.Open(folder);

        Assert.Contains("bf16",
            Assert.Throws<ArgumentException>(() => checkpoint.Save(target, ElementType.F16)).Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_scratch.Root),
            entry => entry.Contains("saved", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shard_without_room_is_refused_before_a_folder_is_made()
    {
        using var checkpoint = Checkpoint.Open(Plain);
        var folder = Path.Combine(_scratch.Root, "saved");
        Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint.Save(folder, maxShardSize: 0));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void What_stands_in_a_folder_is_not_overwritten()
    {
        using var checkpoint = Checkpoint.Open(Plain);
        _scratch.Write("precious.txt", [1]);
        Assert.Throws<IOException>(() => checkpoint.Save(_scratch.Root));
        Assert.True(File.Exists(Path.Combine(_scratch.Root, "precious.txt")));
    }

    [Fact]
    public void A_folder_without_configuration_or_without_weights_says_what_is_missing()
    {
        Assert.Contains("model.safetensors",
            Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(_scratch.Root)).Message,
            StringComparison.Ordinal);
        _scratch.Write("model.safetensors", TinyFiles.Safetensors);
        Assert.Contains("config.json",
            Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(_scratch.Root)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_leaves_what_was_there()
    {
        var path = _scratch.Write("model.safetensors", TinyFiles.Safetensors);
        Assert.Throws<InvalidDataException>(() => SafetensorsWriter.Write(path,
            [new("a", ElementType.F32, [2], stream => throw new InvalidDataException("disk"))]));
        Assert.Throws<ArgumentException>(
            () => SafetensorsWriter.Write(path, [new("a", ElementType.F32, [2], stream => stream.WriteByte(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path,
            [OutgoingTensor.Of("a", [1], new float[1]), OutgoingTensor.Of("a", [1], new float[1])]));
        Assert.Equal(TinyFiles.Safetensors, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_scratch.Root));
    }

    /// <summary>The plain folder with other tensors.</summary>
    private string Changed(Func<string, StoredTensor, IEnumerable<OutgoingTensor>> change)
    {
        var folder = _scratch.Folder();
        using var file = Safetensors.Open(Path.Combine(Plain, "model.safetensors"));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"),
            file.Tensors.SelectMany(item => change(item.Key, item.Value)));
        File.Copy(Path.Combine(Plain, "config.json"), Path.Combine(folder, "config.json"));
        return folder;
    }
}
