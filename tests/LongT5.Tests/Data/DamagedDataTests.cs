using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CsCheck;
using LongT5.Data;

namespace LongT5.Tests.Data;

public sealed class DamagedDataTests : IDisposable
{
    private const string Lines =
        "{\"document\": \"One.\", \"summary\": \"1\"}\n{\"document\": \"Two.\", \"summary\": \"2\"}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The lines as the program xz packs them; .NET has nothing that writes xz.</summary>
    private const string Xz =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABJADFdAD2IiIczoDzP7/f6i2eOYMaM+B/nNWU1W98oiuvBBuULkDliKU/r2ZrMtnppt3jKAAAAAAAAQ286AzZgFLcAAU1K7SxY8x+2830BAAAAAARZWg==";

    public static TheoryData<string> Kinds => ["test.jsonl", "test.json", "test.csv", "test.tsv", "test.jsonl.gz",
        "test.jsonl.zst", "test.jsonl.xz", "archive.tar", "archive.tar.gz", "archive.zip"];

    [Theory]
    [InlineData("test.jsonl.gz")]
    [InlineData("test.jsonl.zst")]
    [InlineData("test.jsonl.xz")]
    [InlineData("archive.tar")]
    [InlineData("archive.tar.gz")]
    [InlineData("archive.zip")]
    public void A_packed_file_cut_anywhere_is_an_error_and_not_a_shorter_data_set(string name)
    {
        var packed = Sound(name);
        Save(name, packed);
        Assert.Equal(2, Read().Count());
        for (var length = 1; length < packed.Length; length++)
        {
            Save(name, packed[..length]);
            Assert.Throws<BadFileException>(() => Read().ToList());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_bytes_give_examples_or_an_error_that_names_the_file(string name)
    {
        var sound = Sound(name);
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte, Gen.Int[0, sound.Length - 1], Gen.Byte,
            Gen.Int[1, 4 * sound.Length]).Sample((first, one, second, two, length) =>
        {
            var damaged = (byte[])sound.Clone();
            (damaged[first], damaged[second]) = (one, two);
            Save(name, damaged[..Math.Min(length, damaged.Length)]);
            try
            {
                _ = Read().Count();
                _ = DataTasks.Named("table").Read(_folder, new ReadOptions { SkipBad = _ => { } }).Count();
            }
            catch (Exception e) when (e is BadFileException or FileNotFoundException)
            {
                Assert.Contains(_folder, e.Message, StringComparison.Ordinal);
            }
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void A_flipped_bit_in_a_zip_is_an_error()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("test.jsonl", CompressionLevel.NoCompression).Open())
            entry.Write(Encoding.UTF8.GetBytes(Lines));
        var bytes = packed.ToArray();
        bytes[bytes.AsSpan().IndexOf("One"u8)] ^= 1;
        Save("test.zip", bytes);
        Assert.Contains("checksum", Assert.Throws<BadFileException>(() => Read().ToList()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"document\": \"x\", ", "row 2: it is not JSON")]
    [InlineData("[1, 2]", "row 2: it holds a list where an object is expected")]
    [InlineData("{\"document\": \"x\"}", "row 2: there is no column summary; there are document")]
    [InlineData("{\"document\": \" \", \"summary\": \"y\"}", "row 2: the document is empty")]
    [InlineData("{\"document\": 1.5, \"summary\": \"y\"}",
        "row 2: column document holds the number 1.5 where a text is expected")]
    [InlineData("{\"document\": \"x\", \"summary\": null}",
        "row 2: column summary holds null where a text or a list of texts is expected")]
    [InlineData("{\"document\": \"x\", \"document\": \"y\", \"summary\": \"z\"}",
        "row 2: a column stands in it twice: document")]
    [InlineData("\u00c3\u00a9\u00ff", "row 2: byte 2 of it is not UTF-8")]
    [InlineData("{\"document\": \"half a \\ud83d\", \"summary\": \"y\"}", "row 2: it holds a text that is not Unicode")]
    public void A_bad_line_is_named_and_skipped_only_when_told(string line, string expected)
    {
        var good = "{\"document\": \"x\", \"summary\": \"y\"}\n";
        Save("test.jsonl", Encoding.Latin1.GetBytes(good + line + "\n" + good));
        var error = Assert.Throws<BadFileException>(() => Read().ToList());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);

        var skipped = new List<string>();
        Assert.Equal(2, DataTasks.Named("table").Read(_folder, new ReadOptions { SkipBad = skipped.Add }).Count());
        Assert.Contains(expected, Assert.Single(skipped), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("document,summary\n\"a, \"\"b\"\"\nc\",d\n", 1, "a, \"b\"\nc")]
    [InlineData("summary,document\r\nd,a\r\n", 1, "a")]
    public void Csv_follows_its_standard(string csv, int count, string document)
    {
        Save("test.csv", Encoding.UTF8.GetBytes(csv));
        var examples = Read().ToList();
        Assert.Equal(count, examples.Count);
        Assert.Equal(document, examples[0].Document);
    }

    [Fact]
    public void A_csv_line_with_too_few_fields_is_named()
    {
        Save("test.csv", Encoding.UTF8.GetBytes("document,summary\na,b\nc\n"));
        Assert.Contains("row 3: it has 1 field where the first line names 2 columns",
            Assert.Throws<BadFileException>(() => Read().ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_draws_the_same_examples_in_their_order()
    {
        Save("test.jsonl",
            Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Range(0, 100)
                    .Select(i => $"{{\"document\": \"{i}\", \"summary\": \"s\"}}\n"))));
        List<int> Draw(int seed)
            => [.. DataTasks.Named("table").Read(_folder, new ReadOptions { Limit = 10, Seed = seed })
                .Select(one => int.Parse(one.Document, null))];
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.Equal(Draw(1).Order(), Draw(1));
        Assert.Equal(10, Draw(3).Distinct().Count());
    }

    [Fact]
    public void A_folder_without_the_data_set_says_what_is_expected()
    {
        Save("notes.md", []);
        var error = Assert.Throws<MissingSplitException>(() => DataTasks.Named("cnn_summarization")
            .Read(_folder, new ReadOptions()).ToList());
        Assert.Contains("cnn_stories.tgz", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Two examples in a file of that kind.</summary>
    private static byte[] Sound(string name)
    {
        var lines = Encoding.UTF8.GetBytes(Lines);
        using var packed = new MemoryStream();
        switch (name)
        {
            case "test.json": return Encoding.UTF8.GetBytes($"[{Lines.TrimEnd().Replace('\n', ',')}]");
            case "test.csv": return "document,summary\nOne.,1\n\"Two,\n\"\"2\"\".\",2\n"u8.ToArray();
            case "test.tsv": return "document\tsummary\nOne.\t1\nTwo.\t2\n"u8.ToArray();
            case "test.jsonl.xz": return Convert.FromBase64String(Xz);
            case "test.jsonl.zst":
                using (var zstd = new ZstdSharp.Compressor()) return zstd.Wrap(lines).ToArray();
            case "test.jsonl.gz":
                using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(lines);
                return packed.ToArray();
            case "archive.zip":
                using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
                using (var entry = zip.CreateEntry("test.jsonl").Open()) entry.Write(lines);
                return packed.ToArray();
            case "archive.tar" or "archive.tar.gz":
                using (var plain = new MemoryStream())
                {
                    using (var tar = new TarWriter(plain, leaveOpen: true))
                        tar.WriteEntry(
                            new PaxTarEntry(TarEntryType.RegularFile,
                                "data/test.jsonl")
                            { DataStream = new MemoryStream(lines) });
                    if (name == "archive.tar") return plain.ToArray();
                    using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
                        gzip.Write(plain.ToArray());
                    return packed.ToArray();
                }
            default: return lines;
        }
    }

    private IEnumerable<Example> Read() => DataTasks.Named("table").Read(_folder, new ReadOptions());

    private string Save(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
