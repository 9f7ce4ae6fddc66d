using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Training;

/// <summary><c>pretrain</c> and <c>train</c>: options from a file and the command line, the loop, its progress.</summary>
static class TrainCommand
{
    public static Command Create(string name, string description)
    {
        var file = new Argument<FileInfo>("options") { Description = "The run: a JSON file, see docs/training." };
        var resume = new Option<bool>("--resume") { Description = "Go on from the newest checkpoint in the output folder." };
        var show = new Option<int>("--show") { Description = "Print this many examples that the run would train on, and stop." };
        var command = new Command(name, description) { file, resume, show };
        command.SetAction((result, cancellation) => Task.FromResult(Run(Read(result.GetRequiredValue(file)), result.GetValue(resume), cancellation)));
        return command;
    }

    static int Run(TrainingOptions options, bool resume, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Output);
        using var trainer = new Trainer(options, resume);
        using var log = new StreamWriter(Path.Combine(options.Output, "log.jsonl"), append: true) { AutoFlush = true };
        var losses = new List<double>();
        var before = trainer.State;
        trainer.Run(report =>
        {
            losses.Add(report.Loss);
            if (report.State.Step % options.LogEvery != 0 && report.HeldOut is null && report.State.Step > 5) return;
            var seconds = report.State.Seconds - before.Seconds;
            var line = new
            {
                step = report.State.Step,
                loss = losses.Average(),
                gradientNorm = report.GradientNorm,
                rate = report.Rate,
                heldOut = report.HeldOut,
                inputTokens = report.State.InputTokens,
                targetTokens = report.State.TargetTokens,
                tokensPerSecond = (report.State.InputTokens - before.InputTokens) / seconds,
                seconds = report.State.Seconds,
                secondsLeft = seconds / (report.State.Step - before.Step) * (options.Steps - report.State.Step),
                memory = Environment.WorkingSet >> 20,
            };
            log.WriteLine(JsonSerializer.Serialize(line));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"step {line.step}/{options.Steps}  loss {line.loss:F3}  norm {line.gradientNorm:F2}  {line.tokensPerSecond:F0} tokens/s  {line.inputTokens / 1e6:F2} M tokens  {TimeSpan.FromSeconds(line.secondsLeft):hh\\:mm\\:ss} left  {line.memory} MB{(line.heldOut is { } h ? $"  held out {h:F3}" : "")}"));
            losses.Clear();
            before = report.State;
        }, cancellation);
        trainer.WriteModel(options.Output);
        return 0;
    }

    static TrainingOptions Read(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            return JsonSerializer.Deserialize<TrainingOptions>(stream, TrainingOptions.Json)!;
        }
        catch (JsonException bad)
        {
            throw new BadFileException(file.FullName, $"these are no options of a run: {bad.Message}", cause: bad);
        }
    }
}
