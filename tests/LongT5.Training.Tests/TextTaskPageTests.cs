using System.Text.Json.Nodes;
using LongT5.Tasks;

namespace LongT5.Training.Tests;

/// <summary>What docs/training/adapters.md and mixtures.md tell people to type gives what stands there.</summary>
public sealed class TextTaskPageTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void An_adapter_learns_to_sort_letters_and_merges()
    {
        Train("adapters.md", "sorter");
        using var model = LongT5Model.Load(Path.Combine(Goldens.Repository, "models", "longt5-embedded"));
        using var adapted = model.WithAdapter(Path.Combine(_folder, "sorter"));
        Assert.Equal("complaint", Written(adapted, "adapters.md"));
        var weights = new FileInfo(Path.Combine(_folder, "sorter", "adapter_model.safetensors"));
        Assert.InRange(weights.Length, 260_000, 280_000);
    }

    [Fact]
    public void Two_tasks_are_learned_in_one_run()
    {
        Train("mixtures.md", "both");
        using var model = LongT5Model.Load(Path.Combine(_folder, "both"));
        Assert.Equal("complaint", Written(model, "mixtures.md"));
        var last = JsonNode.Parse(File.ReadLines(Path.Combine(_folder, "both", "log.jsonl")).Last())!;
        foreach (var source in (string[])["letters", "questions"])
            Assert.True((double)last["heldOut"]![source]!["loss"]! < 6, source);
    }

    [Fact]
    public void The_file_that_the_page_shows_is_that_of_the_samples()
    {
        var sample = JsonNode.Parse(File.ReadAllText(
            Path.Combine(Goldens.Repository, "samples", "mixture", "letters-and-questions.json")))!;
        var shown = JsonNode.Parse(Page("mixtures.md").Split("```json")[1].Split("```")[0])!;
        foreach (var (name, value) in shown.AsObject())
            if (name != "...") Assert.True(JsonNode.DeepEquals(value, sample[name]), name);
    }

    static string Page(string name) => File.ReadAllText(Path.Combine(Goldens.Repository, "docs", "training", name));

    static string Line(string page, string start)
        => Page(page).Split('\n').First(line => line.StartsWith(start, StringComparison.Ordinal));

    // The command of a page, with the result in a folder of the test's.
    void Train(string page, string name)
    {
        var words = new List<string>();
        foreach (var (i, part) in Line(page, "longt5 train ").Split('"').Index()) // every second part is quoted
            words.AddRange(i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var (code, said) = TrainerProcess.Run(Goldens.Repository,
            [.. words.Skip(1).Select(word => word == name ? Path.Combine(_folder, name) : word)]);
        Assert.True(code == 0, said);
    }

    // What the model writes on the text that the page gives it.
    static string Written(LongT5Model model, string page)
    {
        var parts = Line(page, "echo ").Split('"');
        var how = new TextOptions { Generation = new() { MinNewTokens = 1, NumBeams = 1 } };
        return model.Generate(parts[3] + parts[1], how)[0].Text;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
