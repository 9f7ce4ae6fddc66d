using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LongT5.Compare;
using LongT5.Formats;
using LongT5.Kernels;

// Runs the same jobs on this product and on the reference, in turn, each in a process of its own, checks that both
// computed the same, and prints a table of medians and ratios.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

if (args is ["--run-job", var jobName, var folder, var count])
{
    Console.WriteLine(JsonSerializer.Serialize(OurJob.Run(Job.All.Single(job => job.Name == jobName), folder, int.Parse(count)), json));
    return 0;
}

var python = new Option<string?>("--python") { Description = "A Python that has PyTorch and transformers; without it our side alone runs." };
var names = new Option<string[]>("--jobs") { Description = $"Jobs, by name: {string.Join(", ", Job.All.Select(job => job.Name))}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["encode-1k", "encode-4k", "greedy-4k", "first-token-1k"] };
var runs = new Option<int>("--runs") { Description = "Runs of each job on each side.", DefaultValueFactory = _ => 3 };
var threads = new Option<int>("--threads") { Description = "Threads of both sides.", DefaultValueFactory = _ => Environment.ProcessorCount };
var attention = new Option<string>("--attention") { Description = "transient-global, local or full (T5.1.1).", DefaultValueFactory = _ => "transient-global" };
var models = new Option<string>("--models") { Description = "Where the random checkpoints are made and kept.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "longt5-compare") };
var output = new Option<string?>("-o", "--output") { Description = "Also write the table to this file." };
var root = new RootCommand("The same jobs on this product and on the reference.") { python, names, runs, threads, attention, models, output };
root.SetAction(parsed =>
{
    var table = Compare(parsed);
    Console.WriteLine(table);
    if (parsed.GetValue(output) is { } file) File.WriteAllText(file, table);
});
return root.Parse(args).Invoke();

string Compare(ParseResult parsed)
{
    var used = parsed.GetValue(threads);
    var machine = Machine.Measure(used);
    var table = new StringBuilder($"""
        {machine.Processor}; measured peak {machine.PeakGflops:0} GF/s, stream {machine.StreamGBs:0.0} GB/s, {used} threads; {parsed.GetValue(attention)}; medians of {parsed.GetValue(runs)} runs

        | job | ours: encode s | decode s | process s | peak MiB | reference: encode s | decode s | process s | peak MiB | encode | decode | process | memory | same |
        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|

        """);
    foreach (var name in parsed.GetValue(names)!)
    {
        var job = Job.All.SingleOrDefault(job => job.Name == name) ?? throw new ArgumentException($"There is no job {name}.");
        var plain = RandomCheckpoint.Make(Path.Combine(parsed.GetValue(models)!, $"{job.Size}-{parsed.GetValue(attention)}"), job.Size, parsed.GetValue(attention)!);
        var ours = job.Type == "f32" ? plain : Converted(plain, job.Type);
        List<Measured> mine = [], theirs = [];
        for (var run = 0; run < parsed.GetValue(runs); run++)
        {
            mine.Add(Measure("dotnet", [Environment.GetCommandLineArgs()[0], "--run-job", job.Name, ours, $"{used}"]));
            if (job.Reference && parsed.GetValue(python) is { } program)
                theirs.Add(Measure(program, [Path.Combine(AppContext.BaseDirectory, "reference.py"), plain, $"{job.Length}", $"{job.New}", $"{job.Beams}", $"{used}"]));
            Console.Error.WriteLine($"{name}: run {run + 1} of {parsed.GetValue(runs)} done");
        }
        table.AppendLine(Row(job, mine, theirs));
    }
    return table.ToString();
}

Measured Measure(string program, string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    var errors = process.StandardError.ReadToEndAsync();
    var printed = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? JsonSerializer.Deserialize<Measured>(printed, json)!
        : new Measured { Error = errors.Result.Trim().Split('\n')[^1] };
}

static string Converted(string plain, string type)
{
    var folder = $"{plain}-{type}";
    if (Directory.Exists(folder)) return folder;
    using var checkpoint = Checkpoint.Open(plain);
    checkpoint.Save(folder, type switch { "bf16" => ElementType.BF16, "f16" => ElementType.F16, "int8" => ElementType.I8, _ => ElementType.F32 });
    return folder;
}

static string Row(Job job, List<Measured> mine, List<Measured> theirs)
{
    if (mine.Concat(theirs).FirstOrDefault(run => run.Error is not null) is { } failed) return $"| {job.Name} | {failed.Error} |";
    double Ours(Func<Measured, double> figure) => Median(mine.Select(figure));
    double Theirs(Func<Measured, double> figure) => Median(theirs.Select(figure));
    string Ratio(Func<Measured, double> figure) => theirs.Count == 0 ? "-" : $"{Theirs(figure) / Ours(figure):0.0}x";
    string Cell(Func<Measured, double> figure, string format) => theirs.Count == 0 ? "-" : Theirs(figure).ToString(format);
    return $"| {job.Name} | {Ours(run => run.EncodeS):0.00} | {Ours(run => run.DecodeS):0.00} | {Ours(run => run.ProcessS):0.00} | {Ours(run => run.PeakMib):0} "
        + $"| {Cell(run => run.EncodeS, "0.00")} | {Cell(run => run.DecodeS, "0.00")} | {Cell(run => run.ProcessS, "0.00")} | {Cell(run => run.PeakMib, "0")} "
        + $"| {Ratio(run => run.EncodeS)} | {(job.New == 0 ? "-" : Ratio(run => run.DecodeS))} | {Ratio(run => run.ProcessS)} | {Ratio(run => run.PeakMib)} | {Same(job, mine, theirs)} |";
}

static string Same(Job job, List<Measured> mine, List<Measured> theirs)
{
    if (theirs.Count == 0) return "-";
    var largest = theirs[0].States.Max(Math.Abs);
    var difference = mine[0].States.Zip(theirs[0].States, (a, b) => Math.Abs(a - b)).Max() / Math.Max(1, largest);
    var tokens = mine[0].Tokens.SequenceEqual(theirs[0].Tokens) ? "" : ", other tokens";
    return $"{difference:0.0e+0}{(job.New == 0 ? "" : tokens)}";
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
