namespace LongT5.Tests.Sources;

/// <summary>What is asked of every source file alike.</summary>
public sealed class SourceFilesTests
{
    /// <summary>What can be read at once; a file that passes it holds two ideas.</summary>
    private const int MostLines = 400;

    [Fact]
    public void No_file_is_longer_than_can_be_read_at_once()
        => Assert.DoesNotContain(Files(), file => File.ReadLines(file).Count() > MostLines);

    [Fact]
    public void Lines_end_as_in_every_other_file()
        => Assert.DoesNotContain(Files(), file => File.ReadAllText(file) is var text
            && (text.Contains('\r') || text.Contains("\n\t", StringComparison.Ordinal) || !text.EndsWith('\n')));

    private static IEnumerable<string> Files()
        => ((string[])["src", "tests", "benchmarks", "samples"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Goldens.Repository, folder), "*.cs",
                SearchOption.AllDirectories))
            .Where(file => !file.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal));
}
