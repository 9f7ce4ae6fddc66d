using CsCheck;
using LongT5.Torch.Native;
using TorchSharp;

namespace LongT5.Training.Tests.Torch.Native;

public class LibtorchTests
{
    static string Shipped => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native",
        "libLibTorchSharp.so");

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

    [Fact]
    public void Whatever_bytes_it_is_given_the_search_for_the_flag_ends()
    {
        var head = File.ReadAllBytes(Shipped)[..64];
        (from size in Gen.Int[0, 600]
         from bytes in Gen.Byte.Array[size]
         from real in Gen.Int[0, 64]
         select (byte[])[.. head.AsSpan(0, real), .. bytes]).Sample(
             bytes => { VersionNeed.MakeWeak(bytes, "GLIBCXX_3.4.32"); });
    }

    [Fact]
    public void Doctor_says_how_it_was_loaded()
    {
        var findings = DoctorCommand.Findings().ToDictionary();
        Assert.Contains("loaded", findings["libtorch"], StringComparison.Ordinal);
        Assert.Equal(File.Exists(Path.ChangeExtension(Shipped, ".weak.so")), findings["libtorch"]
            .Contains("weak", StringComparison.Ordinal));
    }
}
