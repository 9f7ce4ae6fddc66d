using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LongT5.Client;
using LongT5.Tests;
using LongT5.Tests.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace LongT5.Server.Tests;

/// <summary><see cref="LongT5Client"/> against a server as people run it.</summary>
public sealed class HttpClientTests : IAsyncLifetime
{
    private LiveServer _server = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private LongT5Client Client => _services.GetRequiredService<LongT5Client>();

    public async ValueTask InitializeAsync()
    {
        _server = await LiveServer.Start(LiveServer.Options with { ApiKeys = ["sesame"] });
        var services = new ServiceCollection();
        services.AddLongT5Client(_server.Url, "sesame");
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_text_is_summarised_as_the_library_does()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        var own = new LongT5.Tasks.Summarizer(model).Summarize(LiveServer.Document, new()
        {
            Length = LongT5.Tasks.SummaryLength.Short,
            Evidence = LongT5.Tasks.EvidenceMode.Passages,
        });
        var result = await Client.SummarizeAsync(LiveServer.Document, new() { Length = SummaryLength.Short }, Stop);
        Assert.Equal(own.Text, result.Text);
        Assert.Equal(own.Sentences, result.Sentences);
        Assert.Equal((own.InputTokens, own.OutputTokens), (result.TokensIn, result.TokensOut));
        Assert.Equal(own.Evidence!.Select(one => one.Count), result.Evidence!.Select(one => one.Count));
        Assert.Equal(LiveServer.Tiny, result.Model);
    }

    [Fact]
    public async Task A_document_is_sent_as_it_is_and_its_passages_come_with_their_places()
    {
        var folder = Path.Combine(Goldens.Repository, "models", "longt5-embedded");
        await using var server = await LiveServer.Start(LiveServer.Options with { Models = [new("own", folder)] });
        using var http = new HttpClient { BaseAddress = server.Url };
        using var page = new MemoryStream(Encoding.UTF8.GetBytes(
            $"<html><head><title>War</title></head><body><h1>Plans</h1><p>{LiveServer.Document}</p></body></html>"));
        var result = await new LongT5Client(http).SummarizeAsync(SourceText.FromDocument(page, "war.html"),
            new() { Length = SummaryLength.Short, Quoting = Quoting.VerbatimInOrder, Evidence = EvidenceMode.Causal },
            Stop);
        Assert.Equal(new ReadDocument("war.html", "Html", "War", null), result.Document);
        var passage = result.Evidence!.SelectMany(one => one).First();
        Assert.Equal("Plans", passage.Section);
        Assert.True(page.CanRead); // it is the caller's
    }

    [Fact]
    public async Task A_stream_tells_of_the_work_gives_the_text_and_ends_with_the_whole()
    {
        var options = new ReadOptions
        {
            Model = "told",
            Generation = new Dictionary<string, JsonNode?> { ["max_new_tokens"] = 40 },
        };
        var whole = await Client.WriteAsync("the art of war", options, Stop);
        var events = await Client.StreamTextAsync("the art of war", options, Stop).ToListAsync(Stop);
        Assert.Contains(events, one => one is TextEvent.Waiting { Place: 0 });
        Assert.Contains(events, one => one is TextEvent.Progressing { Phase: "writing", Unit: "tokens" });
        Assert.Equal(whole.Text, string.Concat(events.OfType<TextEvent.Writing>().Select(one => one.Text)));
        var done = Assert.IsType<TextEvent.Finished>(events[^1]);
        Assert.Equal(whole.Text, done.Result.Text);
        Assert.Equal(whole.TokensOut, done.Result.TokensOut);
    }

