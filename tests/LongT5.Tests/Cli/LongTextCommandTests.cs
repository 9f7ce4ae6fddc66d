using System.Text.Json;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>Documents longer than the model, sections, and many documents, from the command line.</summary>
public sealed class LongTextCommandTests
{
    private static readonly string Paragraphs = string.Join("\n\n", Enumerable.Range(1, 8).Select(paragraph =>
        string.Join(' ', Enumerable.Range(1, 5).Select(i => $"Sentence {i} of part {paragraph} is about war."))));

    private static readonly string Markdown = string.Concat(Enumerable.Range(1, 3)
        .Select(chapter => $"# Chapter {chapter}\n\n{Paragraphs[..600]}\n\n"));

    [Fact]
    public void A_long_document_is_merged_and_json_has_its_parts_and_what_was_kept_is_removed()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.txt"], Paragraphs);
        var run = Longt5.Start("summarize", scratch["a.txt"], "-m", TinyModel.Folder, "--max-input", "600",
            "--verbatim", "--max-new-tokens", "300", "--json", "-o", scratch["a.json"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([scratch["a.json"], scratch["a.txt"]], Directory.GetFiles(scratch.Folder).Order());
        using var json = JsonDocument.Parse(File.ReadAllText(scratch["a.json"]));
        var parts = json.RootElement.GetProperty("parts").EnumerateArray().ToList();
        Assert.True(parts.Count > 2);
        Assert.Equal(Paragraphs.Length, parts[^1].GetProperty("end").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("tokens_dropped").GetInt32());
    }

    [Fact]
    public void Chapters_stand_under_their_headings_and_in_json()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.md"], Markdown);
        string[] call = ["summarize", scratch["a.md"], "-m", TinyModel.Folder, "--verbatim", "--by", "chapter"];
        var text = Longt5.Start(call);
        Assert.Equal(0, text.ExitCode);
        Assert.Equal(["# Chapter 1", "# Chapter 2", "# Chapter 3"],
            text.Output.Split('\n').Where(line => line.StartsWith('#')));
        using var json = JsonDocument.Parse(Longt5.Start([.. call, "--json"]).Output);
        Assert.Equal(["Chapter 1", "Chapter 2", "Chapter 3"], json.RootElement.GetProperty("sections")
            .EnumerateArray().Select(section => section.GetProperty("heading").GetString()));
        Assert.Equal(2, Longt5.Start([.. call, "--stream"]).ExitCode);
    }

    [Fact]
    public void Of_many_documents_a_line_says_what_became_of_each_in_their_order_whatever_is_read_ahead()
    {
        using var scratch = new Scratch();
        string[] names = ["a.txt", "b.txt", "c.txt", "d.txt"];
        foreach (var name in names)
            File.WriteAllText(scratch[name], name == "b.txt" ? "" : $"The art of {name[0]} war is about life.");
        foreach (var jobs in new[] { "0", "3" })
        {
            var run = Longt5.Start(["summarize", .. names.Select(name => scratch[name]), "-m", TinyModel.Folder,
                "--max-new-tokens", "8", "--jobs", jobs, "-o", scratch[$"out{jobs}/"]]);
            Assert.Equal(1, run.ExitCode);
            var lines = run.Errors.Split('\n').Where(line => line.Contains(".txt", StringComparison.Ordinal)
                && !line.Contains("warning", StringComparison.Ordinal)).ToList();
            Assert.Equal(4, lines.Count);
            Assert.All(lines.Zip(names), one => Assert.Contains(one.Second, one.First, StringComparison.Ordinal));
            Assert.Equal(3, Directory.GetFiles(scratch[$"out{jobs}"]).Length);
        }
        Assert.Equal(2, Longt5.Start("summarize", scratch["a.txt"], "--jobs", "-1", "-m", TinyModel.Folder).ExitCode);
    }

    [Fact]
    public void Inspect_says_what_a_model_was_trained_to_read_and_where_that_is_said()
    {
        using var scratch = new Scratch();
        var folder = TinyModel.Write(scratch["tiny-2k"]);
        Assert.Contains("2,048 tokens, by its name, tiny-2k", Longt5.Start("inspect", folder).Output,
            StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Longt5.Start("inspect", folder, "--json").Output);
        Assert.Equal(2048, json.RootElement.GetProperty("trained_to_read").GetProperty("tokens").GetInt32());
    }

    [Fact]
    public void An_answer_is_not_merged()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.txt"], Paragraphs);
        var run = Longt5.Start("answer", "-q", "Who?", scratch["a.txt"], "-m", TinyModel.Folder, "--long", "merge");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("fuse", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, Longt5.Start("answer", "-q", "Who?", scratch["a.txt"], "-m", TinyModel.Folder, "--long", "fuse",
            "--max-input", "600").ExitCode);
    }
}
