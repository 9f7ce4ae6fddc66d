using System.Net;
using System.Text;
using System.Text.Json;

namespace LongT5.Server.Tests;

/// <summary>What is too much, and what is said of it.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.Start(LiveServer.Options with
    {
        MaxJsonBytes = 20_000,
        MaxDocumentBytes = 40_000,
        MaxInputTokens = 500,
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("\"max_tokens\": 1025", "max_new_tokens")]
    [InlineData("\"max_tokens\": 0", "max_tokens")]
    [InlineData("\"max_tokens\": -1", "max_tokens")]
    [InlineData("\"max_tokens\": 1.5", "max_tokens")]
    [InlineData("\"max_tokens\": \"8\"", "max_tokens")]
    [InlineData("\"max_tokens\": 99999999999", "max_tokens")]
    [InlineData("\"num_beams\": 9", "num_beams")]
    [InlineData("\"n\": 9, \"temperature\": 1", "num_return_sequences")]
    [InlineData("\"n\": 2147483648", "n")]
    [InlineData("\"stop\": [\"a\", \"b\", \"c\", \"d\", \"e\"]", "stop")]
    [InlineData("\"stop\": \"\"", "stop")]
    [InlineData("\"temperature\": 3", "temperature")]
    [InlineData("\"logprobs\": 6", "logprobs")]
    [InlineData("\"tools\": [{}]", "tools")]
    [InlineData("\"logit_bias\": {\"x\": 1}", "logit_bias")]
    [InlineData("\"frequency_penalty\": 0.1", "frequency_penalty")]
    [InlineData("\"numbeams\": 2", "numbeams")]
    [InlineData("\"prompt_lookup_num_tokens\": 65", "prompt_lookup_num_tokens")]
    public async Task What_is_beyond_a_limit_or_not_offered_is_named(string member, string name)
    {
        var (status, body) = await _server.Post("/v1/completions", $$"""{"prompt": "the art", {{member}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(name, body.GetProperty("error").GetProperty("param").GetString() + body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_and_without_a_length()
    {
        var large = $$"""{"prompt": "{{new string('x', 30_000)}}"}""";
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _server.Post("/v1/completions", large)).Status);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = LiveServer.Json(large) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await _server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_document_may_be_larger_than_json_may()
    {
        var document = string.Concat(Enumerable.Repeat("The art of war is life. ", 1250));
        using var form = new MultipartFormDataContent
        {
            { new StringContent(document), "document", "war.txt" },
            { new StringContent("100"), "max_input_tokens" },
            { new StringContent("5"), "max_new_tokens" },
        };
        using var answer = await _server.Client.PostAsync("/api/text", form);
        var body = await LiveServer.Read(answer);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(body.GetProperty("tokens_in").GetInt32() <= 100);
        Assert.True(body.GetProperty("input_cut").GetBoolean());
        var (status, _) = await _server.Post("/api/text", $$"""{"text": "{{document}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }

    [Fact]
    public async Task A_text_with_too_many_tokens_is_refused_with_both_numbers()
    {
        var (status, body) = await _server.Post("/api/text",
            $$"""{"text": "{{string.Concat(Enumerable.Repeat("war ", 600))}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("601", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("500", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packed_bodies_are_refused()
    {
        using var content = LiveServer.Json("""{"prompt": "the art"}""");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _server.Client.PostAsync("/v1/completions", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"prompt": "a", "prompt": "b"}""", 400)]
    [InlineData("""{"prompt": "\ud800"}""", 400)]
    [InlineData("""{"\ud800": 1}""", 400)]
    [InlineData("""{"model": "nobody", "prompt": "a"}""", 404)]
    [InlineData("""{"model": 5, "prompt": "a"}""", 400)]
    [InlineData("""{"prompt": ""}""", 400)]
    [InlineData("""{}""", 400)]
    public async Task A_body_that_is_no_request_is_an_error_that_says_so(string body, int status)
    {
        var (got, answer) = await _server.Post("/v1/completions", body);
        Assert.Equal(status, (int)got);
        Assert.True(answer.GetProperty("error").GetProperty("message").GetString()!.Length > 10);
    }

    [Fact]
    public async Task A_deeply_nested_body_is_refused()
    {
        var (status, _) = await _server.Post("/v1/chat/completions",
            $$"""{"messages": {{new string('[', 40)}}{{new string(']', 40)}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Another_type_than_json_is_refused()
    {
        using var answer = await _server.Client.PostAsync("/v1/completions", new StringContent("{}", Encoding.UTF8));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Headers_and_addresses_that_are_too_long_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("X-Long", new string('x', 40_000));
        using var header = await _server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, header.StatusCode);
        using var address = await _server.Client.GetAsync("/" + new string('x', 9_000));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, address.StatusCode);
    }
}
