using System.Text.Json;
using LongT5.Formats;
using static LongT5.Tests.Formats.TinyFiles;

namespace LongT5.Tests.Formats;

/// <summary>The kinds of repositories that LongT5 is published in, each made here, small.</summary>
public sealed class RepositoryLayoutsTests : IDisposable
{
    private readonly ChangedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Flax_alone_in_shards_with_an_index_opens_with_the_same_numbers()
    {
        using var plain = _folder.Open();
        using var scratch = new Scratch();
        File.Copy(Path.Combine(_folder.Path, "config.json"), Path.Combine(scratch.Root, "config.json"));
        var map = new Dictionary<string, string>();
        foreach (var stack in plain.Tensors.GroupBy(tensor => tensor.Key.StartsWith("encoder", StringComparison.Ordinal)
            ? 1 : 2))
        {
            var file = $"flax_model-0000{stack.Key}-of-00002.msgpack";
            var leaves = stack.Select(tensor => (Path: FlaxPath(tensor.Key, tensor.Value),
                Bytes: FlaxArray(tensor.Value, FlaxPath(tensor.Key, tensor.Value)))).ToArray();
            scratch.Write(file, Tree(leaves.Select(leaf => (leaf.Path.Split('/'), leaf.Bytes))));
            foreach (var (path, _) in leaves)
                map.Add(path, file);
        }
        scratch.Write("flax_model.msgpack.index.json",
            JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, object> { ["metadata"] = new { }, ["weight_map"] = map }));

        using var flax = Checkpoint.Open(scratch.Root);

        Assert.Equal("sharded Flax", flax.Layout);
        Assert.Null(flax.GenerationFields);
        Assert.Equal(plain.Tensors.Keys.Order(), flax.Tensors.Keys.Order());
        foreach (var (name, tensor) in plain.Tensors)
            Assert.Equal(tensor.ToArray(), flax.Tensors[name].ToArray());
    }

    [Theory]
    [InlineData("T5ForConditionalGeneration")]
    [InlineData("LongT5Model")]
    [InlineData("Anything")]
    public void Architectures_that_lie_are_not_believed(string architecture)
    {
        _folder.Config["architectures"] = new System.Text.Json.Nodes.JsonArray(architecture);
        using var checkpoint = _folder.Open();
        Assert.Equal(EncoderAttention.TransientGlobal, checkpoint.Config.EncoderAttentionType);
        Assert.Empty(checkpoint.Warnings);
    }

    [Theory]
    [InlineData(384)]
    [InlineData(32_100)]
    [InlineData(32_102)]
    [InlineData(256_384)]
    public void Vocabularies_are_of_any_size(int rows)
    {
        _folder.Config["vocab_size"] = rows;
        _folder.Config["tie_word_embeddings"] = true;
        _folder.Tensors.Remove("lm_head.weight");
        _folder.Add("shared.weight", rows, 32);
        using var checkpoint = _folder.Open();
        using var network = LongT5.Model.Network.Load(checkpoint, LongT5.Kernels.Workers.Shared);
        using var encoded = network.Encode([rows - 1, 1]);
        Assert.All(encoded.States.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void The_stacks_may_be_of_uneven_depth()
    {
        foreach (var name in _folder.Tensors.Keys.Where(
            name => name.StartsWith("decoder.block.1", StringComparison.Ordinal)).ToArray())
            _folder.Tensors.Remove(name);
        _folder.Config["num_decoder_layers"] = 1;
        using var checkpoint = _folder.Open();
        Assert.Equal((2, 1), (checkpoint.Config.NumLayers, checkpoint.Config.NumDecoderLayers));
    }

    /// <summary>Flax calls a linear map's matrix kernel and stores it as [in, out], a table's embedding.</summary>
    private static string FlaxPath(string name, StoredTensor tensor)
        => name.Replace('.', '/')[..^"weight".Length] + (tensor.Shape.Length == 1 ? "weight" : IsTable(name)
            ? "embedding" : "kernel");

    private static bool IsTable(string name) => name == "shared.weight"
        || name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal);

    private static byte[] FlaxArray(StoredTensor tensor, string path)
    {
        var (values, shape) = (tensor.ToArray(), tensor.Shape);
        if (path.EndsWith("kernel", StringComparison.Ordinal))
        {
            var (rows, columns) = ((int)shape[0], (int)shape[1]);
            (values, shape) =
                ([.. Enumerable.Range(0, values.Length).Select(i => values[i % rows * columns + i / rows])],
                    [columns, rows]);
        }
        return TinyFiles.Array(
            Bytes([0x90 + shape.Length, .. shape.Select(extent => (object)Bytes(0xcd, Big16((int)extent)))]), "float32",
            [.. values.SelectMany(BitConverter.GetBytes)]);
    }

    private static byte[] Tree(IEnumerable<(string[] Path, byte[] Value)> leaves)
        => Map([.. leaves.GroupBy(leaf => leaf.Path[0]).Select(group
            => (group.Key, group.First().Path.Length == 1
                ? group.First().Value : Tree(group.Select(leaf => (leaf.Path[1..], leaf.Value)))))]);
}
