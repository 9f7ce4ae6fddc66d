using System.Net;
using System.Text.Json;

namespace LongT5.Server.Tests;

/// <summary>What those see who run a server, and who write programs for it.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task The_document_for_programs_has_every_route_and_no_other()
    {
        await using var server = await LiveServer.Start();
        var document = JsonElement.Parse(await server.Client.GetStringAsync("/openapi/v1.json"));
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        Assert.Equal(
            LongT5ServerExtensions.Routes.Select(route => $"{route.Method} {route.Pattern}").Order(),
            document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
                .Select(one => $"{one.Name.ToUpperInvariant()} {path.Name.Replace("{name}", "{**name}",
                    StringComparison.Ordinal)}")).Order());
    }

    [Fact]
    public async Task Figures_count_requests_tokens_and_times()
    {
        await using var server = await LiveServer.Start();
        await server.Post("/api/text", """{"text": "the art of war", "max_new_tokens": 3}""");
        const string Answered = "longt5_requests_total{route=\"text\",status=\"200\"} 1";
        var figures = await server.Figures(Answered + "\n");
        foreach (var line in (string[])
        [
            Answered,
            "longt5_tokens_input_total{gen_ai_request_model=\"tiny\"} 5",
            "longt5_encode_duration_seconds_count{gen_ai_request_model=\"tiny\"} 1",
            "gen_ai_server_request_duration_seconds_bucket{gen_ai_operation_name=\"text\",le=\"+Inf\"} 1",
        ])
            Assert.Contains(line + "\n", figures, StringComparison.Ordinal);
        Assert.All(figures.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(
            "^(# (HELP|TYPE) [a-z_0-9]+ .+|[a-z_0-9]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\\})? [0-9.eE+-]+)$", line));
    }

    [Fact]
    public async Task A_document_is_read_in_a_process_of_its_own_and_its_passages_have_places()
    {
        await using var server = await LiveServer.Start(new() { ReadingCommand = LiveServer.Options.ReadingCommand });
        using var form = new MultipartFormDataContent
        {
            {
                new StringContent($"<html><title>War</title><body><h1>Plans</h1><p>{LiveServer.Document}</p></body>"),
                "document", "war.html"
            },
            { new StringContent("short"), "length" },
        };
        using var answer = await server.Client.PostAsync("/api/summarize", form);
        var body = await LiveServer.Read(answer);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Html", body.GetProperty("document").GetProperty("format").GetString());
        Assert.Equal(body.GetProperty("sentences").GetArrayLength(), body.GetProperty("evidence").GetArrayLength());
        Assert.Equal("Plans", body.GetProperty("evidence")[0][0].GetProperty("section").GetString());
        Assert.Equal(JsonValueKind.Array, body.GetProperty("doubts").ValueKind);
    }

    [Fact]
    public async Task A_summary_comes_with_its_report_in_the_forms_that_are_asked_for()
    {
        await using var server = await LiveServer.Start();
        var request = JsonSerializer.Serialize(new { text = LiveServer.Document, report = new[] { "data", "html", "markdown" } });
        var (status, body) = await server.Post("/api/summarize", request);
        Assert.Equal(HttpStatusCode.OK, status);
        var report = body.GetProperty("report");
        Assert.Equal(LiveServer.Document, report.GetProperty("data").GetProperty("text").GetString());
        Assert.Equal(body.GetProperty("sentences").EnumerateArray().Select(one => one.GetString()),
            report.GetProperty("data").GetProperty("sentences").EnumerateArray()
                .Select(one => one.GetProperty("text").GetString()));
        Assert.Contains("[\"Model\",\"tiny\"]", report.GetProperty("data").GetProperty("figures").GetRawText(),
            StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", report.GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("# ", report.GetProperty("markdown").GetString(), StringComparison.Ordinal);
        Assert.False((await server.Post("/api/summarize", """{"text": "the art of war"}""")).Body.TryGetProperty("report", out _));
        foreach (var wrong in (string[])["\"pdf\"", "[\"html\", \"html\"]", "5"])
            Assert.Equal(HttpStatusCode.BadRequest,
                (await server.Post("/api/summarize", $$"""{"text": "the art of war", "report": {{wrong}}}""")).Status);
    }

    [Fact]
    public async Task The_notes_of_a_document_stand_once_in_its_report()
    {
        await using var server = await LiveServer.Start();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent([.. "The art of war is lif"u8, 0xFF, .. " and death."u8]), "document", "war.txt" },
            { new StringContent("data"), "report" },
        };
        using var answer = await server.Client.PostAsync("/api/summarize", form);
        var body = await LiveServer.Read(answer);
        var warnings = Texts(body);
        Assert.Contains(warnings, warning => warning.Contains("1252", StringComparison.Ordinal));
        Assert.Equal(warnings, Texts(body.GetProperty("report").GetProperty("data")));

        static IEnumerable<string> Texts(JsonElement of)
            => of.GetProperty("warnings").EnumerateArray().Select(one => one.GetString()!);
    }

    [Fact]
    public async Task The_models_are_listed_with_what_they_are_good_for()
    {
        await using var server = await LiveServer.Start(LiveServer.Options with
        {
            Models = [.. LiveServer.Options.Models, LiveServer.Options.Models[0] with { Name = "reader", Answers = true }],
        });
        var served = JsonElement.Parse(await server.Client.GetStringAsync("/api/models"));
        Assert.Equal([("tiny", false), ("told", true), ("reader", true)], served.GetProperty("models").EnumerateArray()
            .Select(one => (one.GetProperty("name").GetString()!, one.GetProperty("answers").GetBoolean())));
        Assert.Equal(64 << 20, served.GetProperty("max_document_bytes").GetInt64());
        Assert.True(served.GetProperty("reads_documents").GetBoolean());
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_is_told_of_by_its_own_name()
    {
        await using var server = await LiveServer.Start();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent("%PDF-1.7 nothing"u8.ToArray()), "document", "../../etc/report.pdf" },
        };
        using var answer = await server.Client.PostAsync("/api/text", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.StartsWith("report.pdf", (await LiveServer.Read(answer)).GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_cites_a_passage_for_each_sentence_that_stands_in_the_document()
    {
        await using var server = await LiveServer.Start(new());
        var document = LiveServer.Document.ReplaceLineEndings(" ");
        var (status, body) = await server.Post("/v1/responses", JsonSerializer.Serialize(new { input = document }));
        Assert.Equal(HttpStatusCode.OK, status);
        var part = body.GetProperty("output")[0].GetProperty("content")[0];
        var text = part.GetProperty("text").GetString()!;
        var citations = part.GetProperty("annotations").EnumerateArray().ToList();
        Assert.NotEmpty(citations);
        Assert.All(citations, citation =>
        {
            Assert.Equal("file_citation", citation.GetProperty("type").GetString());
            Assert.InRange(citation.GetProperty("index").GetInt32(), 1, text.Length);
            Assert.Contains(citation.GetProperty("text").GetString()!, document, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_stream_of_our_own_tells_of_progress_gives_the_text_and_ends_with_the_whole()
    {
        await using var server = await LiveServer.Start();
        using var answer = await server.Client.PostAsync("/api/text",
            LiveServer.Json("""{"text": "the art of war", "max_new_tokens": 30, "stream": true}"""));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(one => (Name: one.Split('\n')[0]["event: ".Length..],
                Data: JsonElement.Parse(one.Split("\ndata: ")[1]))).ToList();
        Assert.Equal("waiting", events[0].Name);
        Assert.Contains(events, one => one.Name == "progress" && one.Data.GetProperty("phase").ValueEquals("reading"));
        Assert.Contains(events, one => one.Name == "progress" && one.Data.GetProperty("unit").ValueEquals("tokens"));
        Assert.Equal("done", events[^1].Name);
        Assert.Equal(events[^1].Data.GetProperty("text").GetString(), string.Concat(
            events.Where(one => one.Name == "text").Select(one => one.Data.GetProperty("text").GetString())));
    }

    [Theory]
    [InlineData("GET", "/api/summarize", "POST"), InlineData("DELETE", "/v1/models", "GET, HEAD")]
    [InlineData("PUT", "/", "POST, GET, HEAD"), InlineData("POST", "/health", "GET, HEAD")]
    public async Task An_address_says_which_methods_it_has(string method, string path, string methods)
    {
        await using var server = await LiveServer.Start();
        using var request = new HttpRequestMessage(new(method), path) { Content = LiveServer.Json("{}") };
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(methods, string.Join(", ", answer.Content.Headers.Allow));
        Assert.Contains(methods, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_be_read_may_be_looked_for()
    {
        await using var server = await LiveServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/v1/models");
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Content.Headers.ContentLength > 0);
    }

    [Fact]
    public async Task Nothing_stands_at_another_address()
    {
        await using var server = await LiveServer.Start();
        using var answer = await server.Client.GetAsync("/v2/models");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }
}
