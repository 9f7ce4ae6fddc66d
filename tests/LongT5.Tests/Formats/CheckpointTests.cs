using LongT5.Formats;

namespace LongT5.Tests.Formats;

public class CheckpointTests
{
    [Fact]
    public void A_plain_folder_opens_with_its_configuration_and_every_tensor()
    {
        using var checkpoint = Checkpoint.Open(Goldens.Path("formats", "safetensors"));

        Assert.Equal(32, checkpoint.Config.DModel);
        Assert.Equal(EncoderAttention.TransientGlobal, checkpoint.Config.EncoderAttentionType);
        Assert.Equal([160, 32], checkpoint.Tensors["shared.weight"].Shape);
        Assert.True(checkpoint.HasOwnHead);
        Assert.Empty(checkpoint.Warnings);
    }

    [Fact]
    public void A_written_file_is_read_back()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            SafetensorsWriter.Write(path, [OutgoingTensor.Of("a", [2, 2], new float[] { 1, 2, 3, 4 }),
                OutgoingTensor.Of("b", [1], new[] { 7 })], new Dictionary<string, string> { ["format"] = "pt" });
            using var file = Safetensors.Open(path);
            Assert.Equal("pt", file.Metadata["format"]);
            Assert.Equal([2, 2], file.Tensors["a"].Shape);
            Assert.Equal(ElementType.I32, file.Tensors["b"].Type);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
