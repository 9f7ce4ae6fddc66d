using LongT5.Hub;

namespace LongT5.Tests.Hub;

/// <summary>Which files are fetched of each kind of repository that LongT5 is published in.</summary>
public sealed class FileSelectionTests
{
    private const long MB = 1_000_000;

    private static readonly HubName Name = new("org/name");

    /// <summary>Base size, the head of its own.</summary>
    private static readonly LongT5Config Base = new() { DModel = 768, VocabSize = 32_128, TieWordEmbeddings = false };

    [Theory]
    [InlineData("safetensors before all", "model.safetensors:990 pytorch_model.bin:990 flax_model.msgpack:990",
        "model.safetensors")]
    [InlineData("PyTorch alone", "pytorch_model.bin:990 rust_model.ot:990 training_args.bin:1 optimizer.pt:1980",
        "pytorch_model.bin")]
    [InlineData("Flax alone", "flax_model.msgpack:308", "flax_model.msgpack")]
    [InlineData("whole before shards", "model.safetensors:990 model.safetensors.index.json:1 "
        + "model-00001-of-00001.safetensors:990", "model.safetensors")]
    [InlineData("shards of safetensors", "model.safetensors.index.json:1 model-00001-of-00002.safetensors:5000 "
        + "model-00002-of-00002.safetensors:5000 pytorch_model.bin:11400",
        "model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json")]
    [InlineData("shards of PyTorch", "pytorch_model.bin.index.json:1 pytorch_model-00001-of-00002.bin:9450 "
        + "pytorch_model-00002-of-00002.bin:1950 tf_model.h5:11400",
        "pytorch_model-00001-of-00002.bin pytorch_model-00002-of-00002.bin pytorch_model.bin.index.json")]
    [InlineData("shards of Flax", "flax_model.msgpack.index.json:1 flax_model-00001-of-00002.msgpack:9000 "
        + "flax_model-00002-of-00002.msgpack:8000",
        "flax_model-00001-of-00002.msgpack flax_model-00002-of-00002.msgpack flax_model.msgpack.index.json")]
    [InlineData("other precision, the same head", "model.safetensors:495 pytorch_model.bin:990", "model.safetensors")]
    [InlineData("the head is missing in two layouts",
        "model.safetensors:892 pytorch_model.bin:892 flax_model.msgpack:990", "flax_model.msgpack")]
    [InlineData("the head is missing everywhere", "model.safetensors:892 pytorch_model.bin:892", "model.safetensors")]
    [InlineData("no code, no checkpoints below, no ONNX", "model.safetensors:990 modeling_longt5.py:1 "
        + "onnx/model.onnx:990 checkpoint-500/pytorch_model.bin:990 README.md:1 .gitattributes:1", "model.safetensors")]
    public void One_layout_of_weights_is_chosen(string kind, string tree, string chosen)
        => Assert.Equal($"{kind}: {chosen}", $"{kind}: {string.Join(' ', Chosen(tree, Base).Skip(1))}");

    [Fact]
    public void A_tied_head_is_missing_nowhere()
        => Assert.Contains("model.safetensors", Chosen("model.safetensors:892 flax_model.msgpack:990",
            Base with { TieWordEmbeddings = true }));

    [Fact]
    public void A_large_model_whose_head_is_missing_is_seen_by_the_size_of_its_head()
        => Assert.Contains("flax_model.msgpack", Chosen("model.safetensors:3000 flax_model.msgpack:3132",
            Base with { DModel = 1024 }));

    [Theory]
    [InlineData("spiece.model:1")]
    [InlineData("tokenizer.json:2")]
    [InlineData("spiece.model:1 tokenizer.json:2 tokenizer_config.json:1 special_tokens_map.json:1 added_tokens.json:1")]
    [InlineData("generation_config.json:1 tokenizer_config.json:1")]
    [InlineData("")]
    public void What_describes_the_model_comes_as_far_as_it_is_there_and_before_the_weights(string files)
    {
        var chosen = Chosen($"model.safetensors:990 {files}", Base);
        Assert.Equal(files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(file => file.Split(':')[0]).Order(),
            chosen.Skip(1).SkipLast(1).Order());
        Assert.Equal("model.safetensors", chosen[^1]);
    }

    [Theory]
    [InlineData("adapter_model.safetensors:5 adapter_model.bin:5", "adapter_model.safetensors")]
    [InlineData("adapter_model.bin:5", "adapter_model.bin")]
    public void An_adapter_is_its_configuration_and_its_weights(string tree, string weights)
        => Assert.Equal(["adapter_config.json", weights],
            FileSelection.Of(Name, Tree($"adapter_config.json:1 tokenizer.json:2 {tree}"), null)
                .Select(file => file.Path));

    [Theory]
    [InlineData("tf_model.h5:1190", "weights of TensorFlow")]
    [InlineData("README.md:1", "holds no weights; one of model.safetensors")]
    public void A_repository_without_weights_that_can_be_read_says_what_it_has(string tree, string said)
        => Assert.Contains(said, Assert.Throws<HubException>(() => Chosen(tree, Base)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_repository_that_is_no_model_is_said_to_be_none()
        => Assert.Contains("neither config.json nor adapter_config.json",
            Assert.Throws<HubException>(() => FileSelection.Guide(Name, Tree("README.md:1"))).Message,
            StringComparison.Ordinal);

    private static List<string> Chosen(string tree, LongT5Config config)
        => [.. FileSelection.Of(Name, Tree($"config.json:1 {tree}"), config).Select(file => file.Path)];

    private static List<HubFile> Tree(string files)
        => [.. files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(file => file.Split(':'))
            .Select(file => new HubFile(file[0], long.Parse(file[1]) * MB, new('0', 64)))];
}
