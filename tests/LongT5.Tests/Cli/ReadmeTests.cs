using LongT5.Tests.Hub;

namespace LongT5.Tests.Cli;

/// <summary>What README.md tells people to type works as it is written there.</summary>
public class ReadmeTests
{
    private static readonly string s_readme = Path.Combine(Goldens.Repository, "README.md");

    /// <summary>Lines of code blocks that call the launcher.</summary>
    private static string[][] Commands()
        => [.. File.ReadAllLines(s_readme)
            .Select(line => line.Trim().TrimStart('$').Trim())
            .Where(line => line.Contains("./longt5 ", StringComparison.Ordinal) && !line.Contains('`'))
            .Select(line => line[line.IndexOf("./longt5 ", StringComparison.Ordinal)..].Split('#')[0].Split('|')[0].Split('>')[0]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])];

    [Fact]
    public void Every_command_and_every_option_exists()
    {
        var commands = Commands();
        Assert.NotEmpty(commands);
        foreach (var words in commands.Where(
            words => words[0] is not ("train" or "pretrain" or "tune" or "--version" or "--help")))
        {
            var help = Longt5.Start(words[0], "--help");
            Assert.True(help.ExitCode == 0, $"README.md: there is no command {words[0]}");
            foreach (var option in words.Where(word => word.StartsWith('-') && word.Length > 1))
                Assert.True(help.Output.Contains(option, StringComparison.Ordinal),
                    $"README.md: longt5 {words[0]} has no {option}");
        }
    }

    [Fact]
    public async Task Commands_write_what_is_quoted_under_them()
    {
        using var scratch = new Scratch();
        await using var hub = await FakeHub.StartAsync();
        hub.In("team/quotes").AddFolder(Path.Combine(Goldens.Repository, "models", "longt5-embedded"));
        var shown = Shown().ToList();
        Assert.True(shown.Count > 1);
        foreach (var (words, quotation) in shown)
        {
            var typed = words.Select(word => word.StartsWith("samples/", StringComparison.Ordinal)
                ? Path.Combine(Goldens.Repository, word) : word).ToArray();
            Assert.All(typed.Where(word => word.StartsWith(Goldens.Repository, StringComparison.Ordinal)),
                document => Assert.True(File.Exists(document), $"README.md: {document} does not exist"));
            var run = Longt5.Finish(Longt5.Launch("dotnet",
                [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), .. typed], scratch.Folder,
                ("HF_ENDPOINT", hub.Endpoint.AbsoluteUri), ("HF_HOME", scratch.Folder), ("HF_HUB_CACHE", ""),
                ("HF_TOKEN", ""), ("HF_HUB_OFFLINE", "")));
            Assert.Equal(0, run.ExitCode);
            AssertShows(run.Errors + run.Output, quotation);
        }
    }

    /// <summary>Every stretch that is quoted stands there, in order; what is left out has the sign for it.</summary>
    private static void AssertShows(string output, string quotation)
    {
        var (written, at) = (string.Join(' ', Words(output)), 0);
        var stretches = string.Join(' ', Words(quotation)).Split('…');
        foreach (var stretch in stretches.Select(stretch => stretch.Trim()))
        {
            var found = written.IndexOf(stretch, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"README.md quotes what was not written: {stretch}");
            at = found + stretch.Length;
        }
        Assert.StartsWith(stretches[0].Trim(), written, StringComparison.Ordinal);
        Assert.EndsWith(stretches[^1].Trim(), written, StringComparison.Ordinal);
    }

    /// <summary>Blocks of one command, each with the lines behind <c>&gt;</c> that follow it.</summary>
    private static IEnumerable<(string[] Words, string Quotation)> Shown()
    {
        var lines = File.ReadAllLines(s_readme);
        for (var i = 1; i + 3 < lines.Length; i++)
            if (lines[i].Split("./longt5 ") is [_, var command] && lines[i - 1] == "```" && lines[i + 3].StartsWith('>'))
                yield return (command.Split(' '), string.Join(' ', lines[(i + 3)..]
                    .TakeWhile(line => line.StartsWith('>')).Select(line => line[1..]).Where(line => line != " ```")));
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
