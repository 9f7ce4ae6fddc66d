using System.Diagnostics;

namespace LongT5.Training.Tests;

/// <summary>The trainer as a process of its own, which ends in time and whose output is read.</summary>
static class TrainerProcess
{
    /// <summary>No run of a test takes a tenth of it, on a machine that does much else besides.</summary>
    static readonly TimeSpan s_longestRun = TimeSpan.FromMinutes(10);

    /// <summary>Starts it.</summary>
    public static Process Start(string folder, params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "LongT5.Training.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["DOTNET_TieredPGO"] = "0" },
        })!;

    /// <summary>Waits for its end, which is a failure where it does not come.</summary>
    public static (int Code, string Said) End(Process run)
    {
        _ = run.StandardOutput.ReadToEndAsync();
        var said = run.StandardError.ReadToEndAsync();
        if (!run.WaitForExit(s_longestRun))
        {
            run.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end within {s_longestRun.TotalMinutes:0} minutes. It said:\n{said.Result}");
        }
        return (run.ExitCode, said.Result);
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static (int Code, string Said) Run(string folder, params string[] arguments)
    {
        using var run = Start(folder, arguments);
        return End(run);
    }
}
