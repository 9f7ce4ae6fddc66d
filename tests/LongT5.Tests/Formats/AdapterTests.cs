using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Tests.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Formats;

/// <summary>Folders of adapters, read with care.</summary>
public sealed class AdapterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-adapters-").FullName;

    [Theory]
    [InlineData("lora", "\"peft_type\": \"LORA\"", "\"peft_type\": \"LOHA\"", "peft_type", "LORA, IA3 or BOTTLENECK")]
    [InlineData("lora", "\"r\": 3", "\"r\": 3, \"use_qalora\": true", "use_qalora", "not computed here")]
    [InlineData("lora", "\"r\": 3", "\"r\": 3, \"layer_replication\": [[0, 1]]", "layer_replication",
        "not computed here")]
    [InlineData("lora", "\"r\": 3", "\"r\": 3, \"fan_in_fan_out\": true", "fan_in_fan_out", "not computed here")]
    [InlineData("lora", "\"r\": 3", "\"r\": 3, \"init_lora_weights\": \"pissa\"", "init_lora_weights", "plain LoRA")]
    [InlineData("lora", "\"wo\": 2", "\"(\": 2", "alpha_pattern", "no pattern")]
    [InlineData("pfeiffer", "\"placement\": \"pfeiffer\", ", "", "placement", "houlsby or pfeiffer")]
    [InlineData("houlsby", "silu", "gelu_new", "non_linearity", "relu, gelu or silu")]
    [InlineData("houlsby", "\"bottleneck_size\": 3", "\"bottleneck_size\": 0", "bottleneck_size", "from 1")]
    public void What_is_not_computed_here_is_named(string kind, string there, string instead, string field,
        string expected)
    {
        var path = Path.Combine(Write(kind), "adapter_config.json");
        var config = File.ReadAllText(path);
        Assert.Contains(there, config, StringComparison.Ordinal);
        File.WriteAllText(path, config.Replace(there, instead, StringComparison.Ordinal));
        var message = Assert.Throws<BadFileException>(() => Adapter.Open(_folder)).Message;
        Assert.Contains(field, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Alpha_follows_the_first_pattern_that_ends_a_modules_name()
    {
        using var adapter = Adapter.Open(Write("lora", ", \"rank_pattern\": {}"));
        Assert.Equal(2f / 3, adapter.Config.Scale("encoder.block.0.layer.1.DenseReluDense.wo", 3));
        Assert.Equal(5f / 3, adapter.Config.Scale("encoder.block.0.layer.1.DenseReluDense.two", 3));
        Assert.Equal(5f / 3, adapter.Config.Scale("encoder.block.0.layer.0.SelfAttention.q", 3));
    }

    [Fact]
    public void An_adapter_of_another_model_names_what_does_not_fit_and_its_base()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        var other = RandomAdapter.Write(_folder, model.Config with { DModel = 16, NumLayers = 5 }, "lora", 1);
        var message = Assert.Throws<BadFileException>(() => model.WithAdapter(other)).Message;
        Assert.Contains("q", message, StringComparison.Ordinal);
        Assert.Contains("somewhere/base", message, StringComparison.Ordinal);
        Assert.True(message.Length < 800, message);
    }

    [Fact]
    public void A_half_of_an_adapter_is_no_adapter()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        Rewrite(tensor => IsSecondHalf(tensor.Name)
            ? null : OutgoingTensor.Of(tensor.Name, tensor.Shape, tensor.ToArray()));
        Assert.Contains("decoder.block.0.layer.0.SelfAttention.q lacks a part",
            Assert.Throws<BadFileException>(() => model.WithAdapter(_folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Halves_of_an_adapter_that_do_not_fit_each_other_are_refused()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        Rewrite(tensor => IsSecondHalf(tensor.Name)
            ? OutgoingTensor.Of(tensor.Name, [tensor.Shape[0], tensor.Shape[1] + 1],
                new float[tensor.Shape[0] * (tensor.Shape[1] + 1)])
            : OutgoingTensor.Of(tensor.Name, tensor.Shape, tensor.ToArray()));
        Assert.Contains("SelfAttention.q", Assert.Throws<BadFileException>(() => model.WithAdapter(_folder)).Message,
            StringComparison.Ordinal);
    }

    private static bool IsSecondHalf(string name)
        => name.EndsWith("0.SelfAttention.q.lora_B.weight", StringComparison.Ordinal);

    private void Rewrite(Func<StoredTensor, OutgoingTensor?> change)
    {
        Write("lora");
        var path = Path.Combine(_folder, "adapter_model.safetensors");
        OutgoingTensor[] kept;
        using (var file = Safetensors.Open(path))
            kept = [.. file.Tensors.Values.Select(change).OfType<OutgoingTensor>()];
        File.Delete(path);
        SafetensorsWriter.Write(path, kept);
    }

    [Fact]
    public void An_adapter_in_place_of_a_model_names_the_base_it_wants()
    {
        var message = Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(Write("dora"))).Message;
        Assert.Contains("is an adapter", message, StringComparison.Ordinal);
        Assert.Contains("somewhere/base", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_no_adapter_says_what_is_missing()
        => Assert.Contains("adapter_config.json",
            Assert.Throws<FileNotFoundException>(() => Adapter.Open(TinyModel.Folder)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_bottleneck_is_not_merged()
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        using var adapter = Adapter.Open(RandomAdapter.Write(_folder, checkpoint.Config, "houlsby", 1));
        Assert.Contains("bottleneck", Assert.Throws<NotSupportedException>(() => checkpoint.Merge(adapter)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adapter_config.json"), InlineData("adapter_model.safetensors")]
    public void Damaged_files_are_told_and_nothing_else_happens(string name)
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        RandomAdapter.Write(_folder, model.Config, "lora", 1);
        var path = Path.Combine(_folder, name);
        var bytes = File.ReadAllBytes(path);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var damaged = bytes[..random.Next(bytes.Length)];
            if (random.Next(2) == 0)
            {
                damaged = [.. bytes];
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    damaged[random.Next(Math.Min(damaged.Length, 4096))] ^= (byte)(1 << random.Next(8));
            }
            File.WriteAllBytes(path, damaged);
            var thrown = Record.Exception(() => model.WithAdapter(_folder).Dispose());
            Assert.True(thrown is null or BadFileException or FileNotFoundException, $"seed {seed}, {i}: {thrown}");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string kind, string more = "")
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        return RandomAdapter.Write(_folder, checkpoint.Config, kind, 1, more);
    }
}
