using LongT5.Formats;
using static LongT5.Tests.Formats.TinyFiles;

namespace LongT5.Tests.Formats;

/// <summary>MessagePack in other forms than Flax itself writes.</summary>
public sealed class FlaxFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void An_array_of_sixteen_bytes_may_be_an_extension_of_that_size()
    {
        var array = Bytes(0xd8, 1, 0x93, 0x92, 1, 1, 0xa7, "float16", 0xc4, 2, U16(0x3c00));
        var path = _scratch.Write("a.msgpack", Map(("a", array)));
        using var file = TinyFiles.OpenFlax(path);
        Assert.Equal([1], Assert.Single(file.Tensors).ToArray());
    }
}
