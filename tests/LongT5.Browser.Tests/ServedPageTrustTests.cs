using System.Net;
using System.Text.RegularExpressions;
using LongT5.Server.Tests;
using Microsoft.Playwright;

namespace LongT5.Browser.Tests;

/// <summary>The page at <c>/</c> of a server, where something is hostile, locked, too much or gone.</summary>
public sealed class ServedPageTrustTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task What_is_markup_in_a_document_or_its_name_is_words_on_the_page()
    {
        const string hostile = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">";
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        await page.Drop($"{hostile}.txt", $"The art {hostile} of war is life. It is a matter {hostile} of death.");
        await page.Finished();
        await page.Locator(".report-sentence").First.ClickAsync();
        await Assertions.Expect(page.Locator("#result-title")).ToHaveTextAsync($"{hostile}.txt");
        Assert.Contains(hostile, await page.Locator(".report-text").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("img, main script").CountAsync());
        Assert.Equal($"{hostile}.txt · LongT5", await page.TitleAsync());
        await page.Locator("#new").ClickAsync();
        await Assertions.Expect(page.Locator("#entries a")).ToHaveTextAsync($"{hostile}.txt");
        Assert.Equal(0, await page.Locator("img, main script").CountAsync());
    }

    [Fact]
    public async Task Nothing_but_the_server_is_asked_and_nothing_else_may_run()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open();
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add($"{request.Method} {request.Url}");
        await page.GotoAsync(server.Url.AbsoluteUri);
        await page.EvaluateAsync("""
            () => { window.refused = []; addEventListener("securitypolicyviolation", event => refused.push(event.violatedDirective)); }
            """);
        await Assertions.Expect(page.Locator("#model option")).Not.ToHaveCountAsync(0);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
        await page.Locator(".report-sentence").First.ClickAsync();
        Assert.Equal([$"GET {server.Url}", $"GET {server.Url}api/models", $"POST {server.Url}api/summarize"], requests);
        Assert.Empty(await page.EvaluateAsync<string[]>("refused"));
        var tried = await page.EvaluateAsync<bool[]>("""
            async () => {
                const script = document.createElement("script");
                try { script.text = "ran = 1"; document.body.append(script); } catch { /* no text becomes a script */ }
                const throws = act => { try { act(); return false; } catch { return true; } };
                return ["ran" in window, throws(() => { document.body.innerHTML = "<b>"; }),
                    await fetch("http://localhost:1/").then(() => false, () => true)];
            }
            """);
        Assert.Equal([false, true, true], tried);
    }

    [Fact]
    public async Task A_document_that_is_too_large_is_not_sent_and_two_are_not_taken()
    {
        await using var server = await LiveServer.Start(
            ServedPage.Options with { MaxDocumentBytes = 3_000_000, MaxJsonBytes = 100_000 });
        var page = await chromium.Open(server);
        var problem = page.GetByRole(AriaRole.Alert).First;
        page.Request += (_, request) => Assert.DoesNotContain("summarize", request.Url, StringComparison.Ordinal);
        await page.Drop("war.txt", new string('x', 3_500_000));
        await Assertions.Expect(problem).ToHaveTextAsync("war.txt has 3.3 MiB, and this server takes 2.9 MiB.");
        await page.Locator("#text").FillAsync(new string('x', 200_000));
        await page.Locator("#read-text").ClickAsync();
        await Assertions.Expect(problem).ToHaveTextAsync(
            "The text has 200 kB, and this server takes 100 kB: drop it as a file.");
    }

    [Fact]
    public async Task What_cannot_be_read_and_a_server_that_is_gone_are_told_of_in_sentences()
    {
        var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        var problem = page.GetByRole(AriaRole.Alert).First;
        await page.Drop("report.pdf", "%PDF-1.7 nothing");
        await Assertions.Expect(problem).ToHaveTextAsync(new Regex(@"^report\.pdf: .+"));
        await server.DisposeAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Summarise", Exact = true }).ClickAsync();
        await Assertions.Expect(problem).ToHaveTextAsync(
            $"The server at {server.Url.Authority} does not answer. See whether it still runs, and try again.");
    }

    [Fact]
    public async Task Who_waits_is_shown_the_place_in_the_line_and_who_is_refused_when_to_come_again()
    {
        await using var server = await LiveServer.Start(LiveServer.Options with
        {
            MaxNewTokens = 200_000,
            Scheduling = new() { MaxMemory = 1L << 40, MaxSequences = 1, MaxWaiting = 1 },
        });
        using var other = new HttpRequestMessage(HttpMethod.Post, "/api/text")
        {
            Content = LiveServer.Json("""
                {"text": "the art of war", "min_new_tokens": 200000, "max_new_tokens": 200000, "stream": true}
                """),
        };
        using var first = await server.Client.SendAsync(other, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var page = await chromium.Open(server);
        await page.Drop("war.txt", LiveServer.Document);
        await Assertions.Expect(page.Locator("#stage")).ToHaveTextAsync("In the line, at place 1: other texts come first");
        var second = await chromium.Open(server);
        await second.Drop("war.txt", LiveServer.Document);
        await Assertions.Expect(second.GetByRole(AriaRole.Alert).First).ToContainTextAsync(new Regex(@"Try again in \d+ s\.$"));
    }

    [Fact]
    public async Task A_server_with_keys_has_the_browser_ask_for_one()
    {
        await using var server = await LiveServer.Start(ServedPage.Options with { ApiKeys = ["sesame"] });
        var stranger = await chromium.Open(password: "sesam");
        Assert.Equal(401, (await stranger.GotoAsync(server.Url.AbsoluteUri))!.Status);
        var page = await chromium.Open(password: "sesame");
        Assert.Equal(200, (await page.GotoAsync(server.Url.AbsoluteUri))!.Status);
        await page.Drop("trams.html", ServedPage.Trams);
        await page.Finished();
    }

    [Fact]
    public async Task A_document_that_needs_a_password_is_read_with_the_one_that_is_then_given()
    {
        await using var server = await LiveServer.Start(ServedPage.Options);
        var page = await chromium.Open(server);
        var sent = new List<string>();
        await page.RouteAsync("**/api/summarize", route =>
        {
            sent.Add(route.Request.PostData ?? "");
            return route.FulfillAsync(new()
            {
                Status = 422,
                ContentType = "application/problem+json",
                Body = """
                    {"detail": "secret.pdf: it is protected by a password, which is needed to read it.", "code": "password"}
                    """,
            });
        });
        await page.Drop("secret.pdf", "%PDF-1.7");
        await page.GetByLabel("Its password").FillAsync("sesame");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync(
            "secret.pdf is protected by another password.");
        Assert.Equal(2, sent.Count);
        Assert.DoesNotContain("name=\"password\"", sent[0], StringComparison.Ordinal);
        Assert.Contains("name=\"password\"\r\n\r\nsesame\r\n", sent[1], StringComparison.Ordinal);
    }
}
