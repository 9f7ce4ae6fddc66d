using System.Text.RegularExpressions;

namespace LongT5.Tests.Sources;

/// <summary>What is asked of every source file alike.</summary>
public sealed partial class SourceFilesTests
{
    /// <summary>What can be read at once; a file that passes it holds two ideas.</summary>
    private const int MostLines = 400;

    private const int MostColumns = 120;

    [Fact]
    public void No_file_is_longer_than_can_be_read_at_once()
        => Assert.DoesNotContain(Files(), file => File.ReadLines(file).Count() > MostLines);

    [Fact]
    public void Lines_end_as_in_every_other_file()
        => Assert.DoesNotContain(Files(), file => File.ReadAllText(file) is var text
            && (text.Contains('\r') || text.Contains("\n\t", StringComparison.Ordinal) || !text.EndsWith('\n')));

    [Fact]
    public void No_line_is_wider_than_the_page_but_for_what_it_quotes()
        => Assert.Equal("", string.Join('\n', Files().SelectMany(Wide)));

    /// <summary>
    /// TorchSharp's own makes a number at every call, which the collector may free before it is read.
    /// </summary>
    [Fact]
    public void No_tensor_is_squared_through_a_number_that_may_be_freed()
        => Assert.DoesNotContain(Files(), file => File.ReadAllText(file) is var text
            && text.Contains("TorchSharp", StringComparison.Ordinal)
            && text.Contains(".square" + "()", StringComparison.Ordinal) && !file.Contains("tests"));

    /// <summary>Who uses a library types no flags: the command line adds them to what it says.</summary>
    [Theory, InlineData("LongT5"), InlineData("LongT5.Data"), InlineData("LongT5.Documents"), InlineData("LongT5.Server"),
        InlineData("LongT5.Extensions.AI"), InlineData("LongT5.Client")]
    public void No_sentence_of_a_library_names_a_flag(string library)
        => Assert.DoesNotContain(Files().Where(file => file.Contains($"/src/{library}/", StringComparison.Ordinal))
            .SelectMany(File.ReadLines), line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                && Flag().IsMatch(line));

    [GeneratedRegex("\"[^\"]*[ (]--[a-z]")]
    private static partial Regex Flag();

    /// <summary>Lines beyond the width without a literal in them that could not be broken.</summary>
    private static IEnumerable<string> Wide(string file)
    {
        var (isQuoted, number) = (false, 0);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.Length > MostColumns && !isQuoted && !line.Contains('"')) yield return $"{file}:{number}";
            isQuoted ^= line.Split("\"\"\"").Length % 2 == 0;
        }
    }

    private static IEnumerable<string> Files()
        => ((string[])["src", "tests", "benchmarks", "samples"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Goldens.Repository, folder), "*.cs",
                SearchOption.AllDirectories))
            .Where(file => !file.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal));
}
