using System.IO.Compression;
using System.Text;
using System.Text.Json;
using LongT5.Cli.Input;
using LongT5.Documents;

namespace LongT5.Tests.Cli;

/// <summary>Documents through the built program, which reads them in a process of its own.</summary>
public class DocumentCommandTests
{
    private const string Page = "<html lang='en'><title>T</title><body><h1>The harbour</h1><p>It was full of "
        + "ships.<script>no</script></p></body></html>";

    [Fact]
    public void Text_shows_what_a_model_reads_and_tells_the_rest_apart()
    {
        using var scratch = new Scratch();
        var run = Longt5.Start("text", scratch.Write("a.anything", Page));
        Assert.Equal((0, "The harbour\n\nIt was full of ships.\n"), (run.ExitCode, run.Output));
        Assert.Contains("warning: ", run.Errors);
        Assert.Contains("no article was found", run.Errors);
    }

    [Fact]
    public void Json_says_where_each_block_stands()
    {
        using var json = JsonDocument.Parse(Longt5.Start(Encoding.UTF8.GetBytes(Page), "text", "-", "--json").Output);
        var root = json.RootElement;
        var text = root.GetProperty("text").GetString()!;
        Assert.Equal(("Html", "T", "en"),
            (root.GetProperty("format").GetString(), root.GetProperty("title").GetString(), root.GetProperty("language")
                .GetString()));
        Assert.All(root.GetProperty("blocks").EnumerateArray(), block => Assert.Equal(
            block.GetProperty("text").GetString(),
            text[block.GetProperty("start").GetInt32()..block.GetProperty("end").GetInt32()]));
        Assert.Equal("The harbour", Assert.Single(root.GetProperty("sections").EnumerateArray()).GetProperty("heading")
            .GetString());
    }

    [Fact]
    public void A_document_is_summarised_as_its_text_is()
    {
        using var scratch = new Scratch();
        var document = scratch.Write("a.html", Page);
        var text = scratch.Write("a.txt", Longt5.Start("text", document).Output.TrimEnd('\n'));
        var (ours, plain) = (Longt5.Start("summarize", document), Longt5.Start("summarize", text));
        Assert.Equal((0, plain.Output), (ours.ExitCode, ours.Output));
        Assert.NotEmpty(ours.Output.Trim());
    }

    [Fact]
    public async Task A_prompt_is_taken_as_it_stands()
        => Assert.Equal("<p>a</p> # b",
            (await InputFile.OfText("<p>a</p> # b").ReadDocumentAsync(new(), CancellationToken.None)).Text);

    [Fact]
    public void A_file_that_cannot_be_read_is_one_sentence_with_its_name_once()
    {
        using var scratch = new Scratch();
        var run = Longt5.Start("text", scratch.Write("cut.docx", "PK\u0003\u0004 cut"));
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches(@"\Alongt5: [^\n]*cut\.docx: it is a damaged or cut-off zip archive[^\n]*\n\z", run.Errors);
    }

    [Fact]
    public void A_document_that_takes_too_long_or_too_much_memory_ends_with_its_process()
    {
        // A process that never answers, and one that dies as .NET does without memory.
        using var page = new MemoryStream(Encoding.UTF8.GetBytes(Page));
        var busy = new ReadingProcess(["bash", "-c", "while :; do :; done"])
        {
            Allowance =
            TimeSpan.FromMilliseconds(100)
        };
        Assert.Contains("seconds of work", Assert.Throws<BadFileException>(() => busy.Read("a.html", page)).Message);
        page.Position = 0;
        var dead = new ReadingProcess(["bash", "-c", "kill -ABRT $$"]);
        Assert.Contains("memory", Assert.Throws<BadFileException>(() => dead.Read("a.html", page)).Message);
    }

    [Fact]
    public void Reading_ends_when_it_is_cancelled()
    {
        using var page = new MemoryStream(Encoding.UTF8.GetBytes(Page));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new ReadingProcess(["bash", "-c", "sleep 60"]).Read("a.html",
            page, cancellation: stop.Token));
    }

    [Fact]
    public void A_folder_of_documents_is_read_whole_and_one_bad_file_stops_nothing()
    {
        using var scratch = new Scratch();
        scratch.Write("in/a.html", Page);
        scratch.Write("in/b.docx", "no document\0");
        scratch.Write("in/c.odt", Odt("The wind stood still."));
        var run = Longt5.Start("summarize", scratch["in"], "-o", scratch["out"], "--max-new-tokens", "8");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1 of 3 texts failed", run.Errors);
        Assert.Equal(["a.summary.txt", "c.summary.txt"], Directory.GetFiles(scratch["out"]).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
    }

    private static byte[] Odt(string words)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
            foreach (var (name, content) in new[]
            {
                ("mimetype", "application/vnd.oasis.opendocument.text"),
                ("content.xml",
                    $"<o:c xmlns:o='o' xmlns:t='t'><o:body><o:text><t:p>{words}</t:p></o:text></o:body></o:c>"),
            })
                using (var part = archive.CreateEntry(name).Open())
                    part.Write(Encoding.UTF8.GetBytes(content));
        return bytes.ToArray();
    }
}
