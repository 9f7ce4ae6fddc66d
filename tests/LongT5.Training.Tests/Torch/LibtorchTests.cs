using LongT5.Training.Torch;
using TorchSharp;

namespace LongT5.Training.Tests.Torch;

public class LibtorchTests
{
    static string Shipped => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    [Fact]
    public void The_native_library_loads_and_computes()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(6f, (torch.ones(3) * 2).sum().item<float>());
    }

    [Fact]
    public void One_flag_of_the_library_changes_and_nothing_else()
    {
        var before = File.ReadAllBytes(Shipped);
        var after = (byte[])before.Clone();
        Assert.True(VersionNeed.MakeWeak(after, "GLIBCXX_3.4.32"));
        Assert.Equal(1, before.Zip(after).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void A_version_that_is_not_asked_for_changes_nothing()
    {
        var before = File.ReadAllBytes(Shipped);
        var after = (byte[])before.Clone();
        Assert.False(VersionNeed.MakeWeak(after, "GLIBCXX_9.9.99"));
        Assert.Equal(before, after);
    }

    [Fact]
    public void What_is_cut_short_or_of_another_kind_is_refused()
    {
        var whole = File.ReadAllBytes(Shipped);
        Assert.False(VersionNeed.MakeWeak(whole.AsSpan(0, 4096).ToArray(), "GLIBCXX_3.4.32"));
        Assert.False(VersionNeed.MakeWeak("MZ and so on"u8.ToArray(), "GLIBCXX_3.4.32"));
    }
}
