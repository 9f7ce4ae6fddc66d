using System.IO.Compression;
using System.Text;
using LongT5.Data;
using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Tests.Data;

public sealed class CorpusTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    string Put(string name, string content) => Put(name, Encoding.UTF8.GetBytes(content));

    string Put(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    static Corpus Texts(string path) => Corpus.Open([path], new PrincipalSentences(), new());

    static Corpus Pairs(string path, Split split = Split.Train)
        => Corpus.Open([path], new Pairs(), new() { Split = split });

    [Fact]
    public void Lines_of_JSON_are_rows_and_lists_of_texts_stay_lists()
    {
        using var corpus =
            Texts(Put("a.jsonl", "{\"text\": \"one\", \"year\": 3}\n\n{\"text\": [\"two\", \"three\"]}"));
        Assert.Equal(2, corpus.Count);
        Assert.Equal(["one"], corpus.Row(0)["text"]);
        Assert.Equal(["two", "three"], corpus.Row(1)["text"]);
        Assert.False(corpus.Row(0).ContainsKey("year"));
    }

    [Fact]
    public void What_evaluation_reads_training_reads_too()
    {
        const string Rows = "{\"source\": \"\u00e9t\u00e9 long\", \"target\": \"short\"}\n";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(Rows));
        string[] paths =
        [
            Put("a.jsonl", Rows), Put("b.jsonl.gz", packed.ToArray()), Put("c.json", $"[{Rows}]"),
            Put("d.csv", "source;target\n\u00e9t\u00e9 long;short\n"),
            Put("e.tsv", "source\ttarget\n\u00e9t\u00e9 long\tshort\n"),
            Put("f.jsonl", Encoding.Unicode.GetBytes("\uFEFF" + Rows)),
        ];
        foreach (var path in paths)
        {
            using var corpus = Pairs(path);
            Assert.Equal(["\u00e9t\u00e9 long"], corpus.Row(0)["source"]);
        }
    }

    [Fact]
    public void Of_a_folder_each_split_is_read_for_what_it_is_and_what_lies_beside_is_no_row()
    {
        foreach (var split in (string[])["train", "validation", "test"])
            Put($"hf/{split}.jsonl", $"{{\"document\": \"of {split}\", \"summary\": \"s\"}}\n");
        Put("hf/README.md", "about");
        Put("hf/.gitattributes", "x");
        using var train = Pairs(Path.Combine(_folder, "hf"));
        using var validation = Pairs(Path.Combine(_folder, "hf"), Split.Validation);
        Assert.Equal((1, 1), (train.Count, validation.Count));
        Assert.Equal(["of train"], train.Row(0)["document"]);
        Assert.Equal(["of validation"], validation.Row(0)["document"]);
    }

    [Fact]
    public void Subfolders_are_columns_and_equal_file_names_one_row()
    {
        Put("document/a.txt", "long a");
        Put("document/b.txt", "long b");
        Put("summary/a.txt", "short a");
        Put("summary/b.txt", "short b");
        using var corpus = Pairs(_folder);
        Assert.Equal(2, corpus.Count);
        Assert.Equal(("long b", "short b"), (corpus.Row(1)["document"][0], corpus.Row(1)["summary"][0]));
    }

    [Fact]
    public void The_fingerprint_is_of_every_row()
    {
        using var one = Texts(Put("a.jsonl", "{\"text\": \"one\"}"));
        using var same = Texts(Put("b.jsonl", "{\"text\": \"one\"}"));
        using var other = Texts(Put("c.jsonl", "{\"text\": \"One\"}"));
        Assert.Equal(one.Fingerprint, same.Fingerprint);
        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void Rows_with_nothing_to_learn_from_are_left_out_and_counted()
    {
        using var corpus = Pairs(Put("a.jsonl", """
            {"document": "a", "summary": "b"}
            {"document": "a", "summary": " "}
            {"document": "", "summary": "b"}
            {"document": "a", "summary": ["", "b"]}
            """));
        Assert.Equal((2, 4), (corpus.Count, corpus.Read));
        Assert.Equal(["b"], corpus.Row(1)["summary"]);
        Assert.Equal(new Dictionary<string, int> { ["with an empty target"] = 1, ["with an empty source"] = 1 },
            corpus.LeftOut);
    }

    [Theory]
    [InlineData("""{"document": "a", "summary": null}""", "row 2: column summary holds null where")]
    [InlineData("""{"document": "a", "summary": 3}""", "row 2: column summary holds the number 3 where")]
    [InlineData("""{"document": {"x": 1}, "summary": "b"}""", "row 2: column document holds an object where")]
    [InlineData("""{"body": "a", "gist": "b"}""", "row 2: there are no columns of usual names")]
    [InlineData("""{"document": """, "row 2: ")]
    public void A_bad_row_is_named_with_what_was_found_or_left_out_and_counted(string row, string expected)
    {
        var path = Put("a.jsonl", $"{{\"document\": \"a\", \"summary\": \"b\"}}\n{row}\n");
        var bad = Assert.Throws<BadFileException>(() => Pairs(path)).Message;
        Assert.Contains("a.jsonl", bad);
        Assert.Contains(expected, bad);

        var skipped = new List<string>();
        using var corpus = Corpus.Open([path], new Pairs(), new() { SkipBad = skipped.Add });
        Assert.Contains(expected, Assert.Single(skipped));
        Assert.Equal((1, 2, 1), (corpus.Count, corpus.Read, corpus.LeftOut["bad"]));
    }

    [Fact]
    public void Columns_of_a_prefix_must_be_there()
    {
        var path = Put("a.jsonl", """{"document": "a", "summary": "b", "question": "q"}""");
        using var corpus = Corpus.Open([path], new Pairs { Prefix = "{question} " }, new());
        Assert.Equal(["q"], corpus.Row(0)["question"]);
        Assert.Contains("no column qustion",
            Assert.Throws<BadFileException>(() => Corpus.Open([path], new Pairs { Prefix = "{qustion} " },
                new())).Message);
    }

    [Fact]
    public void A_file_that_is_not_there_or_has_no_row_is_named()
    {
        Assert.Contains("nowhere.jsonl does not exist",
            Assert.Throws<FileNotFoundException>(() => Texts("nowhere.jsonl")).Message);
        Assert.Contains("a.jsonl", Assert.Throws<BadFileException>(() => Texts(Put("a.jsonl", ""))).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
