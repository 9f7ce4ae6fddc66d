using LongT5.Data;
using LongT5.Data.Files;
using LongT5.Data.Rows;
using Parquet.Schema;
using Parquet.Serialization;

namespace LongT5.Tests.Data;

public sealed class ParquetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-parquet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cnn_summarization", "3.0.0/test-00000-of-00001.parquet", "article", "highlights", "id")]
    [InlineData("arxiv_summarization", "document/test-00000-of-00001.parquet", "article", "abstract", null)]
    [InlineData("pubmed_summarization", "section/test-00000-of-00001.parquet", "article", "abstract", null)]
    [InlineData("patent_summarization", "all/test-00000-of-00001.parquet", "description", "abstract", null)]
    [InlineData("media_summarization", "roberta_prepended/test-00000-of-00001.parquet", "document", "summary", "id")]
    [InlineData("multi_news_summarization", "test-00000-of-00001.parquet", "document", "summary", null)]
    [InlineData("gov_report", "test-00000-of-00001.parquet", "report", "summary", "id")]
    [InlineData("xsum", "test-00000-of-00001.parquet", "document", "summary", "id")]
    [InlineData("samsum", "test-00000-of-00001.parquet", "dialogue", "summary", "id")]
    [InlineData("billsum", "test-00000-of-00001.parquet", "text", "summary", "title")]
    [InlineData("table", "test.parquet", "document", "summary", null)]
    public async Task Every_summarization_set_is_read_from_the_columns_of_its_exports(
        string task, string name, string source, string target, string? more)
    {
        string[] columns = more is null ? [source, target] : [source, target, more];
        await Write(name, new ParquetSchema(columns.Select(column => new DataField<string>(column))),
            [.. Enumerable.Range(0, 3)
                .Select(
                    i =>
                        Row([.. columns.Select(column => (column, (object?)$"{column} {i} \u00e9t\u00e9.\nMore."))]))]);
        await Write(name.Replace("test", "train", StringComparison.Ordinal),
            new ParquetSchema(new DataField<int>("other")), Row(("other", 1)));

        var examples = DataTasks.Named(task).Read(_folder, new ReadOptions()).ToList();

        Assert.Equal(3, examples.Count);
        Assert.Equal($"{(task == "table" ? "" : "summarize: ")}{source} 0 \u00e9t\u00e9.\nMore.", examples[0].Input);
        Assert.Equal([$"{target} 2 \u00e9t\u00e9.\nMore."], examples[2].Targets);
        if (more == "id") Assert.StartsWith("id 0", examples[0].Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Natural_Questions_is_read_as_its_export_nests_it()
    {
        await WriteTyped("default/validation-00000-of-00001.parquet", new Questions
        {
            id = "797803103760793766",
            document = new Page
            {
                title = "Google",
                url = "u",
                html = "<h1>",
                tokens = new Tokens
                {
                    token = ["<h1>", "Google", "</h1>", "founded", "by", "Larry", "Page", "."],
                    is_html = [true, false, true, false, false, false, false, false]
                }
            },
            question = new Asked { text = "who founded google", tokens = ["who"] },
            long_answer_candidates = new Candidates
            {
                start_token = [0, 3],
                end_token = [3, 8],
                top_level = [true, true]
            },
            annotations = new Annotations
            {
                id = ["1", "2"],
                yes_no_answer = [-1, -1],
                long_answer = [new Span { start_token = -1, end_token = -1 },
                    new Span { start_token = 3, end_token = 8 }],
                short_answers = [new Spans(), new Spans { start_token = [5], end_token = [7], text = ["Larry Page"] }],
            },
        });
        var example = Assert.Single(DataTasks.Named("nq").Read(_folder, new ReadOptions { Split = Split.Validation }));
        Assert.Equal("question: who founded google context: Google founded by Larry Page .", example.Input);
        Assert.Equal(["Larry Page"], example.Targets);
        Assert.Equal("797803103760793766", example.Id);
    }

    [Fact]
    public async Task Lists_of_texts_become_several_targets()
    {
        await WriteTyped("train.parquet", new Tldr { source = ["One.", "Two."], target = ["Both.", "Each."] });
        var example = Assert.Single(DataTasks.Named("scitldr").Read(_folder, new ReadOptions { Split = Split.Train }));
        Assert.Equal("summarize: One. Two.", example.Input);
        Assert.Equal(["Both.", "Each."], example.Targets);
    }

    [Fact]
    public async Task Objects_of_lists_are_read_as_the_hub_nests_them()
    {
        await WriteTyped("validation-00000-of-00001.parquet", new Trivia
        {
            question = "Who 'wrote' It?",
            question_id = "q1",
            entity_pages = new Pages { title = ["A", "B"], wiki_context = ["Text of A.", "Text\nof B."] },
            answer = new AnswerOf { value = "King", aliases = ["Stephen King", "king"] },
        });
        var example = Assert.Single(DataTasks.Named("trivia_qa_full")
            .Read(_folder, new ReadOptions { Split = Split.Test }));
        Assert.Equal("question: who wrote it? context: a text of a. b text of b.", example.Input);
        Assert.Equal(["king", "stephen king"], example.Targets);
    }

    [Fact]
    public async Task A_missing_column_is_named_with_the_columns_there_are()
    {
        await Write("test.parquet",
            new ParquetSchema(new DataField<string>("article"), new DataField<string>("summary")),
            Row(("article", "x"), ("summary", "y")));
        var error = Assert.Throws<BadFileException>(() => DataTasks.Named("cnn_summarization")
            .Read(_folder, new ReadOptions()).Count());
        Assert.Contains("no column highlights; there are article, summary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Null_and_numbers_are_told_with_row_and_column()
    {
        await Write("test.parquet", new ParquetSchema(new DataField<string>("document"), new DataField<int>("summary")),
            Row(("document", "x"), ("summary", 7)));
        var error = Assert.Throws<BadFileException>(
            () => DataTasks.Named("table").Read(_folder, new ReadOptions()).Count());
        Assert.Contains("row 1: column summary holds the number 7 where a text or a list of texts is expected",
            error.Message, StringComparison.Ordinal);

        await Write("test.parquet",
            new ParquetSchema(new DataField<string>("document"), new DataField<string>("summary")),
            Row(("document", "x"), ("summary", "y")), Row(("document", null), ("summary", "y")));
        error = Assert.Throws<BadFileException>(
            () => DataTasks.Named("table").Read(_folder, new ReadOptions()).Count());
        Assert.Contains("row 2: column document holds null where a text is expected",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_and_never_holds_up_the_reader()
    {
        var path = await Write("test.parquet",
            new ParquetSchema(new DataField<string>("article"), new DataField<string>("highlights")),
            [.. Enumerable.Range(0, 20).Select(i => Row(("article", $"story {i}"), ("highlights", $"line {i}")))]);
        var sound = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var round = 0; round < 12; round++)
        {
            var damaged = (byte[])sound.Clone();
            for (var flips = 0; flips < 4; flips++) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (round == 0) damaged = damaged[..^9];
            File.WriteAllBytes(path, damaged);
            var file = new DataFile("test.parquet", path, () => File.OpenRead(path));
            try
            {
                Assert.True(ParquetRows.Of(file, TimeSpan.FromSeconds(20)).Count() <= 20);
            }
            catch (BadFileException e)
            {
                Assert.Equal(path, e.Path);
            }
        }
    }

    [Fact]
    public async Task A_damaged_file_that_would_keep_its_reader_busy_for_ever_ends_it()
    {
        var path = await Write("test.parquet", new ParquetSchema(new DataField<string>("document"),
            new DataField<string>("summary")), Row(("document", "One."), ("summary", "1")));
        var bytes = File.ReadAllBytes(path);
        // the mark that ends the description of the file: the library that reads it looks for another without end
        bytes[^9] = 185;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<BadFileException>(
            () => ParquetRows.Of(new DataFile("test.parquet", path, () => File.OpenRead(path)), TimeSpan.FromSeconds(3))
                .Count());
        Assert.Contains("no row came within 3 seconds", error.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.True(SpinWait.SpinUntil(() => !IsRead(path), TimeSpan.FromSeconds(20)), "the reader goes on");
    }

    [Fact]
    public async Task A_reader_that_is_left_early_is_ended()
    {
        var path = await Write("test.parquet",
            new ParquetSchema(new DataField<string>("document"), new DataField<string>("summary")),
            [.. Enumerable.Range(0, 20_000).Select(i => Row(("document", $"Document {i}."), ("summary", "1")))]);
        Assert.Single(DataTasks.Named("table").Read(_folder, new ReadOptions { Limit = 1 }));
        if (OperatingSystem.IsLinux())
            Assert.True(SpinWait.SpinUntil(() => !IsRead(path), TimeSpan.FromSeconds(20)), "the reader goes on");
    }

    /// <summary>Whether some process was started to read the file.</summary>
    private static bool IsRead(string path) => Directory.GetDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(path, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private async Task<string> Write(
        string name, ParquetSchema schema, params IReadOnlyCollection<IDictionary<string, object?>> rows)
    {
        await using var file = Create(name);
        await ParquetSerializer.SerializeUntypedAsync(rows, schema, file);
        return file.Name;
    }

    private async Task WriteTyped<T>(string name, params T[] rows)
        where T : class, new()
    {
        await using var file = Create(name);
        await ParquetSerializer.SerializeAsync(rows, file);
    }

    private FileStream Create(string name)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.Create(path);
    }

    private sealed class Tldr
    {
        public List<string> source { get; set; } = [];
        public List<string> target { get; set; } = [];
    }

    private sealed class Trivia
    {
        public string question { get; set; } = "";
        public string question_id { get; set; } = "";
        public Pages entity_pages { get; set; } = new();
        public AnswerOf answer { get; set; } = new();
    }

    private sealed class Pages
    {
        public List<string> title { get; set; } = [];
        public List<string> wiki_context { get; set; } = [];
    }

    private sealed class AnswerOf
    {
        public string value { get; set; } = "";
        public List<string> aliases { get; set; } = [];
    }

    private sealed class Questions
    {
        public string id { get; set; } = "";
        public Page document { get; set; } = new();
        public Asked question { get; set; } = new();
        public Candidates long_answer_candidates { get; set; } = new();
        public Annotations annotations { get; set; } = new();
    }

    private sealed class Page
    {
        public string html { get; set; } = "";
        public string title { get; set; } = "";
        public string url { get; set; } = "";
        public Tokens tokens { get; set; } = new();
    }

    private sealed class Tokens
    {
        public List<bool> is_html { get; set; } = [];
        public List<string> token { get; set; } = [];
    }

    private sealed class Asked
    {
        public string text { get; set; } = "";
        public List<string> tokens { get; set; } = [];
    }

    private sealed class Candidates
    {
        public List<int> start_token { get; set; } = [];
        public List<int> end_token { get; set; } = [];
        public List<bool> top_level { get; set; } = [];
    }

    private sealed class Annotations
    {
        public List<string> id { get; set; } = [];
        public List<Span> long_answer { get; set; } = [];
        public List<Spans> short_answers { get; set; } = [];
        public List<int> yes_no_answer { get; set; } = [];
    }

    private sealed class Span
    {
        public int start_token { get; set; }
        public int end_token { get; set; }
    }

    private sealed class Spans
    {
        public List<int> start_token { get; set; } = [];
        public List<int> end_token { get; set; } = [];
        public List<string> text { get; set; } = [];
    }

    private static Dictionary<string, object?> Row(params (string Name, object? Value)[] values)
        => values.ToDictionary(value => value.Name, value => value.Value);
}
