using LongT5.Formats;

namespace LongT5.Tests.Formats;

public sealed class CheckpointLifetimeTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Layouts
        => [.. new[] { "safetensors", "bin-bf16", "bin-legacy", "flax", "t5x-bfloat16" }];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_tensor_that_outlives_its_checkpoint_throws(string layout)
    {
        var checkpoint = Checkpoint.Open(Goldens.Path("formats", layout));
        var tensors = checkpoint.Tensors.Values.ToArray();
        var numbers = tensors[0].ToArray();
        Assert.NotEmpty(numbers);
        checkpoint.Dispose();
        checkpoint.Dispose();
        foreach (var tensor in tensors)
        {
            Assert.Throws<ObjectDisposedException>(tensor.ToArray);
            Assert.Throws<ObjectDisposedException>(() => tensor.CopyTo(0, new float[1]));
        }
        Assert.Throws<ObjectDisposedException>(() => checkpoint.Verify());
        Assert.Throws<ObjectDisposedException>(() => checkpoint.Save(_scratch.Folder()));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Read_into_memory_it_is_the_same_checkpoint(string layout)
    {
        using var mapped = Checkpoint.Open(Goldens.Path("formats", layout));
        using var read = Checkpoint.Open(Goldens.Path("formats", layout), inMemory: true);
        Assert.Equal(mapped.Tensors.Keys, read.Tensors.Keys);
        foreach (var (name, tensor) in mapped.Tensors)
            Assert.Equal(tensor.ToArray(), read.Tensors[name].ToArray());
    }

    [Fact]
    public void A_file_that_is_cut_after_it_was_read_into_memory_changes_nothing()
    {
        var folder = _scratch.Folder();
        foreach (var file in Directory.EnumerateFiles(Goldens.Path("formats", "safetensors")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        using var checkpoint = Checkpoint.Open(folder, inMemory: true);
        var before = checkpoint.Tensors["shared.weight"].ToArray();
        using (var weights = new FileStream(Path.Combine(folder, "model.safetensors"), FileMode.Open, FileAccess.Write,
            FileShare.ReadWrite))
            weights.SetLength(100);
        Assert.Equal(before, checkpoint.Tensors["shared.weight"].ToArray());
    }

    [Fact]
    public void What_is_in_flight_keeps_the_bytes_of_a_disposed_checkpoint()
    {
        var checkpoint = Checkpoint.Open(Goldens.Path("formats", "safetensors"));
        var memory = checkpoint.Tensors["shared.weight"].Memory;
        using (checkpoint.Use())
        {
            checkpoint.Dispose();
            Assert.True(memory.HasEnded);
        }
        Assert.Throws<ObjectDisposedException>(checkpoint.Use);
    }

    [Fact]
    public void A_disposed_checkpoint_is_no_longer_mapped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mappings of a process are listed by Linux alone.");
        var path = _scratch.Write("model.safetensors", TinyFiles.Safetensors);
        using (Safetensors.Open(path))
            Assert.Contains(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}
