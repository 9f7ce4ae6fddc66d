namespace LongT5.Tests.Cli;

public sealed class ReportCommandTests : IDisposable
{
    private const string Text = "Wages rose by ten per cent. The plant in Trier closes in May. Nobody was asked <b>why</b>.";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_report_is_one_page_and_the_summary_is_written_as_without_it()
    {
        var text = _scratch.Write("wages.txt", Text);
        var plain = Longt5.Start("summarize", text);
        var result = Longt5.Start("summarize", text, "--report", _scratch["out/wages.html"]);
        Assert.Equal((0, plain.Output), (result.ExitCode, result.Output));
        var page = File.ReadAllText(_scratch["out/wages.html"]);
        Assert.Contains("<title>wages.txt</title>", page);
        Assert.Contains("\\u003Cb\\u003Ewhy", page);
        Assert.DoesNotContain("<b>", page);
        Assert.DoesNotContain("http:", page);
        Assert.DoesNotContain("https:", page);
        Assert.Contains("longt5-embedded", page);
        Assert.DoesNotContain(_scratch["wages.txt"], page);
    }

    [Fact]
    public void A_report_in_markdown_has_the_passages_as_notes()
    {
        var result = Longt5.Start("summarize", _scratch.Write("wages.txt", Text), "--report", _scratch["wages.md"]);
        Assert.Equal(0, result.ExitCode);
        var page = File.ReadAllText(_scratch["wages.md"]);
        Assert.StartsWith("# wages.txt\n\n1. Wages rose by ten per cent. [^1]\n", page);
        Assert.Contains("[^1]: \u201cWages rose by ten per cent.\u201d", page);
        Assert.Contains("&lt;b&gt;why", page);
    }

    [Theory]
    [InlineData("reports", "reports/index.html", "reports/a.html", "\"a.html\"")]
    [InlineData("all.html", "all.html", "all/a.html", "\"all/a.html\"")]
    [InlineData("all.md", "all.md", "all/a.md", "<all/a.md>")]
    public void Several_texts_have_a_page_that_leads_to_their_reports(
        string path, string index, string first, string link)
    {
        var result = Longt5.Start("summarize", _scratch.Write("in/a.txt", Text), _scratch.Write("in/b.txt", Text),
            "--report", _scratch[path]);
        Assert.Equal(0, result.ExitCode);
        Assert.True(File.Exists(_scratch[first]));
        Assert.Contains(link, File.ReadAllText(_scratch[index]));
    }

    [Fact]
    public void A_page_that_is_there_is_not_replaced_unasked_and_no_time_is_spent_before_that_is_said()
    {
        var (text, page) = (_scratch.Write("wages.txt", Text), _scratch.Write("page.html", "mine"));
        var result = Longt5.Start("summarize", text, "--report", page);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("--force", result.Errors);
        Assert.Equal("", result.Output);
        Assert.Equal("mine", File.ReadAllText(page));
        Assert.Equal(0, Longt5.Start("summarize", text, "--report", page, "--force").ExitCode);
        Assert.NotEqual("mine", File.ReadAllText(page));
    }

    [Theory]
    [InlineData("names neither", "--report", "out.pdf")]
    [InlineData("--stream", "--report", "out.html", "--stream")]
    [InlineData("--skip-done", "--report", "out.html", "--skip-done", "-o", "out/")]
    [InlineData("--stream", "--strict", "--stream")]
    public void What_cannot_be_is_said_before_anything_is_done(string sentence, params string[] flags)
    {
        var result = Longt5.Start(["summarize", _scratch.Write("wages.txt", Text), .. flags]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Errors);
    }
}
