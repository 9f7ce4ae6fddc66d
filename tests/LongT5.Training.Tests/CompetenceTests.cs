using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Tests;

public sealed class CompetenceTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(25, 0.507445)] // sqrt(0.25 (1 - 0.01) + 0.01)
    [InlineData(100, 1)]
    [InlineData(1000, 1)]
    public void It_grows_by_the_square_root_as_in_Platanios_et_al(long step, double expected)
        => Assert.Equal(expected, new Competence { Steps = 100, Least = 0.1 }.At(step), 6);

    [Theory]
    [InlineData(Difficulty.Length)]
    [InlineData(Difficulty.Rarity)]
    public void No_example_comes_before_its_time_and_in_the_end_all_come(Difficulty by)
    {
        const int Rows = 400;
        // Row i: the more words the higher i, and all words rare, so that both measures order the rows by i.
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, Rows).Select(i =>
            $$"""{"document": "{{string.Join(' ', Enumerable.Range(0, i + 1).Select(j =>
                $"{i}000{j}"))}}", "summary": "7"}"""));
        using var corpus = Corpus.Open([path], new Pairs(), new());
        var competence = new Competence { Steps = 300, Least = 0.05, By = by };
        var stream = new LongT5.Training.Data.Stream(
            [(corpus, new Pairs { Encode = text => [.. text.Split(' ').Select(int.Parse)] }, 1.0)], new(1000, 1000),
            batch: 4, seed: 3, by)
        {
            Competence = competence.At,
        };
        var seen = new HashSet<int>();
        foreach (var (step, batch) in stream.From(0).Take(600).Index())
            foreach (var example in batch)
            {
                var row = example.Input.Length - 2;
                Assert.True(row < Math.Ceiling(competence.At(step) * Rows), $"row {row} came at step {step}");
                seen.Add(row);
            }
        Assert.Equal(Rows, seen.Count);
    }

    [Fact]
    public void Show_tells_what_is_drawn_when()
    {
        using var tiny = new TinyRun();
        var run = tiny.Options();
        run = run with
        {
            Curriculum = run.Curriculum with { Difficulty = new() { Steps = 8, Least = 0.1, By = Difficulty.Rarity } },
        };
        var said = new StringWriter();
        Examples.Show(run, 1, said);
        Assert.Contains("Stage 1 of 2: steps 0 to 5, at most 32 tokens in", said.ToString());
        Assert.Contains("drawn from, of each source the easiest by rarity: 10% at step 0, 36.6% at step 1, 50.7% at "
            + "step 2, 61.7% at step 3", said.ToString());
        Assert.Contains("Stage 2 of 2: steps 5 to 10, at most 64 tokens in", said.ToString());
        Assert.Contains("by rarity: 79.3% at step 5, 86.7% at step 6, 93.6% at step 7, all from step 8",
            said.ToString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
