using System.Text.Json;
using LongT5.Tasks;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>Texts to vectors and to passages, from the command line.</summary>
public sealed class SearchCommandTests
{
    [Fact]
    public void Vectors_are_those_of_the_library_to_the_last_bit_in_the_order_of_the_texts()
    {
        using var scratch = new Scratch();
        string[] texts = [.. Enumerable.Range(0, 150)
            .Select(i => string.Concat(Enumerable.Repeat($"life {i} of war ", 1 + i % 7)))];
        File.WriteAllLines(scratch["a.txt"], texts);
        File.WriteAllLines(scratch["a.jsonl"],
            texts.Select((text, i) => JsonSerializer.Serialize(new { id = i, text })));
        using var model = LongT5Model.Load(TinyModel.Folder);
        var embedder = new Embedder(model);
        float[][] expected = [.. texts.Select(text => embedder.Embed(text).Vector.ToArray())];

        var lines = Longt5.Start("embed", scratch["a.txt"], "--lines", "-m", TinyModel.Folder);
        Assert.Equal((0, ""), (lines.ExitCode, lines.Errors));
        Assert.Equal(expected, Vectors(lines.Output));
        var run = Longt5.Start("embed", scratch["a.jsonl"], "--jsonl", "-m", TinyModel.Folder, "-o",
            scratch["b.jsonl"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal(expected, Vectors(File.ReadAllText(scratch["b.jsonl"])));
        Assert.Equal(Enumerable.Range(0, 150), File.ReadLines(scratch["b.jsonl"])
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32()));

        run = Longt5.Start("embed", scratch["a.txt"], "--lines", "-m", TinyModel.Folder, "-o", scratch["b.npy"]);
        Assert.Equal(0, run.ExitCode);
        var bytes = File.ReadAllBytes(scratch["b.npy"]);
        Assert.Equal("\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': "
            + $"(150, {embedder.Dimensions}), }}", System.Text.Encoding.Latin1.GetString(bytes[..128]).TrimEnd());
        Assert.Equal(expected.SelectMany(row => row), System.Runtime.InteropServices.MemoryMarshal
            .Cast<byte, float>(bytes.AsSpan(128)).ToArray());
    }

    [Fact]
    public void A_file_that_cannot_be_read_does_not_stop_the_others_but_leaves_no_row_out_of_a_matrix()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.txt"], "The art of war.");
        File.WriteAllText(scratch["b.txt"], "");
        File.WriteAllText(scratch["c.txt"], "Life.");
        string[] call = ["embed", scratch["a.txt"], scratch["b.txt"], scratch["c.txt"], "-m", TinyModel.Folder];
        var run = Longt5.Start(call);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["embedding", "error", "embedding"], run.Output.Trim().Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().Last().Name));
        Assert.Equal(1, Longt5.Start([.. call, "-o", scratch["a.npy"]]).ExitCode);
        Assert.False(File.Exists(scratch["a.npy"]));
        File.WriteAllText(scratch["bad.jsonl"], "{\"text\": \"a\"}\n{\"txt\": 1}\n");
        run = Longt5.Start("embed", scratch["bad.jsonl"], "--jsonl", "-m", TinyModel.Folder);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 2 has no \"text\"", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Longt5.Start("embed", scratch["a.txt"], "--lines", "--jsonl").ExitCode);
    }

    [Fact]
    public void A_folder_is_indexed_and_its_passages_are_found_with_their_places()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["in"]);
        File.WriteAllText(scratch["in/a.md"],
            "# Bridges\n\nThe bridge was repaired in June.\n\n# Roads\n\nNo road was.\n");
        File.WriteAllText(scratch["in/b.txt"], "A cat sat.");
        var run = Longt5.Start("search", "--index", scratch["in"], "-o", scratch["x.index"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("x.index: 2 documents, 3 passages.\n", run.Errors, StringComparison.Ordinal);

        run = Longt5.Start("search", scratch["x.index"], "repairing", "bridges", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var hit = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((scratch["in/a.md"], "Bridges", 0, "Bridges\n\nThe bridge was repaired in June."),
            (hit.GetProperty("file").GetString()!, hit.GetProperty("section").GetString()!,
            hit.GetProperty("start").GetInt32(), hit.GetProperty("text").GetString()!));
        Assert.Contains("a.md, Bridges, characters 0 to 41, ",
            Longt5.Start("search", scratch["x.index"], "bridge").Output, StringComparison.Ordinal);
        Assert.Equal(1, Longt5.Start("search", scratch["x.index"], "fish").ExitCode);

        File.WriteAllText(scratch["in/b.txt"], "A fish swam far.");
        File.WriteAllText(scratch["in/c.txt"], "");
        run = Longt5.Start("search", "--index", scratch["in"], "-o", scratch["x.index"]);
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("2 documents, 3 passages; 1 unchanged; 1 failed.\n", run.Errors,
            StringComparison.Ordinal);
        Assert.Contains("A fish swam far.", Longt5.Start("search", scratch["x.index"], "fish").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_are_asked_by_the_model_that_made_them_and_by_no_other()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.txt"], "The art of war is about life.");
        string[] index = ["search", "--index", scratch["a.txt"], "-o", scratch["x.index"]];
        Assert.Equal(0, Longt5.Start([.. index, "--vectors", "-m", TinyModel.Folder]).ExitCode);
        var run = Longt5.Start("search", scratch["x.index"], "The art of war is about life.", "--by", "vectors", "-m",
            TinyModel.Folder);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("characters 0 to 29, 1.00\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, Longt5.Start("search", scratch["x.index"], "war").ExitCode);

        run = Longt5.Start("search", scratch["x.index"], "war", "--by", "vectors");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has vectors of", run.Errors, StringComparison.Ordinal);
        Assert.Contains("add --force", Longt5.Start([.. index, "--vectors"]).Errors, StringComparison.Ordinal);
        Assert.Equal(0, Longt5.Start([.. index, "--force"]).ExitCode);
        Assert.Contains("has no vectors", Longt5.Start("search", scratch["x.index"], "war", "--by", "vectors").Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_index_and_what_is_no_query_is_said()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.txt"], "The art of war is about life.");
        foreach (var (code, part, call) in new (int, string, string[])[]
        {
            (1, "it is no index", ["search", scratch["a.txt"], "war"]),
            (1, "is a folder", ["search", scratch.Folder, "war"]),
            (1, "does not exist", ["search", scratch["b"], "war"]),
            (2, "what is looked for", ["search", scratch["a.txt"]]),
            (2, "name it with -o", ["search", "--index", scratch["a.txt"]]),
            (2, "results go to standard output", ["search", scratch["a.txt"], "war", "-o", scratch["b"]]),
        })
        {
            var run = Longt5.Start(call);
            Assert.Equal(code, run.ExitCode);
            Assert.Contains(part, run.Errors, StringComparison.Ordinal);
            Assert.Single(run.Errors.Trim().Split('\n'));
        }
        File.WriteAllText(scratch["x.index"], "notes that somebody keeps");
        Assert.Equal(1, Longt5.Start("search", "--index", scratch["a.txt"], "-o", scratch["x.index"]).ExitCode);
        Assert.Equal("notes that somebody keeps", File.ReadAllText(scratch["x.index"]));
    }

    private static float[][] Vectors(string lines) => [.. lines.Trim().Split('\n').Select(line =>
        JsonDocument.Parse(line).RootElement.GetProperty("embedding").EnumerateArray().Select(one => one.GetSingle())
            .ToArray())];
}
