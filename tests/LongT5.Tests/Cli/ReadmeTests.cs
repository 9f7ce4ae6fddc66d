namespace LongT5.Tests.Cli;

/// <summary>What README.md tells people to type works as it is written there.</summary>
public class ReadmeTests
{
    private static readonly string s_readme = Path.Combine(Goldens.Repository, "README.md");

    /// <summary>Lines of code blocks that call the launcher.</summary>
    private static string[][] Commands()
        => [.. File.ReadAllLines(s_readme)
            .Select(line => line.Trim().TrimStart('$').Trim())
            .Where(line => line.StartsWith("./longt5 ", StringComparison.Ordinal))
            .Select(line => line.Split('#')[0].Split('|')[0].Split('>')[0]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])];

    [Fact]
    public void Every_command_and_every_option_exists()
    {
        var commands = Commands();
        Assert.NotEmpty(commands);
        foreach (var words in commands.Where(
            words => words[0] is not ("train" or "pretrain" or "--version" or "--help")))
        {
            var help = Longt5.Start(words[0], "--help");
            Assert.True(help.ExitCode == 0, $"README.md: there is no command {words[0]}");
            foreach (var option in words.Where(word => word.StartsWith('-') && word.Length > 1))
                Assert.True(help.Output.Contains(option, StringComparison.Ordinal),
                    $"README.md: longt5 {words[0]} has no {option}");
        }
    }

    [Fact]
    public void Commands_write_the_summaries_that_are_quoted_under_them()
    {
        using var scratch = new Scratch();
        var shown = Shown().ToList();
        Assert.True(shown.Count > 1);
        foreach (var (words, quotation) in shown)
        {
            var document = Path.Combine(Goldens.Repository, words[1]);
            Assert.True(File.Exists(document), $"README.md: {words[1]} does not exist");
            Assert.DoesNotContain("-m", words);
            var run = Longt5.Finish(Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"),
                words[0], document, .. words[2..]], scratch.Folder));
            Assert.Equal(0, run.ExitCode);
            Assert.Equal(Words(quotation), Words(run.Output));
        }
    }

    /// <summary>Blocks of one command, each with the lines behind <c>&gt;</c> that follow it.</summary>
    private static IEnumerable<(string[] Words, string Quotation)> Shown()
    {
        var lines = File.ReadAllLines(s_readme);
        for (var i = 1; i + 3 < lines.Length; i++)
            if (lines[i].StartsWith("./longt5 ", StringComparison.Ordinal) && lines[i + 3].StartsWith('>'))
                yield return (lines[i].Split(' ')[1..], string.Join(' ', lines[(i + 3)..]
                    .TakeWhile(line => line.StartsWith('>')).Select(line => line[1..])));
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
