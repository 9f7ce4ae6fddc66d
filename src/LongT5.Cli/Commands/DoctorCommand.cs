using System.CommandLine;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LongT5.Cli.Output;
using LongT5.Hub;
using LongT5.Machine;

namespace LongT5.Cli.Commands;

/// <summary>
/// <c>longt5 doctor</c>: what this machine offers, which models are here, what is missing for training.
/// </summary>
static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object instead of lines." };
        var training = new Option<bool>("--training")
        {
            Description = "Start the trainer too, and let it say how libtorch loads here.",
        };
        var command = new ExampledCommand("doctor",
            "Say what this machine offers, which models are here, and what training lacks.",
            "longt5 doctor",
            "longt5 doctor --training")
        {
            json,
            training,
        };
        command.SetAction(parsed =>
        {
            var findings = Findings();
            if (parsed.GetValue(json))
                Terminal.Out.WriteLine(Json.Object(writer =>
                {
                    foreach (var (name, value) in findings)
                        writer.WriteString(name.Replace(' ', '_').ToLowerInvariant(), value);
                }));
            else
                foreach (var (name, value) in findings)
                    Terminal.Out.WriteLine($"{name + ":",-18}{value}");
            return parsed.GetValue(training) ? TrainingCommand.Start("doctor") : 0;
        });
        return command;
    }

    private static List<(string Name, string Value)> Findings() =>
    [
        ("longt5", $"{CommandLine.Version} on {RuntimeInformation.FrameworkDescription}"),
        ("system", $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}"),
        ("processors", $"{Environment.ProcessorCount}; vector instructions: {Instructions()}"),
        ("memory", $"{Gibibytes(MachineMemory.Available)} free of {Gibibytes(MachineMemory.Total)}"),
        ("embedded model", Installation.EmbeddedModel ?? "none here yet; name one with -m"),
        ("models in cache", HubCache.Names().ToList() is { Count: > 0 } names
            ? string.Join(", ", names) : $"none in {HubCache.Folder}"),
        ("training", Training()),
        ("GPU", Gpu()),
    ];

    private static string Instructions()
    {
        (bool Has, string Name)[] known =
        [
            (Avx2.IsSupported, "AVX2"), (Fma.IsSupported, "FMA"), (Avx512F.IsSupported, "AVX-512"),
            (AvxVnni.IsSupported, "AVX-VNNI"),
            (F16c(), "F16C"), (AdvSimd.IsSupported, "NEON"), (Dp.IsSupported, "dot product"),
        ];
        var names = known.Where(set => set.Has).Select(set => set.Name).ToList();
        return (names.Count > 0 ? string.Join(", ", names) : "none: the portable path runs, several times slower")
            + Unused();

        // .NET has no class for F16C; CPUID leaf 1, ecx bit 29.
        static bool F16c() => X86Base.IsSupported && (X86Base.CpuId(1, 0).Ecx >> 29 & 1) == 1;
    }

    /// <summary>
    /// What the processor has and this program was not compiled for; CPUID leaf 7, ebx bits 5 and 16.
    /// </summary>
    private static string Unused()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return "";
        var features = X86Base.CpuId(7, 0).Ebx;
        var (name, set) = (features >> 5 & 1) == 1 && !Avx2.IsSupported ? ("AVX2", "x86-64-v3")
            : (features >> 16 & 1) == 1 && !Avx512F.IsSupported ? ("AVX-512", "x86-64-v4") : ("", "");
        return name.Length == 0 ? ""
            : $" (warning: this processor has "
                + $"{name} and this program does not use it, so it is slower than it could be; "
                + (RuntimeFeature.IsDynamicCodeSupported
                    ? "the environment turns it off)" : $"./publish-aot.sh {set} makes one that does)");
    }

    private static string Training()
        => TrainingCommand.Location is not { } place ? "not part of this installation; clone the repository for it"
            : OnPath("dotnet") ? $"ready to be built and started from {place}"
            : "the .NET SDK is missing: https://dot.net/download";

    private static string Gpu()
    {
        if (!OnPath("nvidia-smi"))
            return "none that NVIDIA's tools show; longt5 itself runs on the processor";
        using var process =
            Process.Start(new ProcessStartInfo("nvidia-smi", "--query-gpu=name,memory.total --format=csv,noheader")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        var names = process.StandardOutput.ReadToEnd().Trim().ReplaceLineEndings("; ");
        process.WaitForExit();
        return process.ExitCode == 0
            ? $"{names} (for training; longt5 itself runs on the processor)"
            : "nvidia-smi is here but does not answer";
    }

    private static bool OnPath(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program))
                || File.Exists(Path.Combine(folder, program + ".exe")));

    private static string Gibibytes(long bytes) => $"{bytes / (double)(1 << 30):0.0} GiB";
}
