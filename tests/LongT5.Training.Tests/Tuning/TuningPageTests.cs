using System.Diagnostics;
using System.Text.Json.Nodes;
using LongT5.Training.Tuning;

namespace LongT5.Training.Tests.Tuning;

/// <summary>What docs/training/tuning.md tells people to type does what it says.</summary>
public sealed class TuningPageTests : IDisposable
{
    static readonly string s_page = File.ReadAllText(Path.Combine(Goldens.Repository, "docs", "training", "tuning.md"));

    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void The_letters_are_tuned_and_the_best_options_are_a_run()
    {
        Run("longt5 tune ", "--trials", "2");
        Assert.Contains("as it stands", File.ReadAllText(Path.Combine(_folder, "tuned", "tuning.md")));
        Assert.True(File.Exists(Path.Combine(_folder, "tuned", "tuning.svg")));
        Run("longt5 train ", "--steps", "1");
        Assert.True(File.Exists(Path.Combine(_folder, "letters", "model.safetensors")));
    }

    [Fact]
    public void The_file_that_is_shown_is_that_of_the_samples()
    {
        var shown = JsonNode.Parse(s_page.Split("```json")[1].Split("```")[0])!.AsObject();
        var sample = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens.Repository, "samples", "tuning", "letters.json")))!
            .AsObject();
        foreach (var (name, value) in shown.Where(part => part.Key != "run"))
            Assert.True(JsonNode.DeepEquals(value, sample[name]), name);
        Assert.Equal(20, TuneCommand.Read(new(Path.Combine(Goldens.Repository, "samples", "tuning", "letters.json"))).Trials);
    }

    // A command of the page, with results in a folder of the test's.
    void Run(string start, params string[] more)
    {
        var line = s_page.Split('\n').First(line => line.StartsWith(start, StringComparison.Ordinal));
        string[] words = [.. line.Split(' ')[1..].Select(word => word.StartsWith("tuned", StringComparison.Ordinal)
            || word == "letters" ? Path.Combine(_folder, word) : word)];
        if (Array.IndexOf(words, more[0]) is >= 0 and var at) words[at + 1] = more[1];
        else words = [.. words, .. more];
        using var run = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "LongT5.Training.dll"), .. words])
        {
            WorkingDirectory = Goldens.Repository,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _ = run.StandardOutput.ReadToEndAsync();
        var said = run.StandardError.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, said);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
