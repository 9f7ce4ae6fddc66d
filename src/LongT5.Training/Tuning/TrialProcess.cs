using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LongT5.Training.Tuning;

/// <summary>A trial as a run of the trainer in a process of its own: what ends that ends no other.</summary>
sealed partial class TrialProcess(CancellationToken stop)
{
    const int Terminate = 15;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.5);

    /// <summary>The exit code of a trainer that was stopped; null where none was.</summary>
    public int? Stopped { get; private set; }

    /// <summary>Takes a trial as far as a step, or to its end.</summary>
    /// <param name="options">Its options; they lie in its folder, as <c>options.json</c>.</param>
    /// <param name="until">The step; null for the end.</param>
    /// <returns>What became of it; null where it was stopped.</returns>
    /// <exception cref="IOException">There is no room on the disk, which no other trial will have either.</exception>
    public TrialEnd? Take(TrainingOptions options, long? until)
    {
        if (!WaitForOther(options.Output)) return null;
        string[] arguments = ["train", Path.Combine(options.Output, "options.json"), "--resume",
            .. until is { } step ? (string[])["--until", step.ToString(CultureInfo.InvariantCulture)] : []];
        var start = new ProcessStartInfo("dotnet", [typeof(TrainCommand).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true,
        };
        start.Environment[Parent.Variable] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using var trainer = Process.Start(start)!;
        string? last = null;
        var isStopping = false;
        // Ctrl-C of a terminal reaches the trainer too; where nothing has, it is told.
        using var asked = stop.Register(() =>
        {
            Thread.Sleep(s_patience);
            if (!isStopping && !OperatingSystem.IsWindows()) _ = Send(trainer.Id, Terminate);
        });
        while (trainer.StandardError.ReadLine() is { } line)
        {
            if (line.StartsWith("longt5: ", StringComparison.Ordinal)) last = line["longt5: ".Length..];
            isStopping |= line.Contains(TrainCommand.Finishing, StringComparison.Ordinal);
        }
        trainer.WaitForExit();
        switch (trainer.ExitCode)
        {
            case TrainCommand.Done:
                return EndOf(options);
            case TrainCommand.Interrupted or TrainCommand.Terminated:
                Stopped = trainer.ExitCode;
                return null;
            case var code when stop.IsCancellationRequested:
                Stopped = code;
                return null;
        }
        if (last?.Contains(TrainCommand.NoRoom, StringComparison.Ordinal) == true)
            throw new IOException(last);
        return new(0, null, last ?? $"The trainer ended with {trainer.ExitCode} and said nothing; 137 is what the "
            + "system gives where memory ran out.");
    }

    /// <summary>What the newest checkpoint of a run says of it.</summary>
    static TrialEnd EndOf(TrainingOptions options)
    {
        var newest = new CheckpointFolder(Path.Combine(options.Output, "checkpoints"), options.Checkpoints).Newest()
            ?? throw new IOException($"{options.Output} has no checkpoint that is whole, and the trial has ended.");
        using var file = File.OpenRead(Path.Combine(newest, "state.json"));
        var state = JsonSerializer.Deserialize<TrainingState>(file, TrainingOptions.Json)!;
        var held = options.Keep == KeptModel.Last ? state.Last : state.Best;
        return held is null ? new(state.Step, null, "no measurement on the held-out texts gave a number")
            : new(state.Step, held);
    }

    // The trainer of a search that was killed ends after its step.
    bool WaitForOther(string output)
    {
        var path = Path.Combine(output, TrainCommand.LockFile);
        while (File.Exists(path) && !stop.IsCancellationRequested)
        {
            try
            {
                using var free = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
                break;
            }
            catch (FileNotFoundException)
            {
                break;
            }
            catch (IOException)
            {
                Thread.Sleep(s_patience);
            }
        }
        return !stop.IsCancellationRequested;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
