using System.Text.Json;

namespace LongT5.Server.Tests;

/// <summary>Many requests at once.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task A_request_gives_the_same_alone_and_among_others()
    {
        await using var server = await LiveServer.Start(LiveServer.Options with { MaxRequestsOfKey = 100 });
        string[] requests =
        [
            .. Enumerable.Range(1, 24).Select(i => JsonSerializer.Serialize(new
            {
                model = i % 2 == 0 ? "tiny" : "told",
                text = string.Concat(Enumerable.Repeat("The art of war is life and death. ", i * 7)),
                max_new_tokens = 10 + i,
                num_beams = 1 + i % 3,
            })),
        ];
        async Task<string> Ask(string request)
        {
            var (_, body) = await server.Post("/api/text", request);
            return body.GetProperty("text").GetString()!;
        }
        var alone = new List<string>();
        foreach (var request in requests)
            alone.Add(await Ask(request));
        var together = await Task.WhenAll(requests.Reverse().Select(Ask));
        Assert.Equal(alone, together.Reverse());
        Assert.True(alone.Distinct().Count() > 10);
    }

    [Fact]
    public async Task A_document_that_is_asked_again_is_not_read_again()
    {
        await using var server = await LiveServer.Start();
        foreach (var tokens in (int[])[5, 9])
            await server.Post("/api/text", $$"""{"text": "The art of war.", "max_new_tokens": {{tokens}}}""");
        Assert.Contains("longt5_documents_hits 1\n", await server.Client.GetStringAsync("/metrics"),
            StringComparison.Ordinal);
    }
}
