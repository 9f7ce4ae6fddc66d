using System.Text;
using LongT5.Formats;
using static LongT5.Tests.Formats.TinyFiles;

namespace LongT5.Tests.Formats;

/// <summary>An index names files: they are looked at only if they are beside it, and hold what it says.</summary>
public sealed class ShardIndexTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("../a.safetensors")]
    [InlineData("..\\a.safetensors")]
    [InlineData("/etc/a.safetensors")]
    [InlineData("C:\\a.safetensors")]
    [InlineData("C:a.safetensors")]
    [InlineData("\\\\host\\share\\a.safetensors")]
    [InlineData("//host/share/a.safetensors")]
    [InlineData("sub/a.safetensors")]
    [InlineData("./a.safetensors")]
    [InlineData("a.safetensors/.")]
    [InlineData("a.safetensors ")]
    [InlineData("a.safetensors.")]
    [InlineData("a.safetensors:stream")]
    [InlineData("a.safetensors::$DATA")]
    [InlineData("NUL.safetensors")]
    [InlineData("com1.safetensors")]
    [InlineData("CONIN$.safetensors")]
    [InlineData("lpt¹.safetensors")]
    [InlineData("a\n.safetensors")]
    [InlineData("a\u0000.safetensors")]
    [InlineData("a*.safetensors")]
    [InlineData("a?.safetensors")]
    [InlineData("a|b.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("")]
    public void A_shard_outside_the_folder_is_never_opened(string shard)
    {
        var index = _scratch.Write("model.safetensors.index.json",
            Encoding.UTF8.GetBytes($$"""{"weight_map":{"a":"{{System.Text.Json.JsonEncodedText.Encode(shard)}}"} }"""));
        Assert.Contains("it was not opened",
            Assert.Throws<BadFileException>(() => ShardIndex.Open(index, ".safetensors",
            path => throw new InvalidOperationException($"{path} was opened"), name => name)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors"}}""", "a tensor that the index does not name")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"1.safetensors"}}""",
        "a tensor that is not there")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""", "a shard that is not there")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"1.safetensors"}}""", "a name twice")]
    [InlineData("""{"weight_map":{"a":1}}""", "a number")]
    [InlineData("""{"weight_map":[]}""", "a list")]
    [InlineData("""{}""", "nothing")]
    [InlineData("""[]""", "no object")]
    [InlineData("""{"weight_map":{"\ud800":"1.safetensors"}}""", "half a character")]
    public void An_index_that_does_not_fit_its_shards_is_refused(string json, string fault)
    {
        _scratch.Write("1.safetensors", TinyFiles.Safetensors);
        var index = _scratch.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(json));
        Assert.True(Record.Exception(() => ShardIndex.Open(index, ".safetensors", OpenSafetensors, name => name))
            is BadFileException, fault);
    }
}
