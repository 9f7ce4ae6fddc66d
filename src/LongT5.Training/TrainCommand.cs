using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Torch.Native;
using LongT5.Training.Reports;

namespace LongT5.Training;

/// <summary><c>pretrain</c> and <c>train</c>.</summary>
static class TrainCommand
{
    /// <summary>The exit code for a mistake in how the command was called.</summary>
    public const int WrongUse = 2;

    /// <summary>The other exit codes: of signals those that shells give.</summary>
    public const int Done = 0, Failed = 1, Interrupted = 130, Terminated = 143;

    /// <summary>What is said where a run stops after its step, and where its disk is full.</summary>
    internal const string Finishing = "this step is finished", NoRoom = "Make room, and go on with --resume.";

    /// <summary>The file that keeps a second program out of a folder.</summary>
    internal const string LockFile = ".lock";

    /// <summary>What a run was begun with: options, versions, fingerprints of its texts.</summary>
    internal const string RunFile = "run.json";

    public static Command Create(string name, string description, bool pairs, params string[] examples)
    {
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on from the newest whole checkpoint in the "
            + "output folder."
        };
        var show = new Option<int>("--show")
        {
            Description = "Print so many examples that the run would learn from, "
            + "and stop."
        };
        var until = new Option<long?>("--until")
        {
            Description = "Stop after this step with a checkpoint, as a "
            + "signal would; --resume goes on."
        };
        var plot = new Option<string?>("--plot")
        {
            Description = "Draw the loss of the run into this SVG file, at its "
            + "end; with --steps 0, of a run that was."
        };
        var command = new Command(name, $"{description} Examples:\n\n{string.Join('\n', examples)}") { resume, show,
            until, plot };
        var flags = new OptionFlags(command, pairs);
        command.SetAction(result => Guarded(() =>
        {
            var options = flags.Read(result, result.GetValue(resume));
            var code = Done;
            if (result.GetValue(show) is > 0 and var count) Examples.Show(options, count, Console.Out);
            else if (options.Steps > 0) code = Run(options, result.GetValue(resume),
                result.GetValue(until));
            if (result.GetValue(plot) is { } path) RunLog.Draw(options.Output, path);
            return code;
        }));
        return command;
    }

    /// <summary>Takes a run to its end, or until a signal stops it.</summary>
    /// <param name="options">The run.</param>
    /// <param name="resume">Whether it goes on where it stopped.</param>
    /// <param name="until">Stops after this step; null goes to the end.</param>
    /// <param name="begun">Called when its folder stands.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(TrainingOptions options, bool resume, long? until = null, Action? begun = null)
    {
        using var stop = new CancellationTokenSource();
        var stopCode = Interrupted;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal
            => signal.Cancel = Stop(Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal
            => signal.Cancel = Stop(Terminated));
        using var parent = Parent.Watch(() => Stop(Terminated));
        try
        {
            options = Pinned(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return stopCode;
        }
        var recipe = new Recipe(options); // first, so that a mistake leaves no folder behind
        if (stop.IsCancellationRequested)
        {
            recipe.Dispose();
            return stopCode;
        }
        Directory.CreateDirectory(options.Output);
        using var held = Lock(options.Output);
        begun?.Invoke();
        using var trainer = new Trainer(recipe, resume);
        options = recipe.Options; // the number of steps among them
        WriteRun(options, trainer);
        foreach (var damaged in trainer.PassedOver) Say($"warning: {damaged} is damaged and passed over.");
        foreach (var changed in trainer.Changed) Say($"changed since the run began: {changed}");
        foreach (var note in recipe.Notes) Say(note);
        var data = new DataReport(recipe);
        foreach (var line in data.Lines()) Console.Error.WriteLine(line);
        foreach (var warning in data.Warnings()) Say($"warning: {warning}");
        Console.Error.WriteLine($"{trainer.Model.parameters().Sum(weight => weight.NumberOfElements) / 1e6:0.0} M "
            + $"weights on {trainer.Model.Options.Device}, "
            + (options.Adapter is null ? ""
                : string.Create(CultureInfo.InvariantCulture,
                $"of which {trainer.TrainedNumbers / 1e6:0.###} M are trained, "))
            + (trainer.State.Step > 0 ? $"going on after step {trainer.State.Step} of {options.Steps}"
                : $"{options.Steps} steps from the start"));
        if (options.Bfloat16 && MatrixProducts.BFloat16Speedup(trainer.Model.Options.Device) is < 1 and var gain)
            Say($"warning: here a product in bfloat16 is {gain:0.0} times as fast as one in float32; --bfloat16 false "
                + $"is faster.");
        using var log = new RunLog(options, trainer.State, Console.Error);
        var reason = trainer.Run(log.Add, until, stop.Token);
        if (reason is StopReason.Asked or StopReason.Until)
        {
            Console.Error.WriteLine($"Stopped at step {trainer.State.Step} with a checkpoint; --resume goes on from "
                + $"there.");
            return reason == StopReason.Until ? Done : stopCode;
        }
        var written = trainer.WriteResult();
        ModelCard.Write(recipe, written);
        Console.Error.WriteLine(End(options, trainer.State, reason, written));
        foreach (var gained in RunLog.Gained(options.Output, written)) Console.Error.WriteLine(gained);
        return Done;

        // The first signal asks the run to stop after its step; the second one is left to the system.
        bool Stop(int code)
        {
            if (stop.IsCancellationRequested) return false;
            stopCode = code;
            Say($"{Finishing} and a checkpoint written; another signal stops at once.");
            stop.Cancel();
            return true;
        }
    }

    /// <summary>Tells people something beside the progress.</summary>
    internal static void Say(string sentence) => Console.Error.WriteLine($"longt5: {sentence}");

    /// <summary>The run with names of the hub held to their commits, fetched if need be.</summary>
    internal static TrainingOptions Pinned(TrainingOptions options, CancellationToken stop) => options with
    {
        From = HubStart.Pinned(options.From, Say, stop),
        Distillation = options.Distillation is not { } taught ? null : taught with
        {
            Teacher = HubStart.Pinned(taught.Teacher, Say, stop)!,
        },
    };

    /// <summary>Why a run stopped, which step was the best, and what the result is.</summary>
    internal static string End(TrainingOptions options, TrainingState state, StopReason reason, long written)
    {
        var ended = reason == StopReason.Patience
            ? $"Stopped after step {state.Step} of {options.Steps}: {state.WithoutBetter} measurements in a row found "
                + $"no better model (patience)."
            : $"All {options.Steps} steps are taken.";
        var best = state.BestStep is not { } step ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $" The best step was {step} (held-out {MeasureOf(options)} {Math.Abs(state.Best!.Value):F3}).");
        return $"{ended}{best} {options.Output} holds the model after step "
            + $"{written}{(state.BestStep is { } of && written != of ? "; best/ holds the best one" : "")}.";
    }

    /// <summary>What models of a run are compared by.</summary>
    internal static string MeasureOf(TrainingOptions options)
    {
        var judges = JudgesOf(options);
        return string.Join(" and ", judges.Distinct().Select(judge => judge switch
        {
            Judge.Rouge => "ROUGE",
            Judge.F1 => "F1",
            _ => Judges.NameOf(judge),
        })) + (judges.Length > 1 ? " on the average" : options.Evaluation.Of is { } one ? $" of {one}" : "");
    }

    /// <summary>Whether that is a loss, of which less is better.</summary>
    internal static bool IsLoss(TrainingOptions options) => JudgesOf(options).Contains(Judge.Loss);

    static Judge[] JudgesOf(TrainingOptions options)
        => [.. options.Sources.Where(source => source.Value.IsMeasured
            && (options.Evaluation.Of ?? source.Key) == source.Key).Select(source => options.JudgeOf(source.Key))];

    /// <summary>Writes what the run is: its options, the versions, and fingerprints of its texts.</summary>
    static void WriteRun(TrainingOptions options, Trainer trainer)
    {
        var run = new
        {
            options = options.WithFullPaths(),
            versions = new Dictionary<string, string?>
            {
                ["longt5"] = VersionOf(typeof(TrainCommand)),
                ["torchSharp"] = VersionOf(typeof(TorchSharp.torch)),
                ["runtime"] = Environment.Version.ToString(),
            },
            fingerprints = trainer.State.Fingerprints,
            heldOutFingerprint = trainer.State.HeldOutFingerprint,
        };
        FileReplacement.Write(Path.Combine(options.Output, RunFile), stream
            => JsonSerializer.Serialize(stream, run, TrainingOptions.Json));
    }

    static string? VersionOf(Type type)
        => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <summary>Keeps a second trainer out of the folder for as long as the file is open.</summary>
    internal static FileStream Lock(string output)
    {
        var path = Path.Combine(output, LockFile);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException inUse)
        {
            throw new ArgumentException($"Another run is writing {output}; name another folder with --output, or wait "
                + $"for it.", inUse);
        }
    }

    /// <summary>Turns what is wrong into a sentence and an exit code.</summary>
    internal static int Guarded(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is ExternalException or OutOfMemoryException)
        {
            // libtorch's own words go on for a screen, with a trace of its insides.
            Console.Error.WriteLine($"longt5: libtorch stopped: {failure.Message.Split('\n')[0]} Where memory ran "
                + $"out: a smaller batch, shorter stages, --recompute.");
            return Failed;
        }
        catch (Exception failure) when (failure is ArgumentException or BadFileException or IOException
            or NotANumberException or UnauthorizedAccessException)
        {
            var fullDisk = failure is IOException { HResult: 28 } ? $" {NoRoom}" : "";
            Console.Error.WriteLine($"longt5: {failure.Message}{fullDisk}");
            return failure is ArgumentException ? WrongUse : Failed;
        }
    }
}
