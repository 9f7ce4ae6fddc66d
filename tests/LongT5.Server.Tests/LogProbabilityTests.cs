using System.ClientModel;
using System.Net;
using System.Text.Json;
using LongT5.Tasks;
using LongT5.Tests.Tasks;
using OpenAI;
using OpenAI.Chat;

namespace LongT5.Server.Tests;

/// <summary>How likely each token was, and several texts of one request, as OpenAI's clients ask for them.</summary>
public sealed class LogProbabilityTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ChatClient Chat(string model) => new OpenAIClient(new ApiKeyCredential("none"),
        new() { Endpoint = new(_server.Url, "v1") }).GetChatClient(model);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_tokens_of_a_chat_are_its_text_and_their_probabilities_its_score(int beams)
    {
        var options = new ChatCompletionOptions
        {
            MaxOutputTokenCount = 40,
            IncludeLogProbabilities = true,
            TopLogProbabilityCount = 3,
        };
#pragma warning disable SCME0001 // how the client adds members that it does not know
        options.Patch.Set("$.num_beams"u8, beams);
#pragma warning restore SCME0001
        ChatCompletion answer = await Chat("told").CompleteChatAsync([new UserChatMessage("the art of war")], options);
        using var model = LongT5Model.Load(TinyModel.Folder);
        var own = model.Generate("the art of war", new()
        {
            Generation = new() { MaxNewTokens = 40, NumBeams = beams, LengthPenalty = 1 },
        })[0];
        var tokens = answer.ContentTokenLogProbabilities;
        Assert.Equal(own.Text, answer.Content[0].Text);
        Assert.Equal(own.Text, string.Concat(tokens.Select(token => token.Token)));
        Assert.All(tokens, token =>
        {
            Assert.Equal(3, token.TopLogProbabilities.Count);
            Assert.Equal(token.TopLogProbabilities.OrderByDescending(one => one.LogProbability),
                token.TopLogProbabilities);
            Assert.InRange(token.LogProbability, -100, token.TopLogProbabilities[0].LogProbability);
        });
        if (own.IsOutputCut) // otherwise the end token has a part in the score
            Assert.Equal(own.Score * own.OutputTokens, tokens.Sum(token => token.LogProbability), 1e-3);

        var (text, streamed) = ("", new List<ChatTokenLogProbabilityDetails>());
        await foreach (var update in Chat("told").CompleteChatStreamingAsync([new UserChatMessage("the art of war")],
            options))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            streamed.AddRange(update.ContentTokenLogProbabilities);
        }
        Assert.Equal(own.Text, text);
        Assert.Equal(tokens.Select(token => (token.Token, token.LogProbability)),
            streamed.Select(token => (token.Token, token.LogProbability)));
    }

    [Fact]
    public async Task A_stop_ends_the_tokens_too_and_a_chat_that_does_not_ask_has_none()
    {
        ChatMessage[] messages = [new UserChatMessage("the art of war")];
        ChatCompletion whole = await Chat("told").CompleteChatAsync(messages, new() { MaxOutputTokenCount = 40 });
        Assert.Empty(whole.ContentTokenLogProbabilities);
        var stop = whole.Content[0].Text[(whole.Content[0].Text.Length / 2)..][..2];
        ChatCompletion cut = await Chat("told").CompleteChatAsync(messages, new()
        {
            MaxOutputTokenCount = 40,
            IncludeLogProbabilities = true,
            StopSequences = { stop },
        });
        Assert.StartsWith(string.Concat(cut.ContentTokenLogProbabilities.Select(token => token.Token)),
            cut.Content[0].Text, StringComparison.Ordinal);
        Assert.NotEmpty(cut.ContentTokenLogProbabilities);
    }

    [Fact]
    public async Task A_response_has_the_probabilities_that_a_chat_has_streamed_or_not()
    {
        var (_, chat) = await _server.Post("/v1/chat/completions", """
            {"model": "told", "messages": [{"role": "user", "content": "the art of war"}], "max_tokens": 20, "logprobs": true,
            "top_logprobs": 2}
            """);
        const string Body = """
            {"model": "told", "input": "the art of war", "max_output_tokens": 20, "include": ["message.output_text.logprobs"],
            "top_logprobs": 2
            """;
        var (status, body) = await _server.Post("/v1/responses", Body + "}");
        Assert.Equal(HttpStatusCode.OK, status);
        var expected = chat.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content");
        var part = body.GetProperty("output")[0].GetProperty("content")[0];
        Assert.Equal(expected.GetRawText(), part.GetProperty("logprobs").GetRawText());
        Assert.NotEqual(0, expected.GetArrayLength());

        using var answer = await _server.Client.PostAsync("/v1/responses", LiveServer.Json(Body + ", \"stream\": true}"));
        var deltas = (await answer.Content.ReadAsStringAsync()).Split('\n')
            .Where(line => line.StartsWith("data: {\"type\":\"response.output_text.delta\"", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line[6..])).ToList();
        Assert.Equal(part.GetProperty("text").GetString(),
            string.Concat(deltas.Select(one => one.GetProperty("delta").GetString())));
        Assert.Equal(expected.EnumerateArray().Select(one => one.GetRawText()),
            deltas.SelectMany(one => one.GetProperty("logprobs").EnumerateArray()).Select(one => one.GetRawText()));
    }

    [Theory]
    [InlineData("\"top_logprobs\": 2", "top_logprobs")]
    [InlineData("\"include\": [\"web_search_call.results\"]", "include[0]")]
    public async Task A_response_names_what_it_cannot_include(string asked, string named)
    {
        var (status, body) = await _server.Post("/v1/responses", $$"""{"input": "the art", {{asked}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(named, body.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task A_completion_has_four_lists_of_one_length_streamed_or_not()
    {
        const string Body = """{"model": "told", "prompt": "the art", "max_tokens": 12, "logprobs": 2""";
        var (status, body) = await _server.Post("/v1/completions", Body + "}");
        Assert.Equal(HttpStatusCode.OK, status);
        var choice = body.GetProperty("choices")[0];
        var (text, lists) = (choice.GetProperty("text").GetString()!, choice.GetProperty("logprobs"));
        var tokens = lists.GetProperty("tokens").EnumerateArray().Select(one => one.GetString()!).ToList();
        Assert.Equal(text, string.Concat(tokens));
        Assert.Equal(tokens.Count, lists.GetProperty("token_logprobs").GetArrayLength());
        Assert.Equal(tokens.Count, lists.GetProperty("top_logprobs").GetArrayLength());
        foreach (var (offset, token) in lists.GetProperty("text_offset").EnumerateArray().Zip(tokens))
            Assert.StartsWith(token, text[offset.GetInt32()..], StringComparison.Ordinal);

        using var answer = await _server.Client.PostAsync("/v1/completions",
            LiveServer.Json(Body + ", \"stream\": true}"));
        var chunks = (await answer.Content.ReadAsStringAsync()).Split("\n\n")
            .Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line[6..]).GetProperty("choices")[0]).ToList();
        Assert.Equal(text, string.Concat(chunks.Select(chunk => chunk.GetProperty("text").GetString())));
        Assert.Equal(lists.GetProperty("token_logprobs").EnumerateArray().Select(one => one.GetSingle()),
            chunks.Where(chunk => chunk.GetProperty("logprobs").ValueKind == JsonValueKind.Object)
                .SelectMany(chunk => chunk.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray())
                .Select(one => one.GetSingle()));
    }

    [Theory]
    [InlineData("\"num_beams\": 4", "")]
    [InlineData("\"temperature\": 1, \"seed\": 7", ", \"stream\": true")]
    public async Task Summaries_are_the_best_beams_or_as_many_samples(string how, string streams)
    {
        var messages = JsonSerializer.Serialize(new[] { new { role = "user", content = LiveServer.Document } });
        var asked = $$"""{"model": "tiny", "max_tokens": 40, "logprobs": true, {{how}}, "messages": {{messages}}""";
        var (status, body) = await _server.Post("/v1/chat/completions", asked + ", \"n\": 3}");
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        string[] texts = [.. body.GetProperty("choices").EnumerateArray()
            .Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!)];
        Assert.Equal(3, texts.Distinct().Count());
        var (_, one) = await _server.Post("/v1/chat/completions", asked + "}");
        Assert.Equal(one.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), texts[0]);
        Assert.All(body.GetProperty("choices").EnumerateArray(),
            choice => Assert.True(choice.GetProperty("logprobs").GetProperty("content").GetArrayLength() > 0));
        if (streams.Length == 0) return;

        using var answer = await _server.Client.PostAsync("/v1/chat/completions",
            LiveServer.Json(asked + ", \"n\": 3" + streams + "}"));
        var streamed = new string[3];
        foreach (var line in (await answer.Content.ReadAsStringAsync()).Split("\n\n"))
            if (line.StartsWith("data: {", StringComparison.Ordinal))
                foreach (var choice in JsonElement.Parse(line[6..]).GetProperty("choices").EnumerateArray())
                    if (choice.GetProperty("delta").TryGetProperty("content", out var piece))
                        streamed[choice.GetProperty("index").GetInt32()] += piece.GetString();
        Assert.Equal(texts, streamed);
    }

    [Theory]
    [InlineData("\"n\": 2, \"temperature\": 1", "n")]
    [InlineData("\"logprobs\": true", "logprobs")]
    [InlineData("\"top_logprobs\": 2", "top_logprobs")]
    [InlineData("\"logprobs\": true, \"top_logprobs\": 21", "top_logprobs")]
    [InlineData("\"logprobs\": 1", "logprobs")]
    public async Task What_cannot_be_honoured_is_named_such_as_tokens_of_a_summary_that_is_merged(
        string member, string name)
    {
        var text = string.Concat(Enumerable.Repeat(LiveServer.Document, 300));
        var messages = JsonSerializer.Serialize(new[] { new { role = "user", content = text } });
        await using var server = await LiveServer.Start(LiveServer.Options with { Models = [new("embedded")] });
        var (status, body) = await server.Post("/v1/chat/completions",
            $$"""{"max_tokens": 16, {{member}}, "messages": {{messages}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(name, body.GetProperty("error").GetProperty("param").GetString());
    }
}
