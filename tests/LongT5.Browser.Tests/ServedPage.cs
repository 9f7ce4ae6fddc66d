using System.Text;
using Deque.AxeCore.Playwright;
using LongT5.Server;
using LongT5.Server.Tests;
using LongT5.Tests;
using Microsoft.Playwright;

namespace LongT5.Browser.Tests;

/// <summary>The page of a server, and what hands do on it.</summary>
static class ServedPage
{
    /// <summary>A server as the command starts it.</summary>
    public static ServerOptions Options { get; } = new() { ReadingCommand = LiveServer.Options.ReadingCommand };

    /// <summary>A text of 14,594 tokens.</summary>
    public static string Long { get; } = File.ReadAllText(
        Path.Combine(Goldens.Repository, "samples", "documents", "art-of-war.txt"));

    /// <summary>A document in HTML with a title, two sections and a list.</summary>
    public static string Trams { get; } = """
        <!DOCTYPE html><html lang="en"><head><title>Trams of two cities</title></head><body>
        <h1>Trams of two cities</h1>
        <p>The company carried 41 million passengers in 2031, a tenth more than in the year before. Wages rose by ten per
        cent, and two lines were closed for repairs until May. The depot in the north was given a new roof.</p>
        <h2>Results</h2>
        <p>Fares brought in 62 million, which is 3 million more than the plan had foreseen. The council paid the rest, as
        it had done in every year since the war. Nobody expects that to change before the next election.</p>
        <ul><li>Electricity cost less than in any year since 2022.</li><li>Spare parts cost more, most of all wheels.</li></ul>
        <h2>Outlook</h2>
        <p>The line to the harbour stays open, and new trams come in 2033. They will be built in Trieste, where the first
        trams of the company were built as well.</p>
        </body></html>
        """;

    /// <summary>The page, ready for a document.</summary>
    public static async Task<IPage> Open(this Chromium chromium, LiveServer server, int width = 1440,
        ColorScheme scheme = ColorScheme.Light)
    {
        var page = await chromium.Open(width, scheme);
        page.PageError += (_, error) => throw new InvalidOperationException(error);
        await page.GotoAsync(server.Url.AbsoluteUri);
        await Assertions.Expect(page.Locator("#model option")).Not.ToHaveCountAsync(0);
        return page;
    }

    /// <summary>Drops a document on the page, as a hand does.</summary>
    public static Task Drop(this IPage page, string name, string content)
        => page.Drop(name, Encoding.UTF8.GetBytes(content));

    /// <inheritdoc cref="Drop(IPage, string, string)"/>
    public static async Task Drop(this IPage page, string name, byte[] content)
    {
        var data = await page.EvaluateHandleAsync("""
            ([name, content]) => {
                const data = new DataTransfer();
                data.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], name));
                return data;
            }
            """, new[] { name, Convert.ToBase64String(content) });
        await page.DispatchEventAsync("body", "dragover", new { dataTransfer = data });
        await page.DispatchEventAsync("body", "drop", new { dataTransfer = data });
    }

    /// <summary>
    /// Waits until the stage has said it: an assertion looks once a second, in which it may come and go.
    /// </summary>
    public static Task Says(this IPage page, string words)
        => page.EvaluateAsync("""
            words => new Promise(said => {
                const stage = document.getElementById("stage");
                const look = () => stage.textContent.includes(words) && said();
                new MutationObserver(look).observe(stage, { childList: true, characterData: true, subtree: true });
                look();
            })
            """, words).WaitAsync(TimeSpan.FromSeconds(120));

    /// <summary>Waits for the summary.</summary>
    public static Task Finished(this IPage page)
        => Assertions.Expect(page.Locator("#result")).ToBeVisibleAsync(new() { Timeout = 120_000 });

    /// <summary>Nothing of the page shuts anybody out, as far as a program can tell.</summary>
    public static async Task AssertAccessible(this IPage page)
    {
        var result = await page.RunAxe();
        Assert.Empty(result.Violations.Select(one => $"{one.Id}: {one.Help} ({one.Nodes[0].Html})"));
    }

    /// <summary>A picture, where LONGT5_PICTURES names a folder for them.</summary>
    public static async Task Picture(this IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("LONGT5_PICTURES") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
    }
}