    [Fact]
    public async Task A_question_is_answered_and_stops_end_the_text_of_a_document_too()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        var own = new LongT5.Tasks.Answerer(model).Answer("what is war?", LiveServer.Document).Text;
        Assert.Equal(own, (await Client.AnswerAsync(LiveServer.Document, "what is war?", null, Stop)).Text);
        var streamed = await Client.StreamAnswerAsync(LiveServer.Document, "what is war?", null, Stop)
            .ToListAsync(Stop);
        Assert.Equal(own, Assert.IsType<TextEvent.Finished>(streamed[^1]).Result.Text);
        using var document = new MemoryStream(Encoding.UTF8.GetBytes(LiveServer.Document));
        var stop = own[(own.Length / 2)..][..2];
        var cut = await Client.AnswerAsync(SourceText.FromDocument(document, "war.txt"), "what is war?",
            new() { Stops = ["no such text", stop] }, Stop);
        Assert.Equal(own[..own.IndexOf(stop, StringComparison.Ordinal)].TrimEnd(), cut.Text);
        Assert.Equal("stop", cut.EndedBy);
    }

    [Fact]
    public async Task Models_are_listed_and_the_server_says_that_it_is_ready()
    {
        Assert.Equal(["tiny", "told"], (await Client.ListModelsAsync(Stop)).Select(model => model.Id));
        Assert.Equal(ServerHealth.Ready, await Client.GetHealthAsync(Stop));
    }

    [Fact]
    public async Task What_the_server_refuses_is_an_exception_with_its_problem()
    {
        var nothing = await Assert.ThrowsAsync<LongT5Exception>(() => Client.SummarizeAsync(" ", null, Stop));
        Assert.Equal((HttpStatusCode.BadRequest, 400), (nothing.StatusCode, nothing.Problem.Status));
        Assert.Equal(nothing.Message, nothing.Problem.Detail);
        var unknown = await Assert.ThrowsAsync<LongT5Exception>(
            () => Client.SummarizeAsync("war", new() { Model = "another" }, Stop));
        Assert.Equal((404, "model", "model_not_found"),
            (unknown.Problem.Status, unknown.Problem.Parameter, unknown.Problem.Code));
        var streamed = await Assert.ThrowsAsync<LongT5Exception>(
            async () => await Client.StreamSummaryAsync("war", new() { Model = "another" }, Stop).ToListAsync(Stop));
        Assert.Equal(404, streamed.Problem.Status);
        using var keyless = new HttpClient { BaseAddress = _server.Url };
        var locked = await Assert.ThrowsAsync<LongT5Exception>(() => new LongT5Client(keyless).ListModelsAsync(Stop));
        Assert.Equal(HttpStatusCode.Unauthorized, locked.StatusCode);
        Assert.Contains("key", locked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_at_the_address_is_told_of_and_not_believed()
    {
        using var http = new HttpClient(new Answering("<html>hello</html>")) { BaseAddress = new("http://elsewhere/") };
        var wrong = await Assert.ThrowsAsync<LongT5Exception>(
            () => new LongT5Client(http).SummarizeAsync("war", null, Stop));
        Assert.Contains("none of a LongT5 server", wrong.Message, StringComparison.Ordinal);
        using var broken = new HttpClient(new Answering("event: text\ndata: {\"text\": \"The art\"}\n\n"))
        {
            BaseAddress = new("http://elsewhere/"),
        };
        var cut = await Assert.ThrowsAsync<LongT5Exception>(
            async () => await new LongT5Client(broken).StreamSummaryAsync("war", null, Stop).ToListAsync(Stop));
        Assert.Contains("broke off", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_the_loop_stops_the_servers_work()
    {
        var endless = new ReadOptions
        {
            Model = "told",
            Generation = new Dictionary<string, JsonNode?>
            {
                ["max_new_tokens"] = 1000,
                ["min_new_tokens"] = 1000,
            },
        };
        await foreach (var happened in Client.StreamTextAsync(LiveServer.Document, endless, Stop))
            if (happened is TextEvent.Progressing { Phase: "writing" }) break;
        var scheduler = _server.App.Services.GetRequiredService<LongT5.Scheduling.Scheduler>();
        for (var i = 0; i < 200 && scheduler.Status is not { Reading: 0, Writing: 0, Waiting: 0 }; i++)
            await Task.Delay(50, Stop);
        Assert.Equal((0, 0), (scheduler.Status.Reading, scheduler.Status.Writing));
    }

    /// <summary>A program that answers everything alike.</summary>
    private sealed class Answering(string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
            => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) });
    }
}
