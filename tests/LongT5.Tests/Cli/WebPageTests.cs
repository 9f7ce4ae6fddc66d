using System.Text;
using LongT5.Cli;
using LongT5.Cli.Input;
using LongT5.Tests.Hub;
using Microsoft.AspNetCore.Http;

namespace LongT5.Tests.Cli;

/// <summary>A page of the web as a document, from a server on loopback.</summary>
public sealed class WebPageTests : IAsyncLifetime
{
    private const string Page = "<html><head><title>T</title></head><body><article><p>Grüße aus Köln, wo es regnet und "
        + "der Rhein steigt.</p></article></body></html>";

    private FakeHub _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeHub.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string Address => $"{_server.Endpoint}page";

    /// <summary>Answers with a page, and leads to it from elsewhere.</summary>
    private void Serve(byte[] content, string type = "text/html", int status = 200) => _server.Instead = async context =>
    {
        if (context.Request.Path == "/from")
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"http://localhost:{_server.Endpoint.Port}/page";
            return true;
        }
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(content);
        return true;
    };

    private static Run Text(string address, params string[] more)
        => Longt5.Finish(Longt5.Launch("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), "text", address, .. more], null,
            ("HF_HUB_OFFLINE", "")));

    [Fact]
    public void A_page_is_read_as_a_document_is()
    {
        Serve(Encoding.UTF8.GetBytes(Page));
        var run = Text(Address);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Grüße aus Köln", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("<p>", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Redirects_are_followed()
    {
        Serve(Encoding.UTF8.GetBytes(Page));
        Assert.Contains("Grüße", Text($"{_server.Endpoint}from").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_charset_of_the_server_stands_above_that_of_the_page()
    {
        Serve(Encoding.Latin1.GetBytes(Page.Replace("<title>", "<meta charset=\"utf-8\"><title>",
            StringComparison.Ordinal)), "text/html; charset=iso-8859-1");
        Assert.Contains("Grüße aus Köln", Text(Address).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Offline_forbids_it()
    {
        Serve(Encoding.UTF8.GetBytes(Page));
        var run = Text(Address, "--offline");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is on the web, and offline was asked for", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("text/html", 404, "answers 404 Not Found")]
    [InlineData("image/png", 200, "is no document but image/png")]
    public async Task What_is_no_document_is_one_sentence(string type, int status, string said)
    {
        Serve([1, 2, 3], type, status);
        var failure = await Assert.ThrowsAsync<Failure>(()
            => WebPage.FetchAsync(Address, TestContext.Current.CancellationToken));
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_fifty_megabytes_are_not_read(bool isSaid)
    {
        _server.Instead = async context =>
        {
            if (isSaid) context.Response.ContentLength = WebPage.Largest + 1;
            var piece = new byte[1 << 20];
            for (var i = 0; i < 64 && !context.RequestAborted.IsCancellationRequested; i++)
                await context.Response.Body.WriteAsync(piece.AsMemory()[..(int)Math.Min(piece.Length,
                    isSaid ? Math.Max(0, WebPage.Largest + 1 - ((long)i << 20)) : piece.Length)]);
            return true;
        };
        var failure = await Assert.ThrowsAsync<Failure>(()
            => WebPage.FetchAsync(Address, TestContext.Current.CancellationToken));
        Assert.Contains("has more than 50 MB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        _server.Instead = context =>
        {
            context.Response.Redirect("/again");
            return Task.FromResult(true);
        };
        var exception = await Assert.ThrowsAsync<LongT5.Hub.HubException>(()
            => WebPage.FetchAsync(Address, TestContext.Current.CancellationToken));
        Assert.Contains("more than 10 times", exception.Message, StringComparison.Ordinal);
        Assert.Equal(11, _server.Requests.Count);
    }

    [Theory]
    [InlineData("https://example.org/papers/long-t5.pdf?download=1", "example.org-papers-long-t5.pdf.html")]
    [InlineData("http://example.org", "example.org.html")]
    [InlineData("https://example.org/..%2f..%2fetc/passwd", "example.org-..-2f..-2fetc-passwd.html")]
    public void Its_result_is_called_by_its_address_and_stays_in_the_folder(string address, string name)
    {
        var file = Assert.Single(InputFiles.Expand([address]));
        Assert.Equal((name, address), (file.RelativePath, LongT5.Cli.Output.OutputPlan.NameOf(file)));
    }
}
