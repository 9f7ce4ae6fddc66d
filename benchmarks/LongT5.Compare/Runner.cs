using System.Diagnostics;
using System.Text.Json;

namespace LongT5.Compare;

/// <summary>Starts the processes that are measured, one at a time.</summary>
/// <param name="checkpoints">The models.</param>
/// <param name="texts">Documents for the jobs that read text.</param>
/// <param name="python">A Python with transformers; null for our side alone.</param>
/// <param name="threads">Threads of both sides.</param>
sealed class Runner(Checkpoints checkpoints, string texts, string? python, int threads)
{
    /// <summary>The first argument of a process that is measured.</summary>
    public const string Marker = "--run-job";

    /// <summary>
    /// Jobs that the reference does in the same way are run in turn with it, so that all see the same machine.
    /// </summary>
    public void Run(IReadOnlyList<Job> jobs, int runs, int referenceRuns, Results results)
    {
        foreach (var group in jobs.GroupBy(job => job.Reference ? job.ReferenceKey : job.Name))
        {
            List<Job> alike = [.. group];
            var folders = alike.ToDictionary(job => job, checkpoints.Ours);
            var reference = python is not null && alike[0].Reference ? checkpoints.Plain(alike[0]) : null;
            foreach (var job in alike)
                results.Ours[job.Name] = [];
            if (reference is not null) results.Reference[group.Key] = [];
            for (var run = 0; run < Math.Max(runs, reference is null ? 0 : referenceRuns); run++)
            {
                foreach (var job in alike.Where(_ => run < runs))
                {
                    var measured = Ours(job, folders[job]);
                    results.Ours[job.Name].Add(measured);
                    Say(job.Name, measured);
                }
                if (reference is null || run >= referenceRuns) continue;
                var theirs = Reference(alike[0], reference);
                results.Reference[group.Key].Add(theirs);
                Say($"reference of {alike[0].Name}", theirs);
            }
        }
    }

    public Measured Ours(Job job, string folder)
        => Measure("dotnet", [Environment.GetCommandLineArgs()[0], Marker, JsonSerializer.Serialize(job), folder, texts,
            $"{threads}"]);

    private Measured Reference(Job job, string folder)
        => Measure(python!, [Path.Combine(AppContext.BaseDirectory, "reference.py"), folder, $"{job.Lengths[0]}",
            $"{job.New}", $"{job.Beams}", $"{threads}"]);

    private static Measured Measure(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<Measured>(printed, Results.Json)!
            : new Measured { Error = errors.Result.Trim().Split('\n')[^1] };
    }

    private static void Say(string name, Measured run)
        => Console.Error.WriteLine(run.Error is { } error ? $"{name}: {error}" : $"{name}: encode "
            + $"{run.EncodeS:0.00} s, decode {run.DecodeS:0.00} s, process {run.ProcessS:0.00} s, {run.PeakMib:0} MiB");
}
