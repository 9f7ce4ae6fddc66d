using LongT5.Data;
using LongT5.Formats;
using Parquet.Schema;
using Parquet.Serialization;

namespace LongT5.Tests.Data;

public sealed class ParquetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-parquet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Columns_of_text_become_examples()
    {
        await Write("test-00000-of-00001.parquet", new ParquetSchema(new DataField<string>("article"), new DataField<string>("highlights"), new DataField<string>("id")),
            Row(("article", "A story \u00e9t\u00e9."), ("highlights", "Told.\nTwice."), ("id", "a1")),
            Row(("article", "Another."), ("highlights", "Told."), ("id", "a2")));

        var examples = DataTasks.Named("cnn_summarization").Read(_folder, new ReadOptions()).ToList();

        Assert.Equal(["a1", "a2"], examples.Select(example => example.Id));
        Assert.Equal("summarize: A story \u00e9t\u00e9.", examples[0].Input);
        Assert.Equal("Told.\nTwice.", examples[0].Targets[0]);
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
        var example = Assert.Single(DataTasks.Named("trivia_qa_full").Read(_folder, new ReadOptions { Split = Split.Test }));
        Assert.Equal("question: who wrote it? context: a text of a. b text of b.", example.Input);
        Assert.Equal(["king", "stephen king"], example.Targets);
    }

    [Fact]
    public async Task A_missing_column_is_named_with_the_columns_there_are()
    {
        await Write("test.parquet", new ParquetSchema(new DataField<string>("article"), new DataField<string>("summary")), Row(("article", "x"), ("summary", "y")));
        var error = Assert.Throws<BadFileException>(() => DataTasks.Named("cnn_summarization").Read(_folder, new ReadOptions()).Count());
        Assert.Contains("no column highlights; there are article, summary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_and_never_holds_up_the_reader()
    {
        var path = await Write("test.parquet", new ParquetSchema(new DataField<string>("article"), new DataField<string>("highlights")),
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

    private async Task<string> Write(string name, ParquetSchema schema, params IReadOnlyCollection<IDictionary<string, object?>> rows)
    {
        var path = Path.Combine(_folder, name);
        await using var file = File.Create(path);
        await ParquetSerializer.SerializeUntypedAsync(rows, schema, file);
        return path;
    }

    private async Task WriteTyped<T>(string name, params T[] rows)
        where T : class, new()
    {
        await using var file = File.Create(Path.Combine(_folder, name));
        await ParquetSerializer.SerializeAsync(rows, file);
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

    private static Dictionary<string, object?> Row(params (string Name, object? Value)[] values) => values.ToDictionary(value => value.Name, value => value.Value);
}
