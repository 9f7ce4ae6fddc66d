using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace LongT5.Cli;

/// <summary>The trainer of a clone: built when it is first asked for, and again when its sources are newer.</summary>
static class TrainerBuild
{
    /// <summary>The program, built from the sources as they are.</summary>
    /// <param name="project">The project file, in <c>src/LongT5.Training</c> of a clone.</param>
    /// <exception cref="Failure">It does not build, or there is no SDK.</exception>
    public static string Current(string project)
    {
        var sources = Path.GetDirectoryName(Path.GetDirectoryName(project))!;
        var artifacts = Path.Combine(sources, "..", "artifacts");
        var program = Path.GetFullPath(Path.Combine(artifacts, "bin", "LongT5.Training", "release",
            "LongT5.Training.dll"));
        var stamp = Path.Combine(artifacts, "trainer.built");
        using var one = new Mutex(false,
            $"longt5-trainer-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(program)))[..16]}");
        Enter(one);
        try
        {
            if (File.Exists(program) && File.Exists(stamp) && File.ReadAllText(stamp) == Libtorch
                && Newest(sources) <= File.GetLastWriteTimeUtc(stamp))
                return program;

            // What changes while it is built is newer than the stamp.
            var begun = DateTime.UtcNow;
            Terminal.Error.WriteLine($"longt5: building the trainer; the first time this restores {Libtorch} (CPU: "
                + $"600 MB) and takes a minute or more ...");
            Build(project);
            File.WriteAllText(stamp, Libtorch);
            File.SetLastWriteTimeUtc(stamp, begun);
            return program;
        }
        finally
        {
            one.ReleaseMutex();
        }
    }

    /// <summary>Two starts at once: one builds, the other waits.</summary>
    private static void Enter(Mutex one)
    {
        try
        {
            if (one.WaitOne(0)) return;
            Terminal.Error.WriteLine("longt5: another start is building the trainer; waiting for it ...");
            one.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // Who had it was killed; now it is ours, and without a stamp the trainer is built.
        }
    }

    /// <summary>The package that the trainer computes with: MSBuild takes it from the same variable.</summary>
    private static string Libtorch => Environment.GetEnvironmentVariable("Libtorch") is { Length: > 0 } named
        ? named : "libtorch-cpu-linux-x64";

    private static DateTime Newest(string sources)
        => ((string[])["LongT5.Training", "LongT5.Torch", "LongT5.Data", "LongT5.Parquet", "LongT5"])
            .SelectMany(name => new DirectoryInfo(Path.Combine(sources, name)).EnumerateFiles("*",
                SearchOption.AllDirectories))
            .Concat(new DirectoryInfo(Path.Combine(sources, "..")).EnumerateFiles("Directory.*.props"))
            .Max(file => file.LastWriteTimeUtc);

    private static void Build(string project)
    {
        var start = new ProcessStartInfo("dotnet",
            ["build", project, "-c", "Release", "-v", "quiet", "--nologo", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start)!;
        var said = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode == 0) return;
        Terminal.Error.Write(said);
        throw new Failure("the trainer does not build; see above. It needs the .NET 10 SDK, and the registry of "
            + "packages the first time.");
    }
}
