using LongT5.Hub;
using LongT5.Tests.Formats;
using LongT5.Text;

namespace LongT5.Tests.Hub;

public sealed class ModelLocationTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_exists_is_a_path_and_null_is_the_embedded_model()
    {
        Assert.Equal(_scratch.Root, ModelLocation.Resolve(_scratch.Root));
        if (Installation.EmbeddedModel is { } embedded)
            Assert.Equal(embedded, ModelLocation.Resolve(null));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("weights/pytorch_model.bin")]
    [InlineData("runs/first/best")]
    [InlineData("./model")]
    [InlineData("/no/such/model")]
    public void A_path_that_does_not_exist_is_a_path_and_no_name_of_the_hub(string name)
    {
        var message = Assert.Throws<FileNotFoundException>(() => ModelLocation.Resolve(name)).Message;
        Assert.Contains("there is no such file or folder", message, StringComparison.Ordinal);
        Assert.DoesNotContain("resolve/main", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody/nothing")]
    [InlineData("nobody/nothing-v1.5")]
    public void A_name_of_the_hub_is_one(string name)
        => Assert.Contains("resolve/main",
            Assert.Throws<FileNotFoundException>(() => ModelLocation.Resolve(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_slip_in_the_last_part_of_a_path_is_seen()
    {
        Directory.CreateDirectory(Path.Combine(_scratch.Root, "my-model"));
        var message = Assert.Throws<FileNotFoundException>(
            () => ModelLocation.Resolve(Path.Combine(_scratch.Root, "my-modle"))).Message;
        Assert.Contains($"is {Path.Combine(_scratch.Root, "my-model")} meant?", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sumarize", "summarize")]
    [InlineData("Tokenise", "tokenize")]
    [InlineData("num_beam", "num_beams")]
    [InlineData("report.txt", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_near_or_none(string wrong, string? near)
        => Assert.Equal(near, NearestName.Of(wrong, ["summarize", "answer", "tokenize", "num_beams", "do"]));
}
