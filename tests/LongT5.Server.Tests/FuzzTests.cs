using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LongT5.Server.Tests;

/// <summary>Whatever comes is answered, and never by a mistake of the server's own.</summary>
public sealed class FuzzTests : IAsyncLifetime
{
    // For a long run: LONGT5_MUTANTS of each request, by LONGT5_SEED.
    private static readonly int Mutants = Number("LONGT5_MUTANTS", 400), Seed = Number("LONGT5_SEED", 2112);

    private static readonly string[] Hostile =
    [
        "null", "true", "-1", "0", "1e400", "2147483648", "1.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[1]]",
        "[null]", "{\"a\":{}}", "\"data:;base64,AAAA\"", "\"../../etc/passwd\"", "18446744073709551616", "\"NaN\"",
    ];

    private static readonly (string Path, string Body)[] Valid =
    [
        ("/v1/chat/completions", """
            {"model":"told","messages":[{"role":"system","content":"a"},{"role":"user","content":[{"type":"text","text":"war"},
            {"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,d2Fy"}}]}],"max_tokens":3,"stop":["x"],
            "temperature":0.5,"seed":1,"n":2,"logprobs":true,"top_logprobs":2,"stream":false,"stream_options":{"include_usage":true},"logit_bias":{"5":1}}
            """),
        ("/v1/responses", """
            {"model":"told","input":[{"role":"user","content":[{"type":"input_text","text":"war"},{"type":"input_file","filename":
            "a.txt","file_data":"data:text/plain;base64,d2Fy"}]}],"instructions":"a","max_output_tokens":3,"stream":true}
            """),
        ("/v1/completions", """{"model":"told","prompt":["the art","war"],"max_tokens":3,"stop":"z","num_beams":2,"n":2,"logprobs":1}"""),
        ("/v1/embeddings", """{"model":"tiny","input":["war",[5,6]],"encoding_format":"base64","dimensions":32}"""),
        ("/generate", """{"inputs":"war","parameters":{"max_new_tokens":3,"stop":["x"],"details":true,"truncate":9,"top_k":4}}"""),
        ("/generate_stream", """{"inputs":"war","parameters":{"max_new_tokens":3,"do_sample":true,"seed":4}}"""),
        ("/", """{"inputs":["the art of war."],"parameters":{"max_length":5,"generate_parameters":{"num_beams":2}}}"""),
        ("/models/told", """{"inputs":"war","parameters":{"max_new_tokens":3},"options":{"use_cache":false}}"""),
        ("/models/told/pipeline/feature-extraction", """{"inputs":["war"],"normalize":true}"""),
        ("/tokenize", """{"inputs":"the art of war","add_special_tokens":false}"""),
        ("/api/summarize", """
            {"text":"The art of war is life.","length":"short","quoting":"free","stop":["x"],"stream":true,"max_input_tokens":50,
            "report":["html","data"]}
            """),
        ("/api/answer", """{"question":"a","document":{"name":"a.txt","data":"d2Fy"},"max_new_tokens":3,"num_beams":3}"""),
        ("/api/text", """{"text":"war","prefix":"a ","bad_words_ids":[[5]],"max_new_tokens":3,"no_repeat_ngram_size":2}"""),
    ];

    private LiveServer _server = null!;

    public static TheoryData<string> Paths => [.. Valid.Select(one => one.Path)];

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
        for (var turn = 0; turn < Mutants; turn++)
        {
            var mutant = Mutated(Body(path), random);
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
        const string Form = "--b\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.txt\"\r\n"
            + "Content-Type: text/plain\r\n\r\nThe art of war is life.\r\n--b\r\nContent-Disposition: form-data; "
            + "name=\"max_new_tokens\"\r\n\r\n3\r\n--b--\r\n";
        var random = new Random(Seed);
        for (var turn = 0; turn < Mutants; turn++)
        {
            using var content = new ByteArrayContent(turn == 0 ? Encoding.UTF8.GetBytes(Form) : Mutated(Form, random));
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
        for (var turn = 0; turn < Mutants; turn++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(_server.Url.Host, _server.Url.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Mutated(request, random));
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

    private static string Body(string path) => Valid.Single(one => one.Path == path).Body;

    /// <summary>A text with one to three things done to it that a client should not do.</summary>
    private static byte[] Mutated(string text, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 1; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, bytes[at..Math.Min(at + random.Next(1, 30), bytes.Count)]); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)])); break;
                default: Replace(bytes, random); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Puts something else in the place of a value.</summary>
    private static void Replace(List<byte> bytes, Random random)
    {
        var text = Encoding.Latin1.GetString([.. bytes]);
        var colons = text.Index().Where(one => one.Item == ':').Select(one => one.Index).ToList();
        if (colons.Count == 0) return;
        var start = colons[random.Next(colons.Count)] + 1;
        var end = text.IndexOfAny([',', '}', '\r'], start);
        if (end < 0) return;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]));
    }
}
