using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace LongT5.Training.Tests;

/// <summary>
/// The trainer as it is started: what it says, what it gives back, and what is left when it is killed.
/// </summary>
public sealed partial class ProcessTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("--stepz", "there is no option --stepz", "3")]
    [InlineData("--optimizer", "optimizer.kind must be one of adafactor,", "sgd")]
    [InlineData("--from", "a checkpoint (--from) or from a shape (--model)", "x")]
    [InlineData("--data", "odd.csv: row 2: there are no columns of usual names, document and summary, source and "
        + "target, text and summary, ...; there are body, gist", "odd.csv", 1)]
    [InlineData("--rate", "--rate wants a number, not fast", "fast")]
    [InlineData("--steps", "--steps wants a whole number, not 1.5", "1.5")]
    [InlineData("--rate", "0 or more was expected", "-1")]
    public void What_is_wrong_is_said_in_one_line_before_a_folder_is_made(
        string flag, string expected, string value, int expectedCode = 2)
    {
        File.WriteAllText(_tiny.In("odd.csv"), "body,gist\na,b\n");
        var (code, said) = Run("train", (flag, value));
        Assert.Equal(expectedCode, code);
        Assert.Contains(expected, said);
        Assert.Single(said.Trim().Split('\n'), line => line.StartsWith("longt5: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", said);
        Assert.False(Directory.Exists(_tiny.In("run")));
    }

    [Fact]
    public void Killed_at_any_moment_it_goes_on_by_itself_and_ends_with_the_very_same_bits()
    {
        (string, string)[] flags = [("--dropout", "0.1"), ("--steps", "60"), ("--save-every", "7"),
            ("--log-every", "1")];
        var whole = Run("train", [.. flags, ("--output", "whole")]);
        Assert.True(whole.Code == 0, whole.Said);

        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var cut = 0; cut < 2; cut++)
        {
            using var run = Start("train", [.. flags, ("--output", "cut"), ("--resume", "true")]);
            WaitForStep(run, random.Next(8, 25) + 20 * cut);
            run.Kill();
            run.WaitForExit();
        }
        // Nothing but the folder is named: the options stand in it.
        using var last = Start(["train", "--output", "cut", "--resume"]);
        var (code, said) = TrainerProcess.End(last);
        Assert.True(code == 0, said);
        Assert.Contains("going on after step", said);
        Assert.Equal(_tiny.Hash("whole"), _tiny.Hash("cut"));
        Assert.Equal(Enumerable.Range(1, 60), File.ReadLines(_tiny.In("cut/log.jsonl"))
            .Select(line => (int)JsonNode.Parse(line)!["step"]!));
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task A_signal_ends_it_after_the_step_with_a_checkpoint(int signal, int code)
    {
        using var run = Start("train", ("--steps", "1000000"), ("--log-every", "1"));
        var rest = WaitForStep(run, 2);
        Assert.Equal(0, Send(run.Id, signal));
        Assert.Contains("--resume goes on", await rest);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, run.ExitCode);
        Assert.Single(Directory.GetDirectories(_tiny.In("run/checkpoints")));
    }

    [Fact]
    public async Task With_the_process_that_started_it_the_trainer_ends_and_leaves_a_checkpoint()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Nothing tells of the end of a parent there.");
        string[] arguments =
            [.. s_usual.SelectMany(one => (string[])[one.Flag, one.Flag == "--steps" ? "1000000" : one.Value]),
                "--log-every", "1"];
        var trainer = $"dotnet {Path.Combine(AppContext.BaseDirectory, "LongT5.Training.dll")} train "
            + $"{string.Join(' ', arguments)}";
        // The shell stands for the command line: it says who it is, starts the trainer and waits.
        var start = new ProcessStartInfo("sh", ["-c", $"LONGT5_PARENT=$$ {trainer}; true"])
        {
            RedirectStandardError = true,
            WorkingDirectory = _tiny.In("."),
            Environment = { ["OMP_NUM_THREADS"] = "1" },
        };
        using var shell = Process.Start(start)!;
        var rest = WaitForStep(shell, 2);
        shell.Kill(); // the shell alone
        Assert.Contains("--resume goes on", await rest); // which ends when the trainer has closed its end
        Assert.Single(Directory.GetDirectories(_tiny.In("run/checkpoints")));
    }

    [Fact]
    public void A_run_goes_on_from_another_folder()
    {
        Assert.Equal(0, Run("train", ("--held-out", "rows.jsonl")).Code);
        Directory.Move(_tiny.In("run"), _tiny.In("moved"));
        using var run = Start(["train", "--output", _tiny.In("moved"), "--steps", "2", "--resume"], Path.GetTempPath());
        var (code, said) = TrainerProcess.End(run);
        Assert.True(code == 0, said);
        Assert.Contains("steps: 1, now 2", said);
        Assert.Contains("going on after step 1 of 2", said);
    }

    [Fact]
    public void The_command_line_describes_the_options_that_the_trainer_has()
    {
        using var options = Start(["options"]);
        var table = options.StandardOutput.ReadToEnd();
        Assert.Equal(table,
            File.ReadAllText(Path.Combine(Goldens.Repository, "src", "LongT5.Cli", "Commands",
                "training-options.json")));
    }

    [Fact]
    public void A_new_run_in_the_folder_of_another_one_is_refused()
    {
        Assert.Equal(0, Run("train").Code);
        var (code, said) = Run("train");
        Assert.Equal(2, code);
        Assert.Contains("--resume", said);
    }

    [Fact]
    public void Help_calls_the_program_as_people_do_and_shows_what_they_type()
    {
        using var run = Start(["train", "--help"]);
        var said = run.StandardOutput.ReadToEnd();
        Assert.Contains("longt5 train [<options>] [options]", said);
        Assert.Contains("longt5 train --from ", said);
        Assert.DoesNotContain("LongT5.Training", said);
    }

    // What every run here has, where nothing else is given.
    static readonly (string Flag, string Value)[] s_usual =
    [
        ("--model", "config.json"), ("--tokenizer", TinyRun.Vocabulary), ("--data", "rows.jsonl"), ("--output", "run"),
        ("--steps", "1"),
        ("--input", "32"), ("--target", "16"), ("--batch", "2"), ("--optimizer", "adamw"), ("--device", "cpu"),
    ];

    Process Start(string command, params (string Flag, string Value)[] flags)
        => Start(
            [command, .. flags.Concat(s_usual).DistinctBy(one => one.Flag)
                .SelectMany(one => (string[])[one.Flag, one.Value])]);

    // Gives what is said after the step.
    static Task<string> WaitForStep(Process run, int step)
    {
        while (run.StandardError.ReadLine() is { } line)
            if (line.StartsWith($"step {step}/", StringComparison.Ordinal))
                return run.StandardError.ReadToEndAsync();
        throw new InvalidOperationException($"It ended before step {step}.");
    }

    (int Code, string Said) Run(string command, params (string, string)[] flags)
    {
        using var run = Start(command, flags);
        return TrainerProcess.End(run);
    }

    Process Start(string[] arguments, string? folder = null)
        => TrainerProcess.Start(folder ?? _tiny.In("."), arguments);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);

    public void Dispose() => _tiny.Dispose();
}
