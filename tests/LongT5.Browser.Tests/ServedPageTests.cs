using System.Text.RegularExpressions;
using LongT5.Scheduling;
using LongT5.Server;
using LongT5.Server.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace LongT5.Browser.Tests;

/// <summary>The page at <c>/</c> of a server, from a document that is dropped to its report.</summary>
public sealed class ServedPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Embedded = ServerOptions.EmbeddedName;

    [Fact]
    public async Task A_document_that_is_dropped_is_read_and_stands_beside_its_summary()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("Trams of two cities");
        await Assertions.Expect(page.Locator("h1:visible")).ToBeFocusedAsync();
        await page.Locator(".report-sentence").First.ClickAsync();
        await Assertions.Expect(page.Locator("mark.report-now")).ToBeInViewportAsync();
        Assert.Equal(["Results", "Outlook"], await page.Locator(".report-text h4").AllTextContentsAsync());
        Assert.Contains(Embedded, await page.Locator(".report-figures").InnerTextAsync(), StringComparison.Ordinal);
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex("^The summary is ready: "));
    }

    [Fact]
    public async Task A_PDF_is_dropped_and_its_passages_have_pages()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var print = await chromium.Open();
        await print.SetContentAsync(ServedPage.Trams);
        var page = await chromium.Open(server);
        await page.Drop("trams.pdf", await print.PdfAsync());
        await page.Finished();
        await Assertions.Expect(page.Locator("#result-about")).ToContainTextAsync("1 page");
        await page.Locator(".report-sentence").Last.ClickAsync();
        await Assertions.Expect(page.Locator(".report-step")).ToContainTextAsync("page 1");
    }

    [Fact]
    public async Task A_summary_is_watched_while_it_comes_and_its_text_is_that_of_the_report()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        await page.EvaluateAsync("""
            () => {
                window.stages = new Set();
                window.texts = [];
                // Every text that was set, though the next came before anyone could look.
                new MutationObserver(changes => changes.forEach(change =>
                    change.addedNodes.forEach(node => stages.add(node.textContent))))
                    .observe(document.getElementById("stage"), { childList: true });
                new MutationObserver(() => texts.push(document.getElementById("said").textContent))
                    .observe(document.getElementById("said"), { childList: true, characterData: true, subtree: true });
            }
            """);
        await page.Drop("war.txt", ServedPage.Long);
        await page.Finished();
        var stages = await page.EvaluateAsync<string[]>("[...stages]");
        Assert.Contains(stages, stage => Regex.IsMatch(stage, @"^Reading · layer \d+ of \d+ · (about|under) .+ left$"));
        Assert.Contains(stages, stage => Regex.IsMatch(stage, @"^Writing · \d+ tokens? · (at most .+|under 1\s+s) left$"));
        var texts = await page.EvaluateAsync<string[]>("texts.filter(text => text)");
        Assert.True(texts.Length > 1);
        Assert.Equal(string.Join(' ', await page.Locator(".report-sentence").AllTextContentsAsync()), texts[^1]);
    }

    [Fact]
    public async Task Stop_ends_the_work_of_the_server_and_the_document_stays_chosen()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var scheduler = server.App.Services.GetRequiredService<Scheduler>();
        var page = await chromium.Open(server);
        await page.Drop("war.txt", string.Concat(Enumerable.Repeat(ServedPage.Long, 8)));
        await page.Says("Reading · part 1 of ");
        Assert.True(scheduler.Status.Bytes > 0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("Stopped. Nothing is read any more.");
        while (scheduler.Status.Bytes > 0)
            await Task.Delay(5);
        const string Left = "longt5_requests_total{route=\"summary\",status=\"499\"} 1\n";
        Assert.Contains(Left, await server.Figures(Left), StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("#chosen-name")).ToContainTextAsync("war.txt · ");
        await page.GetByRole(AriaRole.Button, new() { Name = "Another document" }).ClickAsync();
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
    }

    [Fact]
    public async Task The_keyboard_does_it_all()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        var keys = page.Keyboard;
        await page.Locator("[name=length]:checked").FocusAsync();
        await keys.PressAsync("ArrowLeft");
        await Assertions.Expect(page.Locator("[value=short]")).ToBeCheckedAsync();
        foreach (var next in (string[])["#model", "#file", "#text"])
        {
            await keys.PressAsync("Tab");
            await Assertions.Expect(page.Locator(next)).ToBeFocusedAsync();
        }
        await keys.InsertTextAsync(LiveServer.Document);
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await page.Finished();
        await Assertions.Expect(page.Locator("#result-title")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#result-about")).ToContainTextAsync("short");
        for (var i = 0; i < 6; i++)
            await keys.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".report-sentence").First).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Locator("mark.report-now")).ToBeInViewportAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".report-sentence").First).ToBeFocusedAsync();
        await keys.PressAsync("Shift+Tab");
        await Assertions.Expect(page.Locator("#new")).ToBeFocusedAsync();
        await keys.PressAsync("Space");
        await Assertions.Expect(page.Locator("#start-title")).ToBeFocusedAsync();
        await page.Locator("#entries a").FocusAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#result-title")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Nobody_is_shut_out_and_nothing_sticks_out(int width, ColorScheme scheme)
    {
        await using var server = await LiveServer.Start(ServedPage.Options with
        {
            Models = [new(Embedded), new("reader") { TakesInstructions = true }],
        });
        var page = await chromium.Open(server, width, scheme);
        async Task Look(string state)
        {
            await page.AssertAccessible();
            Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            await page.Picture($"page-{state}-{width}-{scheme}");
        }
        await Look("start");
        await page.Locator("#read-text").ClickAsync();
        await Look("problem");
        await page.Drop("on the art of war, in the translation of 1910.txt", ServedPage.Long);
        await page.Says("Reading · ");
        await Look("reading");
        await Assertions.Expect(page.Locator("#said")).Not.ToBeEmptyAsync(new() { Timeout = 120_000 });
        await page.Picture($"page-writing-{width}-{scheme}");
        await page.Finished();
        await Look("result");
        await page.Locator(".report-sentence").First.ClickAsync();
        await Look("chosen");
        await page.Locator("#question").FillAsync("What is the art of war governed by?");
        await page.Locator("#put").ClickAsync();
        await Assertions.Expect(page.Locator("#put")).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await Look("answer");
        await page.Locator("#differently").ClickAsync();
        await Look("again");
    }

    [Fact]
    public async Task Earlier_summaries_of_the_tab_are_gone_back_to_after_a_reload_too_and_belong_to_no_other_tab()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
        await page.Locator("#new").ClickAsync();
        await page.Drop("war.txt", LiveServer.Document);
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("war.txt", new() { Timeout = 120_000 });
        await page.Finished();
        await page.GoBackAsync();
        Assert.Equal(["war.txt", "Trams of two cities"], await page.Locator("#entries a").AllTextContentsAsync());
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("Trams of two cities");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("Trams of two cities");
        await Assertions.Expect(page.Locator(".report-sentence")).Not.ToHaveCountAsync(0);
        await page.Locator("#to-history").ClickAsync();
        await page.Locator("#entries a").First.ClickAsync();
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("war.txt");
        var other = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("void open('/', '_blank', 'noopener')"));
        await Assertions.Expect(other.Locator("#history")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_summary_is_copied_and_saved_as_the_report_that_the_command_writes()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
        await page.Locator("#copy").ClickAsync();
        await Assertions.Expect(page.Locator("#copy")).ToHaveTextAsync("Copied");
        Assert.Equal(string.Join(' ', await page.Locator(".report-sentence").AllTextContentsAsync()), Regex.Replace(
            await page.EvaluateAsync<string>("navigator.clipboard.readText()"), @"\s+", " "));
        foreach (var (button, ending) in new[] { ("#save-html", ".html"), ("#save-markdown", ".md") })
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.Locator(button).ClickAsync());
            Assert.Equal($"trams-summary{ending}", download.SuggestedFilename);
            var saved = await File.ReadAllTextAsync(await download.PathAsync());
            Assert.Equal(WithoutTimes(await Command.Report("trams.html", ServedPage.Trams, ending)), WithoutTimes(saved));
        }
        static string WithoutTimes(string report)
            => Regex.Replace(report, @"\d+\.\d s to read, \d+\.\d s to write", "some time");
    }

    [Fact]
    public async Task A_model_that_answers_is_asked_about_the_document_and_one_that_does_not_is_not_offered()
    {
        await using (var silent = await LiveServer.Start(ServedPage.Options))
        {
            var summary = await chromium.Open(silent);
            await summary.Drop("trams.html", ServedPage.Trams);
            await summary.Finished();
            await Assertions.Expect(summary.Locator("#asking")).ToBeHiddenAsync();
        }
        await using var server = await LiveServer.Start(ServedPage.Options with { Models = [new(Embedded), new("reader") { Answers = true }] });
        var page = await chromium.Open(server);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Ask the document" }).FillAsync("Where will the new trams be built?");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#put")).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await Assertions.Expect(page.Locator("#answers dt")).ToHaveTextAsync("Where will the new trams be built?");
        var answer = await page.Locator("#answers dd").First.TextContentAsync();
        Assert.True(answer!.Length > 1);
        await Assertions.Expect(page.Locator("#answers .page-warning")).ToContainTextAsync("not trained to answer");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#answers dd").First).ToHaveTextAsync(answer);
    }

    [Fact]
    public async Task Who_looks_at_an_earlier_summary_goes_on_looking_at_it_when_another_is_ready()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
        await page.Drop("war.txt", ServedPage.Long);
        await page.Says("Reading · ");
        await page.Drop("trams.html", ServedPage.Trams);
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync(
            "One document is read at a time: stop it, or wait for its end.");
        await page.GoBackAsync();
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("Trams of two cities");
        await Assertions.Expect(page.Locator("#to-work")).ToHaveTextAsync("Reading war.txt");
        await Assertions.Expect(page.Locator("#to-history")).ToHaveTextAsync("2 summaries in this tab", new() { Timeout = 120_000 });
        await Assertions.Expect(page.Locator("#to-work")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync("Trams of two cities");
    }
}
