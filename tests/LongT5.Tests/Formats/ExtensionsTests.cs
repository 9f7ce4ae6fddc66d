using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Formats;

/// <summary>Extensions in <c>config.json</c>: read strictly, written again.</summary>
public sealed class ExtensionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-extensions-").FullName;

    [Theory]
    [InlineData("{}", "one or more extensions")]
    [InlineData("{\"sparse\": true}", "extensions.sparse is true; expected an extension that is known")]
    [InlineData("{\"pooling\": {\"stride\": 0}}", "extensions.pooling.stride is 0; expected a whole number from 1")]
    [InlineData("{\"pooling\": {\"stride\": 2, \"kind\": 1}}", "extensions.pooling.kind")]
    [InlineData("{\"convolution\": {\"kernel\": 4, \"layers\": 1}}", "expected an odd number")]
    [InlineData("{\"convolution\": {\"kernel\": 5, \"layers\": 3}}",
        "extensions.convolution.layers is 3; expected a whole number from 1 to 2")]
    [InlineData("{\"convolution\": {\"kernel\": 5}}", "extensions.convolution.layers is nothing")]
    [InlineData("{\"reversible\": 1}", "expected true or false")]
    [InlineData("{\"embedding_rank\": 33}", "expected a whole number from 1 to 32")]
    [InlineData("{\"low_rank\": {\"encoder.block.0.layer.0.SelfAttention.q\": 2}}", "no linear map of this name")]
    [InlineData("{\"low_rank\": {\"shared\": 2}}", "no linear map of this name")]
    [InlineData("{\"low_rank\": {\"lm_head\": 2}}", "no linear map of this name")]
    [InlineData("{\"low_rank\": {\"decoder.block.0.layer.0.SelfAttention.q\": 40}}", "a rank of at most 32")]
    [InlineData("{\"kernelized\": {\"map\": \"elu+1\"}}", "needs encoder_attention_type local")]
    public void A_contradiction_or_an_unknown_extension_is_named(string extensions, string expected)
    {
        Write("longt5_extended", extensions);
        Assert.Contains(expected, Assert.Throws<BadFileException>(() => Checkpoint.Open(_folder)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"map\": \"relu\"}", "elu+1 or favor+")]
    [InlineData("{\"map\": \"elu+1\", \"features\": 3}", "extensions.kernelized.features")]
    [InlineData("{\"map\": \"favor+\"}", "extensions.kernelized.features is nothing")]
    public void A_map_of_features_has_its_own_options(string kernelized, string expected)
    {
        Write("longt5_extended", $"{{\"kernelized\": {kernelized}}}", "local");
        Assert.Contains(expected, Assert.Throws<BadFileException>(() => Checkpoint.Open(_folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_may_be_as_large_as_the_matrix()
    {
        Write("longt5_extended", "{\"low_rank\": {\"decoder.block.0.layer.0.SelfAttention.q\": 32}}");
        var message = Assert.Throws<BadFileException>(() => Checkpoint.Open(_folder)).Message;
        // The configuration is taken: it is the two factors that the file lacks.
        Assert.Contains("missing", message, StringComparison.Ordinal);
        Assert.DoesNotContain("a rank of at most", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extensions_of_a_model_that_is_called_longt5_are_an_error()
    {
        Write("longt5", "{\"reversible\": true}");
        Assert.Contains("longt5_extended", Assert.Throws<BadFileException>(() => Checkpoint.Open(_folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_stay_as_they_were_given()
    {
        var ranks = new Dictionary<string, int> { ["encoder.block.0.layer.0.SelfAttention.q"] = 2 };
        var extensions = new ModelExtensions { LowRank = ranks };
        ranks["encoder.block.0.layer.0.SelfAttention.q"] = 3;
        Assert.Equal(2, extensions.LowRank["encoder.block.0.layer.0.SelfAttention.q"]);
        Assert.Throws<NotSupportedException>(() => ((IDictionary<string, int>)extensions.LowRank).Clear());
        Assert.Equal(ModelExtensions.None, new ModelExtensions { LowRank = new Dictionary<string, int>() });
    }

    [Fact]
    public void What_is_saved_has_the_extensions_again()
    {
        const string Extensions = """
            {"convolution": {"kernel": 3, "layers": 1}, "pooling": {"stride": 2}, "reversible": true, "embedding_rank": 8,
             "low_rank": {"decoder.block.0.layer.1.EncDecAttention.q": 3, "encoder.block.0.convolution.pointwise_out": 2}}
            """;
        Write("longt5_extended", Extensions);
        var config = ConfigJson.Read(JsonFile.Read(Path.Combine(_folder, "config.json")));
        var random = new Random(1);
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), WeightShapes.Of(config)
            .Select(weight => OutgoingTensor.Of(weight.Name, weight.Shape,
            Enumerable.Range(0, (int)weight.Shape.Aggregate(1L, (a, b) => a * b))
                .Select(_ => (float)random.NextDouble() - 0.4f).ToArray())));
        using var checkpoint = Checkpoint.Open(_folder);
        checkpoint.Save(Path.Combine(_folder, "again"));
        using var again = Checkpoint.Open(Path.Combine(_folder, "again"));
        Assert.Equal("longt5_extended", again.ConfigFields.GetProperty("model_type").GetString());
        using Network first = Network.Load(checkpoint, Workers.Shared), second = Network.Load(again, Workers.Shared);
        using EncodedInput a = first.Encode([5, 9, 4, 1]), b = second.Encode([5, 9, 4, 1]);
        Assert.Equal(2, a.Length);
        Assert.Equal(a.States, b.States);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string kind, string extensions, string attention = "transient-global")
    {
        TinyModel.Write(_folder);
        var path = Path.Combine(_folder, "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"model_type\": \"longt5\"",
            $"\"model_type\": \"{kind}\", \"extensions\": {extensions}", StringComparison.Ordinal)
            .Replace("transient-global", attention, StringComparison.Ordinal));
        File.Delete(Path.Combine(_folder, "model.safetensors"));
        File.Copy(Path.Combine(TinyModel.Folder, "model.safetensors"), Path.Combine(_folder, "model.safetensors"));
    }
}
