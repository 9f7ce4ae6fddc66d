using Deque.AxeCore.Playwright;
using LongT5.Documents;
using LongT5.Documents.Reports;
using Microsoft.Playwright;

namespace LongT5.Browser.Tests;

public sealed class ReportTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>, IDisposable
{
    private const string Pressed = "button[aria-pressed=true]";

    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-report").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_click_on_a_sentence_shows_its_passages_and_another_puts_them_away()
    {
        var page = await Show(Reports.Usual);
        var sentence = page.Locator(".report-sentence").Nth(2);
        await sentence.ClickAsync();
        Assert.Equal(["The line to the harbour stays open, and new trams come in 2033."],
            await page.Locator("mark.report-now").AllTextContentsAsync());
        Assert.Equal(2, await page.Locator("mark.report-shown").CountAsync());
        await Assertions.Expect(page.Locator(".report-step")).ToHaveTextAsync("Passage 1 of 2 · Outlook, page 2");
        await Assertions.Expect(page.Locator("mark.report-now")).ToBeInViewportAsync();
        await page.ClickAsync(".report-next");
        Assert.Equal(["We shall not close the line to the harbour."],
            await page.Locator("mark.report-now").AllTextContentsAsync());
        await sentence.ClickAsync();
        Assert.Equal(0, await page.Locator("mark.report-shown").CountAsync());
        await Assertions.Expect(page.Locator(".report-steps")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_keyboard_does_all_that_the_mouse_does()
    {
        var page = await Show(Reports.Usual);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(Pressed)).ToContainTextAsync("Fares brought in");
        await Assertions.Expect(page.Locator("mark.report-now")).ToContainTextAsync("Fares brought in 62 million");
        await page.FocusAsync(".report-next");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator("mark.report-now")).ToHaveTextAsync("The council paid the rest.");
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal(0, await page.Locator(Pressed).CountAsync());
        await Assertions.Expect(page.Locator(".report-sentence").Nth(1)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_doubt_is_marked_in_its_place_with_its_reason_and_figures_stand_at_the_foot()
    {
        var page = await Show(Reports.Usual);
        Assert.Equal(["64 million"], await page.Locator("mark.report-doubt").AllTextContentsAsync());
        await Assertions.Expect(page.Locator("li", new() { Has = page.Locator("mark.report-doubt") })
            .Locator(".report-reasons")).ToHaveTextAsync("the document does not have the number \u201c64 million\u201d");
        Assert.Contains("4,311 tokens", await page.Locator("dl").InnerTextAsync());
    }

    [Fact]
    public async Task Sections_have_their_own_sentences_and_their_headings_lead_into_the_document()
    {
        var (usual, outlook) = (Reports.Usual, Reports.Usual.Document.Sections[2]);
        var page = await Show(usual with
        {
            Summary = usual.Summary with
            {
                Sections = [new(outlook.Start, outlook.End, outlook.Heading, 2, usual.Summary with { Doubts = [] })],
            },
        }, width: 390);
        await AssertAccessible(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Outlook" }).ClickAsync();
        await Assertions.Expect(page.Locator(".report-text h4", new() { HasText = "Outlook" })).ToBeInViewportAsync();
        await page.Locator(".report-sentence").Nth(5).ClickAsync();
        await Assertions.Expect(page.Locator("mark.report-now")).ToContainTextAsync("The line to the harbour stays");
    }

    [Fact]
    public async Task The_document_stands_there_whole_block_by_block()
    {
        var page = await Show(Reports.Usual);
        var shown = await page.Locator(".report-text").EvaluateAsync<string[]>("""
            text => [...text.querySelectorAll("h3, h4, p:not(.report-page), li, td, blockquote, pre")].map(one => one.textContent)
            """);
        Assert.Equal(Reports.Usual.Document.Blocks.SelectMany(block => block.Kind == BlockKind.Table
            ? block.Text.Split('\n').SelectMany(row => row.Split(" | ")) : [block.Text]), shown);
        Assert.Equal(3, await page.Locator("tr").CountAsync());
        Assert.Equal(["page 1", "page 2"], await page.Locator(".report-page").AllTextContentsAsync());
    }

    [Fact]
    public async Task What_is_markup_in_a_document_is_words_on_the_page()
    {
        const string hostile = "<script>document.title = 'taken'</script> </script><img src=x onerror=alert(1)> <!-- &amp; "
            + "\u2028 ${1} `x` \"'>]]>";
        var page = await Show(Reports.Of(new Document(DocumentFormat.Html,
            [new(BlockKind.Paragraph, hostile + " stands here."), new(BlockKind.Heading, hostile) { Level = 1 },
                new(BlockKind.Table, hostile + " | b"), new(BlockKind.Code, "</script></body>")])
        { Title = hostile },
            (hostile + " stands here.", ["stands here"])) with
        { Name = hostile });
        await page.Locator(".report-sentence").ClickAsync();
        Assert.Equal(hostile, await page.TitleAsync());
        Assert.Equal(0, await page.Locator("img, main script").CountAsync());
        Assert.Contains("<img src=x onerror=alert(1)>", await page.Locator("mark.report-now").First.TextContentAsync());
        Assert.Equal("</script></body>", await page.Locator("pre").TextContentAsync());
    }

    [Fact]
    public async Task Nothing_is_fetched_and_nothing_else_may_run()
    {
        var requests = new List<string>();
        var page = await chromium.Open();
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(Write(Reports.Usual));
        await page.Locator(".report-sentence").First.ClickAsync();
        Assert.Single(requests);
        Assert.False(await page.EvaluateAsync<bool>("""
            () => { document.body.append(Object.assign(document.createElement("script"), { text: "ran = 1" })); return "ran" in window; }
            """));
    }

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Nobody_is_shut_out_and_nothing_sticks_out(int width, ColorScheme scheme)
    {
        var page = await Show(Reports.Usual, width, scheme);
        await AssertAccessible(page);
        await page.Locator(".report-sentence").Nth(1).ClickAsync();
        await AssertAccessible(page);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Picture(page, $"report-{width}-{scheme}");
        if (width < 500) return;
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Picture(page, $"print-{scheme}", whole: true);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_page_leads_to_the_reports_of_several_documents(ColorScheme scheme)
    {
        var path = Path.Combine(_folder, "index.html");
        Directory.CreateDirectory(Path.Combine(_folder, "a b"));
        File.WriteAllText(Path.Combine(_folder, "a b", "re#port 1.html"), Reports.Usual.ToHtml());
        File.WriteAllText(path, ReportIndex.ToHtml([new("a b/re#port 1.html", "Annual <report>", Reports.Usual.Summary.Text, 1),
            new("two.html", "Minutes", "Nothing was decided.", 0)]));
        var page = await chromium.Open(scheme: scheme);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await AssertAccessible(page);
        await Picture(page, $"index-{scheme}");
        await page.Locator("a").First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Annual report");
    }

    [Fact]
    public async Task A_document_of_a_megabyte_opens_whole()
    {
        var blocks = Enumerable.Range(0, 3000).Select(i => i % 20 == 0
            ? new Block(BlockKind.Heading, $"Chapter {i / 20 + 1}") { Level = 1, Page = i / 10 + 1 }
            : new Block(BlockKind.Paragraph, string.Concat(Enumerable.Range(0, 5).Select(j
                => $"Sentence {j} of paragraph {i} says that the number is {i * 7 + j} and that nothing else is known. ")))
            { Page = i / 10 + 1 });
        var document = new Document(DocumentFormat.Pdf, blocks);
        Assert.InRange(document.Text.Length, 1_000_000, 1_500_000);
        var page = await chromium.Open();
        var address = Write(Reports.Of(document, ("The number is 19607.", ["the number is 19607 "])));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await page.GotoAsync(address);
        await page.Locator(".report-sentence").ClickAsync();
        await Assertions.Expect(page.Locator("mark.report-now")).ToBeInViewportAsync();
        output.WriteLine($"opened and shown after {clock.ElapsedMilliseconds} ms");
        Assert.Equal(document.Blocks.Count, await page.Locator(".report-text > :is(p:not(.report-page), h3)").CountAsync());
        Assert.Contains("19607", await page.Locator("mark.report-now").TextContentAsync());
    }

    private async Task<IPage> Show(Report report, int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await chromium.Open(width, scheme);
        page.PageError += (_, error) => throw new InvalidOperationException(error);
        await page.GotoAsync(Write(report));
        return page;
    }

    private string Write(Report report)
    {
        var path = Path.Combine(_folder, "report.html");
        File.WriteAllText(path, report.ToHtml());
        return new Uri(path).AbsoluteUri;
    }

    private static async Task AssertAccessible(IPage page)
    {
        var result = await page.RunAxe();
        Assert.Empty(result.Violations.Select(one => $"{one.Id}: {one.Help} ({one.Nodes[0].Html})"));
    }

    /// <summary>A picture, where LONGT5_PICTURES names a folder for them.</summary>
    private static async Task Picture(IPage page, string name, bool whole = false)
    {
        if (Environment.GetEnvironmentVariable("LONGT5_PICTURES") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = whole });
    }
}
