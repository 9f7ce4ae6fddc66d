using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace LongT5.Training.Tests.Tuning;

/// <summary><c>longt5 tune</c> as it is started: what it says, and what is left when it is stopped.</summary>
public sealed partial class TuneProcessTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public void Stopped_in_the_middle_of_a_trial_it_goes_on_to_the_same_result(bool isKilled, int signal)
    {
        Assert.Equal(0, Run("whole").Code);

        using (var cut = Start("cut"))
        {
            Assert.StartsWith("trial 1 of 2", ReadUntil(cut, "trial 1"));
            var log = _tiny.In("cut/trials/001/log.jsonl");
            Assert.True(SpinWait.SpinUntil(() => File.Exists(log) && File.ReadLines(log).Count() >= 3,
                TimeSpan.FromMinutes(2)), "the trial takes no steps");
            if (isKilled) cut.Kill();
            else Assert.Equal(0, Send(cut.Id, signal));
            var said = cut.StandardError.ReadToEnd();
            cut.WaitForExit();
            if (!isKilled)
            {
                Assert.Equal(128 + signal, cut.ExitCode);
                Assert.Contains("Stopped; --resume goes on", said);
            }
        }
        var (code, rest) = Run("cut", "--resume");
        Assert.True(code == 0, rest);
        Assert.Equal(Held("whole"), Held("cut"));
        var best = Directory.GetFiles(_tiny.In("whole/trials"), "model.safetensors", SearchOption.AllDirectories)
            .Select(Path.GetDirectoryName).MinBy(folder => folder!.Length)!;
        var last = Path.Combine(best, "checkpoints", "step-00000020");
        foreach (var folder in (string[])[best, last])
            Assert.Equal(_tiny.Hash(folder), _tiny.Hash(folder.Replace("/whole/", "/cut/", StringComparison.Ordinal)));
        Assert.Equal(_tiny.Hash(last, "optimizer.safetensors"),
            _tiny.Hash(last.Replace("/whole/", "/cut/", StringComparison.Ordinal), "optimizer.safetensors"));
        // What went on is one run: no step of it was told twice, none is missing.
        Assert.Equal(Steps("whole"), Steps("cut"));
    }

    [Fact]
    public void The_trainer_of_a_trial_that_fails_says_why_in_its_line()
    {
        Write(run => run["optimizer"]!["rate"] = 1e30);
        var (code, said) = Run("failing");
        Assert.True(code == 0, said);
        Assert.Contains("trial 1: failed: Step ", said);
        Assert.Contains("trial 2: held-out loss ", said);
        Assert.DoesNotContain("1E+30", File.ReadAllText(_tiny.In("failing/best.json")));
    }

    [Theory]
    [InlineData("sources.rows.heldOut", null, "and the run has none: give a source some (heldOut)")]
    [InlineData("sources.rows.paths", "nowhere.jsonl", "nowhere.jsonl")]
    [InlineData("optimizer.raet", 1, "raet")]
    public void What_is_wrong_with_the_run_is_said_before_a_folder_is_made(string name, object? value, string expected)
    {
        Write(run =>
        {
            var path = name.Split('.');
            var parent = path[..^1].Aggregate(run, (node, step) => node[step]!);
            if (value is null) parent.AsObject().Remove(path[^1]);
            else parent[path[^1]] = value is int number ? number : new JsonArray((string)value);
        });
        var (code, said) = Run("none");
        Assert.NotEqual(0, code);
        Assert.Contains(expected, said);
        Assert.False(Directory.Exists(_tiny.In("none")));
    }

    public TuneProcessTests() => Write(_ => { });

    void Write(Action<JsonNode> change)
    {
        var run = JsonNode.Parse("""
            {"model": "config.json",
             "sources": {"rows": {"paths": ["rows.jsonl"], "heldOut": ["rows.jsonl"], "objective": {"kind": "pairs"}}},
             "curriculum": {"length": {"stages": [{"input": 32, "target": 16, "batch": 2}]}}, "steps": 20, "optimizer": {"kind": "adamw"},
             "dropout": 0.1, "device": "cpu", "logEvery": 1, "saveEvery": 7, "evaluation": {"every": 10, "examples": 8}}
            """)!;
        run["tokenizer"] = TinyRun.Vocabulary;
        change(run);
        File.WriteAllText(_tiny.In("tuning.json"), new JsonObject
        {
            ["trials"] = 2,
            ["space"] = JsonNode.Parse("""{"optimizer.rate": {"min": 1e-4, "max": 1e-2, "log": true}}"""),
            ["run"] = run,
        }.ToJsonString());
    }

    (int, string)[] Steps(string output) => [.. Directory.GetFiles(_tiny.In(output), "log.jsonl",
            SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .SelectMany(path => File.ReadLines(path).Select(line => JsonNode.Parse(line)!)
            .Select(line => ((int)line["step"]!, line["loss"]!.ToJsonString())))];

    string[] Held(string output) => [.. File.ReadLines(_tiny.In($"{output}/trials.jsonl"))
        .Select(line => JsonNode.Parse(line)!).Select(line => $"{line["trial"]} {line["held"]} {line["values"]}")];

    (int Code, string Said) Run(string output, params string[] more)
    {
        using var run = Start(output, _tiny.In("tuning.json"), "tune", more);
        _ = run.StandardOutput.ReadToEndAsync();
        var said = run.StandardError.ReadToEnd();
        run.WaitForExit();
        return (run.ExitCode, said);
    }

    Process Start(string output) => Start(output, _tiny.In("tuning.json"), "tune");

    Process Start(string output, string options, string command, params string[] more)
        => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Training.dll"),
            command, options, "-o", output, .. more])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _tiny.In("."),
            Environment = { ["OMP_NUM_THREADS"] = "1", ["DOTNET_TieredPGO"] = "0" },
        })!;

    static string ReadUntil(Process run, string start)
    {
        while (run.StandardError.ReadLine() is { } line)
            if (line.StartsWith(start, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException($"It ended before it said {start}.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);

    public void Dispose() => _tiny.Dispose();
}
