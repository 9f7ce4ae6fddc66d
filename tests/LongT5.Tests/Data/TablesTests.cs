using System.IO.Compression;
using System.Text;
using CsCheck;
using LongT5.Data;

namespace LongT5.Tests.Data;

/// <summary>The one reader of tables, over every layout, encoding and accident that people bring.</summary>
public sealed class TablesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-tables-").FullName;
    private readonly List<string> _notes = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.jsonl", "{\"document\": \"é\", \"summary\": \"b\"}\n{\"document\": \"c\", \"summary\": \"d\"}")]
    [InlineData("a.jsonl", "[{\"document\": \"é\", \"summary\": \"b\"},\n {\"document\": \"c\", \"summary\": \"d\"}]")]
    [InlineData("a.json", "{\"document\": \"é\", \"summary\": \"b\"}\n{\"document\": \"c\", \"summary\": \"d\"}")]
    [InlineData("a.json", "[{\"document\": \"é\", \"summary\": \"b\"}, {\"document\": \"c\", \"summary\": \"d\"}]")]
    [InlineData("a.json", "{\n \"version\": 1,\n \"data\": [{\"document\": \"é\", \"summary\": \"b\"}, "
        + "{\"document\": \"c\", \"summary\": \"d\"}]\n}")]
    [InlineData("a.csv", "document,summary\né,b\nc,d\n")]
    [InlineData("a.csv", "document;summary\r\né;b\r\nc;d\r\n")]
    [InlineData("a.csv", "document;summary\n\"é\";b\nc;d")]
    [InlineData("a.csv", ",document,summary\n0,é,b\n1,c,d\n")]
    [InlineData("a.tsv", "document\tsummary\né\tb\nc\td\n")]
    public void Every_kind_in_every_encoding_and_compression_gives_the_same_rows(string name, string text)
    {
        (string Name, byte[] Bytes)[] encoded =
        [
            ("UTF-8", Encoding.UTF8.GetBytes(text)),
            ("UTF-8 with a mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]),
            ("UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]),
            ("UTF-16, big end first",
                [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)]),
            ("UTF-16 without a mark", Encoding.Unicode.GetBytes(text)),
            ("UTF-32", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(text)]),
            ("Latin-1", Encoding.Latin1.GetBytes(text)),
        ];
        foreach (var (encoding, bytes) in encoded)
        {
            foreach (var packed in (string[])["", ".gz", ".zst"])
            {
                var path = Put(name + packed, Pack(packed, bytes));
                Assert.Equal([("é", "b"), ("c", "d")], Pairs(path));
                Assert.Equal(encoding is "Latin-1" or "UTF-16 without a mark",
                    _notes.Exists(note => note.Contains("is read as", StringComparison.Ordinal)));
                _notes.Clear();
            }
        }
    }

    [Fact]
    public void Of_a_folder_only_the_files_of_the_split_are_rows()
    {
        Put("hf/README.md", "# My data"u8);
        Put("hf/.gitattributes", "*.parquet filter=lfs"u8);
        Put("hf/dataset_infos.json", "{}"u8);
        foreach (var split in (string[])["train-00000-of-00002", "train-00001-of-00002", "validation", "test"])
            Put($"hf/data/{split}.jsonl", Encoding.UTF8.GetBytes($"{{\"document\": \"{split}\", \"summary\": \"s\"}}"));
        var path = Path.Combine(_folder, "hf");
        Assert.Equal(["train-00000-of-00002", "train-00001-of-00002"], Documents(path, Split.Train));
        Assert.Equal(["validation"], Documents(path, Split.Validation));
        Assert.Equal(["test"], Documents(path, Split.Test));
        Assert.Contains("README.md", _notes[0], StringComparison.Ordinal);
        Assert.Contains("data/validation.jsonl", _notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_names_no_split_is_read_where_none_names_the_one_that_is_asked_for()
    {
        Put("own/pairs.jsonl", "{\"document\": \"pairs\", \"summary\": \"s\"}"u8);
        Put("own/test.jsonl", "{\"document\": \"test\", \"summary\": \"s\"}"u8);
        var path = Path.Combine(_folder, "own");
        Assert.Equal(["pairs"], Documents(path, Split.Train));
        Assert.Equal(["test"], Documents(path, Split.Test));
        Assert.Equal(["test"], DataTasks.Named("table").Read(path, new ReadOptions())
            .Select(example => example.Document));
    }

    [Fact]
    public void A_file_that_is_named_is_read_whatever_its_name_says()
        => Assert.Equal(["x"], Documents(Put("test.jsonl", "{\"document\": \"x\"}"u8), Split.Train));

    [Fact]
    public void A_folder_without_the_split_says_what_it_holds()
    {
        Put("one/test.csv", "document\nx\n"u8);
        var error = Assert.Throws<FileNotFoundException>(() => Documents(Path.Combine(_folder, "one"), Split.Train));
        Assert.EndsWith("holds no rows of the train split; there are test.csv.", error.Message,
            StringComparison.Ordinal);
        Put("two/picture.png", [1]);
        error = Assert.Throws<FileNotFoundException>(() => Documents(Path.Combine(_folder, "two"), Split.Train));
        Assert.EndsWith("there are picture.png.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_rows_where_there_is_no_table_and_folders_of_equal_names_are_columns()
    {
        Put("books/README.md", "not a row"u8);
        Put("books/a-test-of-time.txt", "One."u8);
        Put("books/more/b.txt", "Two."u8);
        Put("books/test/c.txt", "Three."u8);
        Assert.Equal(["One.", "Two."], Rows(Path.Combine(_folder, "books"), Split.Train)
            .Select(row => row.Text("text")));

        foreach (var column in (string[])["document", "summary"])
        {
            foreach (var name in (string[])["a", "b"])
                Put($"pairs/{column}/{name}.txt", Encoding.UTF8.GetBytes($"{column} {name}"));
        }
        Assert.Equal([("document a", "summary a"), ("document b", "summary b")], Pairs(Path.Combine(_folder, "pairs")));
        Assert.Equal(["summary b"], DataTasks.Named("table").Read(Path.Combine(_folder, "pairs"), new ReadOptions())
            .Last().Targets);
    }

    [Theory]
    [InlineData("a.jsonl", "{\"document\": null}", "row 1: column document holds null where a text is expected")]
    [InlineData("a.jsonl", "{\"document\": 12.50}", "row 1: column document holds the number 12.50 where")]
    [InlineData("a.jsonl", "{\"document\": {\"text\": \"x\"}}", "row 1: column document holds an object where")]
    [InlineData("a.jsonl", "{\"document\": true}", "row 1: column document holds true where")]
    [InlineData("a.jsonl", "{\"text\": \"x\"}", "row 1: there is no column document; there are text")]
    [InlineData("a.jsonl", "{'document': 'x'}", "row 1: it is not JSON: found 'document': 'x'} at character 2")]
    [InlineData("a.jsonl", "{\"document\": \"é\", \"b\": NaN}", "row 1: it is not JSON: found NaN} at character 24")]
    [InlineData("a.jsonl", "{\"document\": \"cut", "row 1: it is not JSON: found its end at character 18")]
    [InlineData("a.jsonl", "{\"document\": \"a\", \"document\": \"b\"}",
        "row 1: a column stands in it twice: document")]
    [InlineData("a.json", "[{\"document\": \"a\"},\n {\"document\": b}]",
        "line 2, byte 15: this is no list of JSON objects")]
    [InlineData("a.json", "{\n\"a\": 1,\n\"b\": 2\n}", "it is one JSON object with the members a, b; an object a line")]
    [InlineData("a.csv", "document,document\na,b\n", "row 1: two columns are called document")]
    [InlineData("a.csv", "document,summary\na,b,c\n", "row 2: it has 3 fields where the first line names 2 columns")]
    [InlineData("a.csv", "document\n\"a\"b\n", "row 2: text after the closing quote of a quoted field;")]
    [InlineData("a.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "it is what Git LFS leaves")]
    [InlineData("a.jsonl", "<!DOCTYPE html><html>", "it is a web page")]
    public void What_is_wrong_is_said_with_file_row_and_column_in_words_of_the_file(
        string name, string text, string expected)
    {
        var path = Put(name, Encoding.UTF8.GetBytes(text));
        var error = Assert.Throws<BadFileException>(() => Documents(path, Split.Train));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        foreach (var name2 in (string[])["System.", "Exception", "LineNumber", "BytePosition", "Path:", "Parameter",
            "JsonElement"])
            Assert.DoesNotContain(name2, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_letter_in_UTF8_is_a_bad_row_and_not_Latin1()
    {
        var path = Put("a.jsonl", [.. "{\"document\": \"née à Genève, où\"}\n{\"document\": \""u8, 0xE9,
            .. "\"}\n{\"document\": \"ça et là\"}\n"u8]);
        var bad = new List<string>();
        var read = Tables.Each(Tables.Read(path, new ReadOptions { SkipBad = bad.Add }), new ReadOptions(),
            row => (string[])[row.Text("document")]).ToList();
        Assert.Equal(["née à Genève, où", "ça et là"], read);
        Assert.EndsWith("row 2: byte 14 of it is not UTF-8", Assert.Single(bad), StringComparison.Ordinal);
    }

    [Fact]
    public void The_advice_is_that_of_the_program_at_hand()
    {
        var path = Put("a.jsonl", "nothing"u8);
        var error = Assert.Throws<BadFileException>(
            () => Tables.Read(path, new ReadOptions { Advice = "Ask your mother" }).Count());
        Assert.EndsWith(". Ask your mother", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_in_any_encoding_comes_back_letter_by_letter()
    {
        // Long enough for letters to be cut by the ends of buffers.
        var letters = Gen.Char["aé€\u4e00\u0431 .;"].Array[0, 3000].Select(characters => new string(characters));
        Gen.Select(letters, Gen.Int[0, 40], Gen.Int[0, 3]).Sample((text, filler, encoding) =>
        {
            text = new string('x', 4080 * (filler % 2) + filler) + text.Trim();
            Encoding of = encoding switch
            {
                0 => new UTF8Encoding(false),
                1 => new UnicodeEncoding(false, true),
                2 => new UnicodeEncoding(true, true),
                _ => new UTF32Encoding(false, true)
            };
            var path = Put("a.txt", [.. of.Preamble, .. of.GetBytes(text)]);
            Assert.Equal(text, Rows(path, Split.Train).Single().Text("text"));
        }, iter: 200, threads: 1);
    }

    private static byte[] Pack(string extension, byte[] bytes)
    {
        if (extension == ".zst")
        {
            using var zstd = new ZstdSharp.Compressor();
            return zstd.Wrap(bytes).ToArray();
        }
        if (extension != ".gz") return bytes;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private IEnumerable<Row> Rows(string path, Split split)
        => Tables.Read(path, new ReadOptions { Split = split, Note = _notes.Add });

    private List<string> Documents(string path, Split split)
        => [.. Tables.Each(Rows(path, split), new ReadOptions { Split = split },
            row => (string[])[row.Text("document")])];

    private List<(string, string)> Pairs(string path)
        => [.. Rows(path, Split.Train).Select(row => (row.Text("document"), row.Text("summary")))];

    private string Put(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
