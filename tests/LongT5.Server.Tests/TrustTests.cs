using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LongT5.Server.Tests;

/// <summary>Who is let in, with what, and under which name.</summary>
public sealed class TrustTests
{
    private const string Key = "sesame";

    private static ServerOptions Locked { get; } = LiveServer.Options with { ApiKeys = ["another", Key] };

    [Fact]
    public async Task Every_endpoint_but_health_and_alive_asks_for_a_key()
    {
        await using var server = await LiveServer.Start(Locked);
        var endpoints = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>().ToList();
        Assert.True(endpoints.Count > LongT5ServerExtensions.Routes.Count);
        foreach (var endpoint in endpoints)
        {
            var path = endpoint.RoutePattern.RawText!.Replace("{**name}", LiveServer.Tiny, StringComparison.Ordinal)
                .Replace("{**path}", "elsewhere", StringComparison.Ordinal).Replace("{*path:nonfile}", "x",
                    StringComparison.Ordinal);
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "DELETE"];
            foreach (var method in methods)
            {
                var isOpen = path is "/health" or "/alive";
                Assert.Equal(isOpen, await Status(server, method, path, null) != HttpStatusCode.Unauthorized);
                Assert.Equal(isOpen, await Status(server, method, path, "sesam") != HttpStatusCode.Unauthorized);
                Assert.NotEqual(HttpStatusCode.Unauthorized, await Status(server, method, path, Key));
            }
        }
    }

    [Fact]
    public async Task The_page_has_the_browser_ask_for_a_key_which_is_the_password_on_every_route()
    {
        await using var server = await LiveServer.Start(Locked);
        using var page = await server.Client.GetAsync("/");
        Assert.Equal("Basic", page.Headers.WwwAuthenticate.Single().Scheme);
        using var route = await server.Client.GetAsync("/api/models");
        Assert.Equal("Bearer", route.Headers.WwwAuthenticate.Single().Scheme);
        foreach (var (said, status) in ((string, int)[])[("anybody:" + Key, 200), (":" + Key, 200), ("anybody:sesam", 401),
            (Key, 401), (Key + ":", 401)])
            foreach (var path in (string[])["/", "/api/models", "/metrics"])
                Assert.Equal(status, await Get(path, Convert.ToBase64String(Encoding.UTF8.GetBytes(said))));
        foreach (var no in (string[])["", "=", "sesame", ":sesame", "////"])
            Assert.Equal(401, await Get("/", no));

        async Task<int> Get(string path, string said)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Basic {said}");
            using var answer = await server.Client.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_page_may_use_nothing_but_itself_and_this_server()
    {
        await using var server = await LiveServer.Start();
        using var answer = await server.Client.GetAsync("/");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split("; ");
        Assert.Equal(["default-src 'none'", "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
            "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"],
            policy.Where(one => !one.Contains("sha256-", StringComparison.Ordinal)));
        Assert.Equal(2, policy.Count(one => one.StartsWith("style-src 'sha256-", StringComparison.Ordinal)
            || one.StartsWith("script-src 'sha256-", StringComparison.Ordinal)));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" onclick=", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "<script"));
    }

    [Fact]
    public async Task A_program_may_have_a_page_of_its_own()
    {
        await using var server = await LiveServer.Start(LiveServer.Options with { HasPage = false });
        using var answer = await server.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Post("/", """{"inputs": "the art", "parameters": {"max_new_tokens": 2}}""")).Status);
    }

    [Fact]
    public async Task An_error_has_the_shape_of_the_api_that_was_called()
    {
        await using var server = await LiveServer.Start(Locked);
        Assert.Equal("invalid_api_key", (await server.Post("/v1/chat/completions", "{}")).Body.GetProperty("error")
            .GetProperty("code").GetString());
        Assert.Equal("unauthorized", (await server.Post("/generate", "{}")).Body.GetProperty("error_type").GetString());
        using var own = await server.Client.PostAsync("/api/text", LiveServer.Json("{}"));
        Assert.Equal("application/problem+json", own.Content.Headers.ContentType!.MediaType);
        Assert.Equal(401, (await LiveServer.Read(own)).GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:80", 200)]
    [InlineData("[::1]", 200)]
    public async Task A_page_that_gives_itself_the_name_of_this_machine_is_turned_away(string host, int status)
    {
        await using var server = await LiveServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = host;
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_place_may_not_call()
    {
        await using var server = await LiveServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/text")
        {
            Content = new MultipartFormDataContent { { new StringContent("the art of war"), "text" } },
        };
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_page_of_ones_own_may_call()
    {
        await using var server = await LiveServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Origin", server.Url.GetLeftPart(UriPartial.Authority));
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Every_answer_has_the_headers_that_keep_browsers_from_mischief()
    {
        await using var server = await LiveServer.Start(Locked);
        foreach (var path in (string[])["/health", "/v1/models", "/elsewhere"])
        {
            using var answer = await server.Client.GetAsync(path);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(),
                StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public void Other_machines_reach_no_server_without_a_key()
    {
        var refused = Assert.Throws<MissingKeyException>(() => ServerProgram.Create(new(), IPAddress.Any, 0));
        Assert.Contains("key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_with_two_lengths_is_refused()
    {
        await using var server = await LiveServer.Start();
        Assert.Contains(" 400 ", await Raw(server,
            "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/x", "file_url")]
    [InlineData("/etc/passwd", "file_id")]
    public async Task No_path_and_no_address_is_opened(string value, string member)
    {
        await using var server = await LiveServer.Start();
        var (status, body) = await server.Post("/v1/responses", $$"""
            {"model": "tiny", "input": [{"role": "user", "content": [{"type": "input_file", "{{member}}": "{{value}}"}]}]}
            """);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(member, body.GetProperty("error").GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> Status(LiveServer server, string method, string path, string? key)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method == "POST") request.Content = LiveServer.Json("{}");
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await server.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<string> Raw(LiveServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}
