using LongT5.Formats;
using LongT5.Training.Data;

namespace LongT5.Training.Tests.Data;

public sealed class CorpusTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    string Put(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void Lines_of_JSON_are_rows_and_lists_of_texts_stay_lists()
    {
        using var corpus = Corpus.Open([Put("a.jsonl", "{\"text\": \"one\", \"year\": 3}\n\n{\"text\": [\"two\", \"three\"]}")]);
        Assert.Equal(2, corpus.Count);
        Assert.Equal(["one"], corpus.Row(0)["text"]);
        Assert.Equal(["two", "three"], corpus.Row(1)["text"]);
        Assert.False(corpus.Row(0).ContainsKey("year"));
    }

    [Fact]
    public void A_byte_order_mark_and_lines_of_white_space_are_no_rows_and_no_error()
    {
        using var json = Corpus.Open([Put("a.jsonl", "\uFEFF{\"text\": \"one\"}\r\n  \r\n{\"text\": \"two\"}\r\n\r\n")]);
        Assert.Equal(["one", "two"], [json.Row(0)["text"][0], json.Row(1)["text"][0]]);
        Assert.Equal(2, json.Count);
        using var csv = Corpus.Open([Put("a.csv", "\uFEFFsource,target\r\n\r\na,b\r\n\r\n")]);
        Assert.Equal("a", csv.Row(0)["source"][0]);
        Assert.Equal(1, csv.Count);
    }

    [Theory]
    [InlineData("a.json")]
    [InlineData("a.parquet")]
    [InlineData("a.jsonl.gz")]
    public void A_kind_of_file_that_is_not_read_is_not_taken_for_text(string name)
        => Assert.Contains("kind", Assert.Throws<BadFileException>(() => Corpus.Open([Put(name, "[]")])).Message);

    [Fact]
    public void A_quoted_field_of_CSV_may_hold_commas_quotes_and_lines()
    {
        using var corpus = Corpus.Open([Put("a.csv", "source,target\r\n\"a, \"\"b\"\"\nc\",d\r\ne,f")]);
        Assert.Equal(2, corpus.Count);
        Assert.Equal("a, \"b\"\nc", corpus.Row(0)["source"][0]);
        Assert.Equal("f", corpus.Row(1)["target"][0]);
    }

    [Fact]
    public void Subfolders_are_columns_and_equal_file_names_one_row()
    {
        Put("document/a.txt", "long a");
        Put("document/b.txt", "long b");
        Put("summary/a.txt", "short a");
        Put("summary/b.txt", "short b");
        using var corpus = Corpus.Open([_folder]);
        Assert.Equal(2, corpus.Count);
        Assert.Equal(("long b", "short b"), (corpus.Row(1)["document"][0], corpus.Row(1)["summary"][0]));
    }

    [Fact]
    public void The_fingerprint_is_of_every_byte()
    {
        using (var one = Corpus.Open([Put("a.jsonl", "{\"text\": \"one\"}")]))
        using (var same = Corpus.Open([Put("b.jsonl", "{\"text\": \"one\"}")]))
        using (var other = Corpus.Open([Put("c.jsonl", "{\"text\": \"One\"}")]))
        {
            Assert.Equal(one.Fingerprint, same.Fingerprint);
            Assert.NotEqual(one.Fingerprint, other.Fingerprint);
        }
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\": ")]
    [InlineData("a.jsonl", "[1, 2]")]
    [InlineData("a.jsonl", "{\"text\": \"\\ud800\"}")]
    [InlineData("a.csv", "source,target\nonly one")]
    [InlineData("a.csv", "source,target\n\"open,x")]
    [InlineData("a.csv", "source,target\n\"a\"b,x")]
    [InlineData("a.jsonl", "")]
    public void A_bad_file_is_named(string name, string content)
    {
        var path = Put(name, content);
        var bad = Assert.Throws<BadFileException>(() =>
        {
            using var corpus = Corpus.Open([path]);
            corpus.Row(0);
        });
        Assert.Contains(name, bad.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
        => Assert.Equal("nowhere.jsonl does not exist.", Assert.Throws<FileNotFoundException>(() => Corpus.Open(["nowhere.jsonl"])).Message);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
