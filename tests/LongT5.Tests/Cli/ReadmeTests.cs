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
    public void The_first_command_writes_the_summary_that_is_quoted_under_it()
    {
        var words = Commands()[0];
        Assert.Equal("summarize", words[0]);
        var document = Path.Combine(Goldens.Repository, words[1]);
        Assert.True(File.Exists(document), $"README.md: {words[1]} does not exist");
        Assert.DoesNotContain("-m", words);
        var run = Longt5.Start([words[0], document, .. words[2..]]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Words(FirstQuotation()), Words(run.Output));
    }

    /// <summary>The first lines behind <c>&gt;</c>.</summary>
    private static string FirstQuotation()
        => string.Join(' ', File.ReadAllLines(s_readme).SkipWhile(line => !line.StartsWith('>'))
            .TakeWhile(line => line.StartsWith('>')).Select(line => line[1..]));

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
