using LongT5.Training.Objectives;

namespace LongT5.Training.Tests;

public sealed class MixtureTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData(MixtureRule.Equal, null, 1, 1, 1)]
    [InlineData(MixtureRule.Size, null, 1, 100, 900)]
    [InlineData(MixtureRule.Size, 400L, 1, 100, 400)]
    [InlineData(MixtureRule.Size, null, 2, 10, 30)]
    [InlineData(MixtureRule.Size, 400L, 2, 10, 20)]
    public void By_size_a_source_counts_as_in_T5(MixtureRule by, long? cap, double temperature, double few, double many)
    {
        var rates = new Mixture { By = by, Cap = cap, Temperature = temperature }.Rates(
            new Dictionary<string, long> { ["few"] = 100, ["many"] = 900 });
        Assert.Equal((few, many), (rates["few"], rates["many"]));
    }

    [Fact]
    public void Sources_are_drawn_as_the_mixture_says_unless_a_stage_says_it_itself()
    {
        using var recipe = new Recipe(Two(new() { By = MixtureRule.Size }));
        Assert.Equal(0.25, recipe.Stages[0].Shares["few"], 9);
        Assert.Equal(0.5, recipe.Stages[1].Shares["few"], 9);
        var first = Enumerable.Range(0, 1000).Count(i => recipe.Tokenizer.Decode(recipe.Stages[0].Batches.Make(i).Input)
            .StartsWith("few", StringComparison.Ordinal));
        Assert.Equal(250, first);
        Assert.Contains("drawn by turns: few 25%, many 75%; few 50%, many 50%", new DataReport(recipe).Lines());
    }

    [Fact]
    public void A_source_that_would_never_have_its_turn_is_told_of()
    {
        var run = Two(new());
        run = run with { Curriculum = Curriculum.Of(run.Stages[0] with { Rates = new() { ["few"] = 1, ["many"] = 1e6 } }) };
        Assert.Contains("from few less than once", Assert.Throws<ArgumentException>(() => new Recipe(run)).Message);
        Assert.Contains("\"size\"",
            Assert.Throws<ArgumentException>((run with { Mixture = new() { Cap = 3 } }).Check).Message);
    }

    TrainingOptions Two(Mixture mixture)
    {
        foreach (var (name, count) in ((string, int)[])[("few", 10), ("many", 30)])
            File.WriteAllLines(_tiny.In($"{name}.jsonl"), Enumerable.Range(0, count)
                .Select(i => $$"""{"document": "{{i}}", "summary": "s"}"""));
        SourceOptions Source(string name)
            => new() { Paths = [_tiny.In($"{name}.jsonl")], Objective = new Pairs { Prefix = $"{name}: " } };
        var stage = new StageOptions { Input = 32, Target = 8 };
        return _tiny.Options() with
        {
            Sources = new() { ["few"] = Source("few"), ["many"] = Source("many") },
            Mixture = mixture,
            Curriculum = Curriculum.Of(stage, stage with { Rates = new() { ["few"] = 1, ["many"] = 1 } }),
        };
    }

    public void Dispose() => _tiny.Dispose();
}
