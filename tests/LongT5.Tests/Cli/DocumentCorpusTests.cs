using System.Globalization;

namespace LongT5.Tests.Cli;

/// <summary>Real documents by real writers, with what must and must not be in their text.</summary>
public class DocumentCorpusTests
{
    [Theory]
    [InlineData("docx", 1)]
    [InlineData("odt", 1)]
    [InlineData("rtf", 1)]
    [InlineData("pptx", 1)]
    [InlineData("html", 1)]
    [InlineData("epub", 1)]
    [InlineData("markdown", 1)]
    [InlineData("latex", 1)]
    [InlineData("jats", 1)]
    [InlineData("email", 1)]
    [InlineData("subtitles", 1)]
    [InlineData("pdf", 0.99)]
    [InlineData("hostile", 0.98)]
    public void Documents_of_a_kind_are_read_as_a_person_would_read_them(string kind, double score)
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no documents");
        var checker = Path.Combine(Goldens.Data, "documents", "tools", "check_documents.py");
        var program = Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll");
        var run = Longt5.Finish(Longt5.Launch("python3",
            [checker, "--kind", kind, "--at-least", score.ToString(CultureInfo.InvariantCulture),
                $"dotnet '{program}' text {{file}}"]));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
    }
}
