using System.Net;
using System.Text.Json;
using LongT5.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace LongT5.Server.Tests;

/// <summary>How requests end that do not come to their end.</summary>
public sealed class EndingTests
{
    private const int Endless = 200_000;

    private static readonly string LongRequest =
        $$"""{"model": "told", "text": "the art of war", "min_new_tokens": {{Endless}}, "max_new_tokens": {{Endless}}, "stream": true}""";

    private static ServerOptions Options { get; } = LiveServer.Options with
    {
        MaxNewTokens = Endless,
        Scheduling = new() { MaxMemory = 1L << 40 },
    };

    [Fact]
    public async Task A_client_that_leaves_stops_its_work()
    {
        await using var server = await LiveServer.Start(Options);
        var scheduler = server.App.Services.GetRequiredService<Scheduler>();
        using (var answer = await Begin(server, LongRequest))
            Assert.True(scheduler.Status.Bytes > 0);
        while (scheduler.Status.Bytes > 0)
            await Task.Delay(5);
        const string Left = "longt5_requests_total{route=\"text\",status=\"499\"} 1\n";
        var figures = await server.Figures(Left);
        Assert.Contains(Left, figures, StringComparison.Ordinal);
        Assert.DoesNotContain("longt5_tokens_output_total", figures, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ends_lets_requests_go_on_and_then_tells_them()
    {
        var server = await LiveServer.Start(Options with { DrainTime = TimeSpan.FromMilliseconds(300) });
        using var answer = await Begin(server, LongRequest);
        var stopping = server.App.StopAsync();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var last = (await reader.ReadToEndAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith("event: error\ndata: ", last, StringComparison.Ordinal);
        var problem = JsonElement.Parse(last["event: error\ndata: ".Length..]);
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal("stopping", problem.GetProperty("code").GetString());
        await stopping;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_request_that_ends_in_time_is_answered_whole_while_the_server_ends()
    {
        var server = await LiveServer.Start(Options);
        var request = """{"model": "told", "text": "the art of war", "min_new_tokens": 3000, "max_new_tokens": 3000, "stream": true}""";
        using var answer = await Begin(server, request);
        var stopping = server.App.StopAsync();
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("event: done", text, StringComparison.Ordinal);
        Assert.Contains("\"tokens_out\":3000", text, StringComparison.Ordinal);
        await stopping;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task What_takes_longer_than_it_may_is_told_so()
    {
        await using var server = await LiveServer.Start(Options with { MaxTime = TimeSpan.FromSeconds(1) });
        var (status, body) = await server.Post("/api/text",
            LongRequest.Replace("\"stream\": true", "\"stream\": false", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.GatewayTimeout, status);
        Assert.Equal("timeout", body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task More_requests_of_a_key_than_may_be_open_are_refused()
    {
        await using var server = await LiveServer.Start(Options with { MaxRequestsOfKey = 1 });
        using var answer = await Begin(server, LongRequest);
        using var refused = await server.Client.PostAsync("/v1/embeddings", LiveServer.Json("""{"input": "war"}"""));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }

    /// <summary>Sends a request and waits for the first event of its answer.</summary>
    private static async Task<HttpResponseMessage> Begin(LiveServer server, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/text") { Content = LiveServer.Json(json) };
        var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }
}
