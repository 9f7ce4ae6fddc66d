using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using LongT5.Data;
using LongT5.Formats;

namespace LongT5.Tests.Data;

public sealed class DamagedDataTests : IDisposable
{
    private const string Lines = "{\"document\": \"One.\", \"summary\": \"1\"}\n{\"document\": \"Two.\", \"summary\": \"2\"}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_gzip_file_cut_anywhere_is_an_error_and_not_a_shorter_data_set()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(Lines));
        EveryCutIsAnError("test.jsonl.gz", packed.ToArray());
    }

    [Fact]
    public void A_zstandard_file_cut_anywhere_is_an_error_and_not_a_shorter_data_set()
    {
        using var zstd = new ZstdSharp.Compressor();
        EveryCutIsAnError("test.jsonl.zst", zstd.Wrap(Encoding.UTF8.GetBytes(Lines)).ToArray());
    }

    [Fact]
    public void An_xz_file_cut_anywhere_is_an_error_and_not_a_shorter_data_set()
    {
        var path = Save("test.jsonl", Encoding.UTF8.GetBytes(Lines));
        using (var xz = Process.Start("xz", path)) xz.WaitForExit();
        var packed = File.ReadAllBytes(path + ".xz");
        File.Delete(path + ".xz");
        EveryCutIsAnError("test.jsonl.xz", packed);
    }

    [Fact]
    public void A_tar_cut_anywhere_is_an_error()
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "data/test.jsonl") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Lines)) });
        }
        EveryCutIsAnError("archive.tar", archive.ToArray());
    }

    [Fact]
    public void A_packed_tar_cut_anywhere_in_its_files_is_an_error()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "data/test.jsonl") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Lines)) });
        }
        EveryCutIsAnError("archive.tar.gz", packed.ToArray());
    }

    [Fact]
    public void A_flipped_bit_in_a_zip_is_an_error()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("test.jsonl", CompressionLevel.NoCompression).Open()) entry.Write(Encoding.UTF8.GetBytes(Lines));
        var bytes = packed.ToArray();
        bytes[bytes.AsSpan().IndexOf("One"u8)] ^= 1;
        Save("test.zip", bytes);
        Assert.Contains("checksum", Assert.Throws<BadFileException>(() => Read().ToList()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"document\": \"x\", ", "row 2: it is not JSON")]
    [InlineData("[1, 2]", "row 2: it holds a list where an object is expected")]
    [InlineData("{\"document\": \"x\"}", "row 2: there is no column summary; there are document")]
    [InlineData("{\"document\": \" \", \"summary\": \"y\"}", "row 2: the document is empty")]
    [InlineData("{\"document\": 1.5, \"summary\": null}", "row 2: summary holds nothing where a list is expected")]
    [InlineData("{\"document\": \"x\", \"document\": \"y\", \"summary\": \"z\"}", "row 2: it is not JSON")]
    [InlineData("\u00ff", "row 2: byte 0 of it is not UTF-8")]
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
        Assert.Contains("row 3: it has 1 fields", Assert.Throws<BadFileException>(() => Read().ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_draws_the_same_examples_in_their_order()
    {
        Save("test.jsonl", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"{{\"document\": \"{i}\", \"summary\": \"s\"}}\n"))));
        List<int> Draw(int seed) => [.. DataTasks.Named("table").Read(_folder, new ReadOptions { Limit = 10, Seed = seed }).Select(one => int.Parse(one.Document, null))];
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.Equal(Draw(1).Order(), Draw(1));
        Assert.Equal(10, Draw(3).Distinct().Count());
    }

    [Fact]
    public void A_folder_without_the_data_set_says_what_is_expected()
    {
        Save("notes.md", []);
        var error = Assert.Throws<FileNotFoundException>(() => DataTasks.Named("cnn_summarization").Read(_folder, new ReadOptions()).ToList());
        Assert.Contains("cnn_stories.tgz", error.Message, StringComparison.Ordinal);
    }

    private void EveryCutIsAnError(string name, byte[] packed)
    {
        Save(name, packed);
        Assert.Equal(2, Read().Count());
        for (var length = 1; length < packed.Length; length++)
        {
            Save(name, packed[..length]);
            Assert.Throws<BadFileException>(() => Read().ToList());
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
