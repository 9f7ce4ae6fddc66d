using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LongT5.Training.Tuning;

/// <summary><c>tune</c>.</summary>
static class TuneCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("options")
        {
            Description = "A JSON file: the run as train takes it, what its fields may be, how many trials.",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The folder to write: trials, a table, a drawing, the best options. Default: tuned.",
        };
        var trials = new Option<int?>("--trials")
        {
            Description = "Most trials, the run as it stands among them. Default: 20.",
        };
        var hours = new Option<double?>("--hours") { Description = "Hours of finished trials after which none begins." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the search in the output folder." };
        var command = new Command("tune", "Search for the options with which training does best on held-out texts. "
            + "Examples:\n\nlongt5 tune tuning.json\nlongt5 tune tuning.json --hours 8 --resume\n"
            + "longt5 train tuned/best.json -o run") { file, output, trials, hours, resume };
        command.SetAction(parsed => TrainCommand.Guarded(() =>
        {
            var options = Read(parsed.GetValue(file)!);
            return Run(options with
            {
                Output = parsed.GetValue(output) ?? options.Output,
                Trials = parsed.GetValue(trials) ?? options.Trials,
                Hours = parsed.GetValue(hours) ?? options.Hours,
            }, parsed.GetValue(resume));
        }));
        return command;
    }

    /// <summary>The search that a file describes.</summary>
    /// <exception cref="ArgumentException">It has a name or a value that no option has.</exception>
    internal static TuningOptions Read(FileInfo file)
    {
        try
        {
            return OptionFlags.Parse(file.FullName).Deserialize<TuningOptions>(TrainingOptions.Json)!;
        }
        catch (JsonException bad)
        {
            throw new ArgumentException($"{file.Name}: {bad.Message}", bad);
        }
    }

    static int Run(TuningOptions options, bool resume)
    {
        using var stop = new CancellationTokenSource();
        var code = TrainCommand.Interrupted;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal
            => signal.Cancel = Stop(TrainCommand.Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal
            => signal.Cancel = Stop(TrainCommand.Terminated));
        using var parent = Parent.Watch(() => Stop(TrainCommand.Terminated));

        options = options with { Run = TrainCommand.Pinned(options.Run, stop.Token) };
        var tuner = new Tuner(options, resume);
        // What is wrong with the run itself is wrong with every trial.
        new Recipe(options.Run).Dispose();
        Directory.CreateDirectory(options.Output);
        using var held = TrainCommand.Lock(options.Output);
        var trainer = new TrialProcess(stop.Token);
        var isOver = tuner.Run(trainer.Take,
            (job, values) => Console.Error.WriteLine($"trial {job.Trial} of {options.Trials}"
                + (tuner.Rungs.Count > 1 ? $", to step {tuner.Rungs[job.Rung]}" : "") + ": "
                + (job.Trial == 1 ? "the run as it stands, " : "") + string.Join(", ", tuner.Names.Zip(values)
                    .Select(value => $"{value.First} {value.Second.GetRawText()}"))),
            ended => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trial {ended.Trial}: ")
                + (ended.Held is { } held ? $"held-out {TrainCommand.MeasureOf(options.Run)} "
                    + $"{TuningReport.Shown(options, held)} after {ended.Step} steps, {ended.Seconds:0} s"
                    : $"failed: {ended.Failure}")));
        TuningReport.Write(options, tuner);
        Console.Error.WriteLine(TuningReport.Summary(options, tuner));
        if (!isOver)
        {
            Console.Error.WriteLine("Stopped; --resume goes on from there.");
            return stop.IsCancellationRequested ? code : trainer.Stopped!.Value;
        }
        Console.Out.Write(TuningReport.Markdown(options, tuner));
        return tuner.Best is null ? TrainCommand.Failed : TrainCommand.Done;

        bool Stop(int with)
        {
            if (stop.IsCancellationRequested) return false;
            code = with;
            TrainCommand.Say("the trial is stopped with a checkpoint; another signal stops at once.");
            ThreadPool.QueueUserWorkItem(_ => stop.Cancel());
            return true;
        }
    }
}
