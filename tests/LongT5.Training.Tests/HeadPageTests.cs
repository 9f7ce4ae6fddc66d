using LongT5.Tasks;

namespace LongT5.Training.Tests;

/// <summary>What docs/training/heads.md tells people to type gives what stands there.</summary>
public sealed class HeadPageTests : IDisposable
{
    static readonly string s_page = File.ReadAllText(Path.Combine(Goldens.Repository, "docs", "training", "heads.md"));

    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void The_letters_are_learned_and_told_apart()
    {
        Train("letters");
        using var model = LongT5Model.Load(Path.Combine(_folder, "letters"));
        Assert.Equal(Shown("longt5 classify -m letters").Split('\t')[0],
            new Classifier(model).Classify(Asked("longt5 classify -m letters")).Labels.Single());
        var card = File.ReadAllText(Path.Combine(_folder, "letters", "README.md"));
        foreach (var said in (string[])["the head sequence-classification: complaint, praise, question",
            "| data | 96 | letters.csv |", "| data, held out | 24 | letters-held-out.csv |", "| accuracy | ",
            "40 of 40 steps of 8 x 1 texts, at most 64 tokens in; AdamW, rate 0.001", "To be filled in."])
            Assert.Contains(said, card);
        Assert.Equal(64, new Classifier(model).Classify(string.Concat(Enumerable.Repeat("the map ", 99))).InputTokens);
    }

    [Fact]
    public void The_people_and_places_are_tagged()
    {
        Train("village");
        using var model = LongT5Model.Load(Path.Combine(_folder, "village"));
        var spans = new Tagger(model).Tag(Asked("longt5 tag -m village")).Spans;
        Assert.Equal(Shown("longt5 tag -m village").Split('\n').Select(line => line.Split('\t'))
            .Select(line => $"{line[0]} {line[1]} {line[2]} {line[4]}"),
            spans.Select(span => $"{span.Start} {span.End} {span.Label} {span.Text}"));
    }

    [Fact]
    public void The_questions_are_learned_too()
    {
        Train("questions", "--steps", "2"); // all of it takes a minute
        using var model = LongT5Model.Load(Path.Combine(_folder, "questions"));
        Assert.InRange(new Extractor(model).Extract("What colour is it?", "The house is yellow.").Score, 0, 1);
    }

    // The command of the page, with the result in a folder of the test's.
    void Train(string name, params string[] more)
    {
        var line = s_page.Split('\n').Single(line => line.StartsWith("longt5 train", StringComparison.Ordinal)
            && line.Contains($"-o {name} ", StringComparison.Ordinal));
        string[] words = [.. line.Split(' ')[1..].Select(word => word == name ? Path.Combine(_folder, name) : word)];
        for (var i = 0; i < more.Length; i += 2) words[Array.IndexOf(words, more[i]) + 1] = more[i + 1];
        var (code, said) = TrainerProcess.Run(Goldens.Repository, words);
        Assert.True(code == 0, said);
    }

    static string Asked(string command)
        => s_page.Split('\n').Single(line => line.EndsWith(command, StringComparison.Ordinal)).Split('"')[1];

    // The next block behind the one with the command.
    static string Shown(string command)
        => s_page[s_page.IndexOf(command, StringComparison.Ordinal)..].Split("```")[2].Trim();

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
