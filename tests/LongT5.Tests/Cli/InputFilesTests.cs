using LongT5.Cli;
using LongT5.Cli.Input;

namespace LongT5.Tests.Cli;

public class InputFilesTests
{
    private static string[] Names(Scratch scratch, params string[] names)
        => [.. InputFiles.Expand(names)
            .Select(file => Path.GetRelativePath(scratch.Folder, file.Path!).Replace('\\', '/'))];

    private static Scratch WithFiles()
    {
        var scratch = new Scratch();
        foreach (var name in new[] { "b.txt", "a.md", "c.pdf", "in/d.txt", "in/deep/e.txt", ".hidden.txt", "f.jpg" })
            scratch.Write(name, "Text.");
        return scratch;
    }

    [Fact]
    public void A_folder_gives_its_documents_in_order_and_nothing_else()
    {
        using var scratch = WithFiles();
        Assert.Equal(["a.md", "b.txt", "c.pdf", "in/d.txt", "in/deep/e.txt"], Names(scratch, scratch.Folder));
    }

    [Theory]
    [InlineData("*.txt", new[] { "b.txt" })]
    [InlineData("?.md", new[] { "a.md" })]
    [InlineData("**/*.txt", new[] { "b.txt", "in/d.txt", "in/deep/e.txt" })]
    [InlineData("i*/*.txt", new[] { "in/d.txt" })]
    public void A_pattern_that_the_shell_left_is_expanded(string pattern, string[] expected)
    {
        using var scratch = WithFiles();
        Assert.Equal(expected, Names(scratch, scratch[pattern]));
    }

    [Fact]
    public void A_named_file_is_taken_whatever_it_is_called_and_once()
    {
        using var scratch = WithFiles();
        Assert.Equal(["c.pdf", "b.txt"], Names(scratch, scratch["c.pdf"], scratch["b.txt"], scratch["./b.txt"]));
    }

    [Fact]
    public void A_pattern_or_a_folder_without_text_is_an_error()
    {
        using var scratch = new Scratch();
        Assert.Contains("no file matches", Assert.Throws<Failure>(() => InputFiles.Expand([scratch["*.txt"]])).Message);
        Assert.Contains("holds no document", Assert.Throws<Failure>(() => InputFiles.Expand([scratch.Folder])).Message);
    }
}
