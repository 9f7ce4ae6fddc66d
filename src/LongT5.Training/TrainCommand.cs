using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Training.Reports;

namespace LongT5.Training;

/// <summary><c>pretrain</c> and <c>train</c>.</summary>
static class TrainCommand
{
    const int Failed = 1, WrongUse = 2;

    public static Command Create(string name, string description, bool pairs)
    {
        var resume = new Option<bool>("--resume") { Description = "Go on from the newest whole checkpoint in the output folder." };
        var show = new Option<int>("--show") { Description = "Print so many examples that the run would learn from, and stop." };
        var plot = new Option<string?>("--plot") { Description = "Draw the loss of the run into this SVG file, at its end; with --steps 0, of a run that was." };
        var command = new Command(name, description) { resume, show, plot };
        var flags = new OptionFlags(command, pairs);
        command.SetAction((result, cancellation) => Task.FromResult(Guarded(() =>
        {
            var options = flags.Read(result);
            if (result.GetValue(show) is > 0 and var count) Examples.Show(options, count, Console.Out);
            else if (options.Steps > 0) Run(options, result.GetValue(resume), cancellation);
            if (result.GetValue(plot) is { } path) RunLog.Draw(options.Output, path);
        })));
        return command;
    }

    static void Run(TrainingOptions options, bool resume, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Output);
        using var held = Lock(options.Output);
        using var trainer = new Trainer(options, resume);
        WriteRun(options, trainer.State);
        using var log = new RunLog(options, trainer.State, Console.Error);
        trainer.Run(log.Add, cancellation);
        if (cancellation.IsCancellationRequested)
            Console.Error.WriteLine($"Stopped at step {trainer.State.Step} with a checkpoint; --resume goes on from there.");
        else
            trainer.WriteModel(options.Output);
    }

    /// <summary>Writes what the run is: its options, the versions, and fingerprints of its texts.</summary>
    static void WriteRun(TrainingOptions options, TrainingState state)
    {
        var run = new
        {
            options,
            versions = new Dictionary<string, string?>
            {
                ["longt5"] = typeof(TrainCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
                ["torchSharp"] = typeof(TorchSharp.torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
                ["runtime"] = Environment.Version.ToString(),
            },
            fingerprints = state.Fingerprints,
        };
        FileReplacement.Write(Path.Combine(options.Output, "run.json"), stream => JsonSerializer.Serialize(stream, run, TrainingOptions.Json));
    }

    /// <summary>Keeps a second trainer out of the folder for as long as the file is open.</summary>
    static FileStream Lock(string output)
    {
        var path = Path.Combine(output, ".lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException inUse)
        {
            throw new ArgumentException($"Another run is writing {output}; name another folder with --output, or wait for it.", inUse);
        }
    }

    static int Guarded(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception failure) when (failure is ArgumentException or BadFileException or IOException or NotANumberException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"longt5: {failure.Message}");
            return failure is ArgumentException ? WrongUse : Failed;
        }
    }
}
