using System.Diagnostics;
using System.Text.Json;
using LongT5.Tasks;
using LongT5.Tests;
using LongT5.Tests.Tasks;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace LongT5.Server.Tests;

/// <summary><c>longt5 mcp</c>, started as assistants start it, and asked by the protocol's own client.</summary>
public sealed class McpTests : IDisposable
{
    private static readonly string s_embedded = Path.Combine(Goldens.Repository, "models", "longt5-embedded");

    private static readonly string s_long = string.Concat(Enumerable.Repeat(
        File.ReadAllText(Path.Combine(Goldens.Repository, "samples", "documents", "art-of-war.txt")), 8));

    private readonly string _home = Directory.CreateTempSubdirectory("longt5-mcp-").FullName;

    public McpTests()
    {
        Write("papers/war.txt", LiveServer.Document);
        Write("papers/page.html", "<html><body><h1>Plans</h1><p>War is of vital importance.</p></body></html>");
        Write("papers/.hidden.txt", "hidden");
        Write("minutes/war.txt", "the minutes of the war");
        Write("outside.txt", "outside");
        File.CreateSymbolicLink(Path.Combine(_home, "papers", "out.txt"), Path.Combine(_home, "outside.txt"));
        File.CreateSymbolicLink(Path.Combine(_home, "papers", "in.txt"), "war.txt");
        Directory.CreateSymbolicLink(Path.Combine(_home, "papers", "up"), "..");
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Three_tools_are_offered_that_change_nothing()
    {
        await using var client = await Start();
        var tools = await client.ListToolsAsync(cancellationToken: Stop);
        Assert.Equal(["ask_document", "read_document", "summarize_document"], tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool => Assert.True(tool.ProtocolTool.Annotations!.ReadOnlyHint));
        Assert.All(tools, tool => Assert.Contains("path", tool.JsonSchema.GetProperty("required").EnumerateArray()
            .Select(name => name.GetString())));
        Assert.Contains("papers", client.ServerInstructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_is_summarised_as_the_library_does_and_its_passages_are_told()
    {
        await using var client = await Start(s_embedded);
        var said = await Ask(client, "summarize_document", ("path", "war.txt"), ("length", "short"));
        using var model = LongT5Model.Load(s_embedded);
        var own = new Summarizer(model).Summarize(LiveServer.Document, new() { Length = SummaryLength.Short });
        Assert.Equal(own.Text, said[0]);
        Assert.StartsWith("Read from:\n1. ", said[1]);
    }

    [Fact]
    public async Task A_question_is_answered_as_the_library_does()
    {
        await using var client = await Start();
        var said = await Ask(client, "ask_document", ("path", "papers/war.txt"), ("question", "what is war?"));
        using var model = LongT5Model.Load(TinyModel.Folder);
        Assert.Equal(new Answerer(model).Answer("what is war?", LiveServer.Document).Text, said[0]);
    }

    [Fact]
    public async Task A_document_is_read_in_pieces_that_make_the_whole()
    {
        await using var client = await Start();
        var (whole, offset, pieces) = ("", 0, 0);
        while (true)
        {
            var said = await Ask(client, "read_document", ("path", "war.txt"), ("offset", offset), ("length", 200));
            whole += said[0];
            pieces++;
            if (said[1].EndsWith("This is the end.]", StringComparison.Ordinal)) break;
            offset += said[0].Length;
            Assert.EndsWith($"ask again with offset {offset}.]", said[1]);
        }
        Assert.Equal(LiveServer.Document, whole);
        Assert.True(pieces > 1);
        Assert.Equal("Plans\n\nWar is of vital importance.",
            (await Ask(client, "read_document", ("path", "page.html")))[0]);
    }

    [Fact]
    public async Task A_folder_shows_what_may_be_read_in_it()
    {
        await using var client = await Start();
        Assert.Equal(["papers/"], await Ask(client, "read_document", ("path", "")));
        Assert.Equal(["in.txt\npage.html\nwar.txt"], await Ask(client, "read_document", ("path", "papers")));
        Assert.Equal([LiveServer.Document], await Ask(client, "read_document", ("path", "in.txt")));
    }

    [Fact]
    public async Task What_lies_elsewhere_or_is_asked_for_wrongly_is_refused_in_one_sentence()
    {
        await using var client = await Start();
        foreach (var (path, reason) in new[]
        {
            ("../outside.txt", "leads upwards"), ("papers/../../outside.txt", "leads upwards"),
            (Path.Combine(_home, "papers", "war.txt"), "is absolute"), ("out.txt", "leads out"),
            ("up/outside.txt", "leads out"), ("up", "leads out"), (".hidden.txt", "is hidden"),
            ("minutes/war.txt", "there is no"), ("a\0b", "has a sign"),
        })
            foreach (var tool in (string[])["read_document", "summarize_document"])
                Assert.Contains(reason, await Refused(client, tool, ("path", path)), StringComparison.Ordinal);
        Assert.Contains("path is missing", await Refused(client, "read_document"), StringComparison.Ordinal);
        Assert.Contains("length can be", await Refused(client, "summarize_document", ("path", "war.txt"),
            ("length", "endless")), StringComparison.Ordinal);
        Assert.Contains("behind the end", await Refused(client, "read_document", ("path", "war.txt"),
            ("offset", 100_000)), StringComparison.Ordinal);
        Assert.Contains("no argument pages", await Refused(client, "read_document", ("path", "war.txt"),
            ("pages", 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_folders_the_name_says_which()
    {
        await using var client = await Start(TinyModel.Folder, "papers", "minutes");
        Assert.Contains("begin with the name", await Refused(client, "read_document", ("path", "war.txt")),
            StringComparison.Ordinal);
        Assert.Equal(["the minutes of the war"], await Ask(client, "read_document", ("path", "minutes/war.txt")));
    }

    /// <summary>
    /// Read from the wire: the protocol's client hands each notice to a task of its own, so they may reach a program
    /// out of order.
    /// </summary>
    [Fact]
    public async Task Progress_is_told_while_a_document_is_read()
    {
        Write("papers/long.txt", s_long);
        var lines = await Talk(s_embedded,
            """{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "summarize_document", "arguments": {"path": "long.txt"}, "_meta": {"progressToken": "reading"}}}""");
        var told = lines.Where(line => line.TryGetProperty("method", out var method)
            && method.GetString() == "notifications/progress").Select(line => line.GetProperty("params")).ToList();
        Assert.NotEmpty(told);
        var progress = told.Select(value => value.GetProperty("progress").GetDouble()).ToList();
        Assert.Equal(progress.Distinct().Order(), progress);
        Assert.All(told, value =>
        {
            Assert.Equal("reading", value.GetProperty("progressToken").GetString());
            Assert.True(value.GetProperty("progress").GetDouble() <= value.GetProperty("total").GetDouble());
        });
        Assert.Equal(2, lines[^1].GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_and_the_next_one_is_answered()
    {
        Write("papers/long.txt", s_long);
        await using var client = await Start(s_embedded);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var told = new First(stop.Cancel);
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.CallToolAsync(
            "summarize_document", new Dictionary<string, object?> { ["path"] = "long.txt" }, told,
            cancellationToken: stop.Token));
        Assert.Equal([LiveServer.Document], await Ask(client, "read_document", ("path", "war.txt")));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Standard_output_has_nothing_but_the_protocol_and_the_end_of_the_input_is_the_end()
    {
        var lines = await Talk(TinyModel.Folder, "no JSON at all",
            """{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "read_document", "arguments": {"path": "page.html"}}}""");
        Assert.All(lines, line => Assert.Equal("2.0", line.GetProperty("jsonrpc").GetString()));
        Assert.Contains(lines, line => line.ToString().Contains("vital importance", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_ends_the_command_with_one_sentence()
    {
        using var process = Process.Start(new ProcessStartInfo(Command[0],
            [.. Command.Skip(1), "mcp", Path.Combine(_home, "nowhere")])
        { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("nowhere is no folder", said, StringComparison.Ordinal);
        Assert.Single(said.Trim().Split('\n'));
    }

    private static IReadOnlyList<string> Command => LiveServer.Options.ReadingCommand!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<McpClient> Start() => Start(TinyModel.Folder, "papers");

    private Task<McpClient> Start(string model) => Start(model, "papers");

    private async Task<McpClient> Start(string model, params string[] folders)
        => await McpClient.CreateAsync(new StdioClientTransport(new()
        {
            Command = Command[0],
            Arguments = [.. Command.Skip(1), "mcp", .. folders.Select(name => Path.Combine(_home, name)), "-m", model],
        }), cancellationToken: Stop);

    /// <summary>
    /// Writes the lines to a process of its own, behind those that open a talk, until the call of id 2 is answered;
    /// what it wrote, line by line.
    /// </summary>
    private async Task<List<JsonElement>> Talk(string model, params string[] lines)
    {
        using var process = Process.Start(new ProcessStartInfo(Command[0],
            [.. Command.Skip(1), "mcp", Path.Combine(_home, "papers"), "-m", model])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(Stop);
        foreach (var line in (string[])
        [
            """{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}""",
            """{"jsonrpc": "2.0", "method": "notifications/initialized"}""",
            .. lines,
        ])
            await process.StandardInput.WriteLineAsync(line);
        var said = new List<JsonElement>();
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            said.Add(JsonElement.Parse(line));
            if (said[^1].TryGetProperty("id", out var id) && id.GetInt32() == 2) process.StandardInput.Close();
        }
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain("   at ", await error, StringComparison.Ordinal);
        return said;
    }

    private static async Task<List<string>> Ask(McpClient client, string tool, params (string, object)[] arguments)
    {
        var result = await Call(client, tool, arguments);
        Assert.False(result.IsError == true, Texts(result)[0]);
        return Texts(result);
    }

    private static async Task<string> Refused(McpClient client, string tool, params (string, object)[] arguments)
    {
        var result = await Call(client, tool, arguments);
        Assert.True(result.IsError);
        return Assert.Single(Texts(result));
    }

    private static async Task<CallToolResult> Call(McpClient client, string tool, (string, object)[] arguments)
        => await client.CallToolAsync(tool, arguments.ToDictionary(one => one.Item1, one => (object?)one.Item2),
            cancellationToken: Stop);

    private static List<string> Texts(CallToolResult result)
        => [.. result.Content.Cast<TextContentBlock>().Select(block => block.Text)];

    private void Write(string name, string text)
    {
        var path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Does something as soon as anything is told.</summary>
    private sealed class First(Action act) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => act();
    }
}
