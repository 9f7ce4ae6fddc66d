using System.IO.Compression;
using System.Runtime.InteropServices;

namespace LongT5.Tests.Cli;

/// <summary>
/// The command line as a .NET tool, the library as a package: packed from what the
/// tests were built with, installed elsewhere.
/// </summary>
public class PackagingTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    [Fact]
    public void The_tool_installs_from_its_packed_file_and_runs()
    {
        using var scratch = new Scratch();
        Dotnet(scratch, "pack", Path.Combine(Goldens.Repository, "src", "LongT5.Cli"), "-c", Configuration,
            "--no-build", "-o", scratch["packed"], "--nologo", "-v", "quiet");
        var package = Assert.Single(Directory.GetFiles(scratch["packed"], "LongT5.Cli.*.nupkg"));
        using (var content = ZipFile.OpenRead(package))
            Assert.DoesNotContain(content.Entries,
                entry => entry.Name.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Dotnet(scratch, "tool", "install", "LongT5.Cli", "--tool-path", scratch["tools"], "--source",
            scratch["packed"]);

        var run = Longt5.Finish(Longt5.Launch(Path.Combine(scratch["tools"], OperatingSystem.IsWindows()
            ? "longt5.exe" : "longt5"), ["--version"], scratch.Folder,
            ("DOTNET_ROOT", DotnetRoot)));
        Assert.Equal("", run.Errors);
        Assert.StartsWith("longt5 ", run.Output);
    }

    [Fact]
    public void The_library_packs_without_native_code()
    {
        using var scratch = new Scratch();
        Dotnet(scratch, "pack", Path.Combine(Goldens.Repository, "src", "LongT5"), "-c", Configuration, "--no-build",
            "-o", scratch.Folder, "--nologo", "-v", "quiet");
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(scratch.Folder, "LongT5.*.nupkg")));
        Assert.Contains(package.Entries, entry => entry.FullName == "lib/net10.0/LongT5.dll");
        Assert.Contains(package.Entries, entry => entry.FullName == "lib/net10.0/LongT5.xml");
        Assert.DoesNotContain(package.Entries,
            entry => entry.FullName.StartsWith("runtimes/", StringComparison.Ordinal));
    }

    private static string DotnetRoot
        => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static void Dotnet(Scratch scratch, params string[] arguments)
    {
        var run = Longt5.Finish(Longt5.Launch("dotnet", arguments, scratch.Folder, ("DOTNET_CLI_HOME", scratch["home"]),
            ("NUGET_PACKAGES", Packages(scratch, arguments)),
            ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("MSBUILDDISABLENODEREUSE", "1")));
        Assert.True(run.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {run.Output} {run.Errors}");
    }

    /// <summary>Packing needs the packages of the build; installing must not find an older package of ours.</summary>
    private static string Packages(Scratch scratch, string[] arguments)
        => arguments[0] == "tool" ? scratch["packages"] : Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
