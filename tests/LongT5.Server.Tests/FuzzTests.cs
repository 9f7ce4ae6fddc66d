using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LongT5.Server.Tests;

/// <summary>Whatever comes is answered, and never by a mistake of the server's own.</summary>
public sealed class FuzzTests : IAsyncLifetime
{
    // For a long run: LONGT5_MUTANTS of each request, by LONGT5_SEED.
    private static readonly int Turns = Number("LONGT5_MUTANTS", 400), Seed = Number("LONGT5_SEED", 2112);

    private LiveServer _server = null!;

    public static TheoryData<string> Paths => [.. Mutants.Valid.Select(one => one.Path)];

    public async ValueTask InitializeAsync()
        => _server = await LiveServer.Start(LiveServer.Options with { MaxNewTokens = 64, ReadingCommand = null });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_request_as_it_should_be_is_served(string path)
    {
        using var answer = await _server.Client.PostAsync(path, LiveServer.Json(Body(path)));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.DoesNotContain("event: error", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task No_mutant_of_a_body_is_answered_by_a_mistake_of_the_server(string path)
    {
        var random = new Random(Seed);
        for (var turn = 0; turn < Turns; turn++)
        {
            var mutant = Mutants.Mutated(Body(path), random);
            using var content = new ByteArrayContent(mutant);
            content.Headers.ContentType = new("application/json");
            using var answer = await _server.Client.PostAsync(path, content);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode < 500 && !text.Contains("internal", StringComparison.Ordinal),
                $"{(int)answer.StatusCode} {text} for {Encoding.UTF8.GetString(mutant)}");
        }
    }

    [Fact]
    public async Task No_mutant_of_a_form_is_answered_by_a_mistake_of_the_server()
    {
        var random = new Random(Seed);
        for (var turn = 0; turn < Turns; turn++)
        {
            using var content = new ByteArrayContent(
                turn == 0 ? Encoding.UTF8.GetBytes(Mutants.Form) : Mutants.Mutated(Mutants.Form, random));
            content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
            using var answer = await _server.Client.PostAsync("/api/text", content);
            Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
            if (turn == 0) Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task No_mutant_of_the_protocol_ends_the_server()
    {
        var body = """{"inputs":"war"}""";
        var request = $"POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        var random = new Random(Seed);
        for (var turn = 0; turn < Turns; turn++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(_server.Url.Host, _server.Url.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Mutants.Mutated(request, random));
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            var answer = await Answer(reader);
            Assert.DoesNotContain("HTTP/1.1 500", answer[..Math.Min(answer.Length, 12)], StringComparison.Ordinal);
        }
        using var alive = await _server.Client.GetAsync("/health");
        Assert.True(alive.IsSuccessStatusCode);
    }

    private static int Number(string variable, int otherwise)
        => Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    private static async Task<string> Answer(StreamReader reader)
    {
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return ""; // the server closed what it could not read
        }
    }

    private static string Body(string path) => Mutants.Valid.Single(one => one.Path == path).Body;
}
