using System.CommandLine;
using System.Text;

namespace LongT5.Compare;

/// <summary>
/// The paper's comparison of speed against length: full attention (T5.1.1), local and transient-global, on our engine.
/// </summary>
static class PlotCommand
{
    private static readonly (string Attention, string Name)[] Kinds =
        [("full", "T5.1.1: full attention"), ("transient-global", "LongT5, transient-global"),
            ("local", "LongT5, local")];

    public static Command Create()
    {
        var lengths = new Option<int[]>("--lengths")
        {
            Description = "Tokens of the input.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [512, 1024, 2048, 4096, 8192, 16384],
        };
        var runs = new Option<int>("--runs")
        {
            Description = "Runs of each; the median is drawn.",
            DefaultValueFactory = _ => 1
        };
        var size = new Option<string>("--size")
        {
            Description = "small, base, large or xl.",
            DefaultValueFactory = _ => "base"
        };
        var output = new Option<string>("--output", "-o") { Description = "The SVG file to write.", Required = true };
        var shared = new SharedOptions();
        var command = new Command("plot",
            "Draw time and memory of the encoder against length, for the three kinds of attention.") { lengths, runs,
                size, output };
        shared.AddTo(command);
        command.SetAction(parsed =>
        {
            var checkpoints = new Checkpoints(parsed.GetValue(shared.Models)!, "", null);
            var runner = new Runner(checkpoints, parsed.GetValue(shared.Texts)!, null, parsed.GetValue(shared.Threads));
            int[] tokens = [.. parsed.GetValue(lengths)!.Order()];
            var measured = Kinds.Select(kind => tokens.Select(length => Median(
                runner, checkpoints, new($"{kind.Attention}-{length}", [length], Model: parsed.GetValue(size)!,
                    Attention: kind.Attention), parsed.GetValue(runs))).ToList()).ToList();

            var table = new StringBuilder($"| tokens |{string.Concat(Kinds.Select(kind =>
                $" {kind.Name}: s | MiB |"))}\n|---|{string.Concat(Kinds.Select(_ => "---|---|"))}\n");
            foreach (var (i, length) in tokens.Index())
                table.Append($"| {length:N0} |{string.Concat(measured.Select(runs =>
                    $" {runs[i].EncodeS:0.00} | {runs[i].PeakMib:0} |"))}\n");
            List<Curve> Curves(Func<Measured, double> figure)
                => [.. Kinds.Zip(measured,
                    (kind, runs) => new Curve(kind.Name,
                        [.. tokens.Zip(runs, (length, run) => ((double)length, figure(run)))]))];
            File.WriteAllText(parsed.GetRequiredValue(output),
                LogPlot.Svg("tokens of the input", [new("seconds to read them", Curves(run => run.EncodeS)),
                    new("peak memory, MiB", Curves(run => run.PeakMib))]));
            Console.Write(table);
        });
        return command;
    }

    private static Measured Median(Runner runner, Checkpoints checkpoints, Job job, int runs)
    {
        var folder = checkpoints.Ours(job);
        var all = Enumerable.Range(0, runs).Select(_ => runner.Ours(job, folder)).OrderBy(run => run.EncodeS).ToList();
        if (all.Find(run => run.Error is not null) is { } failed)
            throw new InvalidOperationException($"{job.Name}: {failed.Error}");
        Console.Error.WriteLine($"{job.Name}: {all[runs / 2].EncodeS:0.00} s, {all[runs / 2].PeakMib:0} MiB");
        return all[runs / 2];
    }
}
