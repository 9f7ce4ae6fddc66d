using System.Diagnostics;

namespace LongT5.Tests;

/// <summary>The reference itself, run on folders that we wrote.</summary>
static class Reference
{
    public const string Missing = "LONGT5_GOLDENS names the recorded results, beside which the reference lies.";

    private const int Minutes = 5;

    /// <summary>Whether it is here: a program that runs a script of Python with transformers.</summary>
    public static bool IsHere => Goldens.Whole && OperatingSystem.IsLinux() && File.Exists(Program);

    private static string Program => Path.GetFullPath(Path.Combine(Goldens.Root, "..", "reference", "python"));

    /// <summary>What a script writes to its standard output.</summary>
    public static async Task<string> Run(string script, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, script);
            using var process =
                Process.Start(new ProcessStartInfo(Program, [file, .. arguments])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true
                })!;
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(Minutes));
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token),
                    process.StandardError.ReadToEndAsync(limit.Token));
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0
                    ? await output : throw new InvalidOperationException($"The reference failed: {await errors}");
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
