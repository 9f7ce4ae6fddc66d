using System.CommandLine;
using LongT5.Kernels;
using LongT5.Machine;

namespace LongT5.Compare;

/// <summary>The same jobs on this product and on the reference, in turn, each in a process of its own.</summary>
static class CompareCommand
{
    public static RootCommand Create()
    {
        var python = new Option<string?>(
            "--python")
        { Description = "A Python that has PyTorch and transformers; without it our side alone runs." };
        var names = new Option<string[]>("--jobs")
        {
            Description = $"Jobs, by name: {string.Join(", ", Job.All.Select(job => job.Name))}.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["encode-1k", "encode-4k", "greedy-4k", "first-token-1k"],
        };
        var runs = new Option<int>("--runs") { Description = "Runs of each job.", DefaultValueFactory = _ => 3 };
        var referenceRuns = new Option<int?>(
            "--reference-runs")
        {
            Description =
                "Runs of the reference, where it takes long; as many as ours by default."
        };
        var copy = new Option<string?>(
            "--copy-model")
        { Description = "The base-size model that quotes, of the jobs quote-copy." };
        var json = new Option<string?>(
            "--json")
        {
            Description =
                "Keep all figures in this file; what it holds of other jobs stays and is shown."
        };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the tables to this file." };
        var prepare = new Option<bool>(
            "--prepare")
        { Description = "Make the checkpoints that the jobs need, and stop." };
        var shared = new SharedOptions();
        var root = new RootCommand("The same jobs on this product and on the reference.") { names, python, runs,
            referenceRuns, copy, json, output, prepare };
        shared.AddTo(root);
        root.SetAction(parsed =>
        {
            var jobs = parsed.GetValue(names)!.Select(name => Job.All.SingleOrDefault(job => job.Name == name)
                ?? throw new ArgumentException($"There is no job {name}; --help lists them.")).ToList();
            var checkpoints = new Checkpoints(parsed.GetValue(shared.Models)!,
                Repository.Find("models/longt5-embedded"), parsed.GetValue(copy));
            if (parsed.GetValue(prepare))
            {
                foreach (var job in jobs)
                    Console.WriteLine($"{job.Name}: {checkpoints.Ours(job)}");
                return;
            }
            var threads = parsed.GetValue(shared.Threads);
            using var workers = new Workers(threads);
            var results = Results.Open(parsed.GetValue(json), MachineSpeed.Measure(workers));
            var runner = new Runner(checkpoints, parsed.GetValue(shared.Texts)!, parsed.GetValue(python), threads);
            runner.Run(jobs, parsed.GetValue(runs), parsed.GetValue(referenceRuns) ?? parsed.GetValue(runs), results);
            if (parsed.GetValue(json) is { } file) results.Save(file);
            var tables = new Report(results).Markdown();
            Console.Write(tables);
            if (parsed.GetValue(output) is { } path) File.WriteAllText(path, tables);
        });
        return root;
    }
}

/// <summary>What all commands are told.</summary>
sealed class SharedOptions
{
    public Option<int> Threads { get; } = new("--threads")
    {
        Description = "Threads of both sides.",
        DefaultValueFactory = _ => Environment.ProcessorCount
    };

    public Option<string> Models { get; } = new("--models")
    {
        Description = "Where the random checkpoints are made and kept.",
        DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "longt5-compare"),
    };

    public Option<string> Texts { get; } = new("--texts")
    {
        Description = "Real documents: JSON Lines with document or text, and perhaps summary; or a plain text. "
            + "Default: the bundled document.",
        DefaultValueFactory = _ => Repository.Find("samples/documents/art-of-war.txt"),
    };

    public void AddTo(Command command)
    {
        command.Add(Threads);
        command.Add(Models);
        command.Add(Texts);
    }
}

/// <summary>Files of this repository.</summary>
static class Repository
{
    /// <summary>
    /// The full path of a file or folder, from whichever folder below the repository this program runs.
    /// </summary>
    public static string Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, relative) is var path && Path.Exists(path))
                return path;
        throw new FileNotFoundException($"{relative} was not found above {AppContext.BaseDirectory}.");
    }
}
