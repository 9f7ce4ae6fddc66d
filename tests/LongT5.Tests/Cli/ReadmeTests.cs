using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>What README.md tells people to type works as it is written there.</summary>
public class ReadmeTests
{
    private static readonly string s_readme = Path.Combine(Goldens.Repository, "README.md");

    /// <summary>Lines of code blocks that call the launcher.</summary>
    private static string[][] Commands()
        => [.. File.ReadAllLines(File.Exists(s_readme) ? s_readme : Path.Combine(Goldens.Repository, "samples", "README.md"))
            .Select(line => line.Trim().TrimStart('$').Trim())
            .Where(line => line.StartsWith("./longt5 ", StringComparison.Ordinal))
            .Select(line => line.Split('#')[0].Split('|')[0].Split('>')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])];

    [Fact]
    public void Every_command_and_every_option_exists()
    {
        var commands = Commands();
        Assert.NotEmpty(commands);
        foreach (var words in commands.Where(words => words[0] is not ("train" or "pretrain" or "--version" or "--help")))
        {
            var help = Longt5.Start(words[0], "--help");
            Assert.True(help.ExitCode == 0, $"README.md: there is no command {words[0]}");
            foreach (var option in words.Where(word => word.StartsWith('-') && word.Length > 1))
                Assert.True(help.Output.Contains(option, StringComparison.Ordinal), $"README.md: longt5 {words[0]} has no {option}");
        }
    }

    [Fact]
    public void The_first_command_summarises_the_bundled_document()
    {
        var words = Commands()[0];
        Assert.Equal("summarize", words[0]);
        var document = Path.Combine(Goldens.Repository, words[1]);
        Assert.True(File.Exists(document), $"README.md: {words[1]} does not exist");
        if (LongT5.Hub.Installation.EmbeddedModel is null && !words.Contains("-m"))
            words = [.. words, "-m", TinyModel.Folder, "--max-new-tokens", "4"];
        var run = Longt5.Start([words[0], document, .. words[2..]]);
        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Output.Trim().Length > 0);
    }
}
