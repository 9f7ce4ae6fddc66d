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

    [Theory]
    [InlineData(null)]
    [InlineData(HeadKind.SequenceClassification)]
    [InlineData(HeadKind.TokenClassification)]
    [InlineData(HeadKind.Extractive)]
    public void Each_source_has_a_loss_and_their_mean_over_labels_is_that_of_the_run(HeadKind? head)
    {
        var run = Two(new()) with { ZLoss = 0, Dropout = 0.2, Steps = 6, LogEvery = 2 };
        var stage = run.Stages[0] with { Batch = 3, Accumulate = 2 };
        run = run with { Curriculum = Curriculum.Of(stage) };
        if (head is { } kind) run = WithHead(run, kind);
        var sums = new List<IReadOnlyDictionary<string, (double Sum, long Labels)>>();
        using var trainer = new Trainer(new(run), resume: false);
        Directory.CreateDirectory(run.Output);
        using (var log = new LongT5.Training.Reports.RunLog(run, trainer.State, TextWriter.Null))
            trainer.Run(step =>
            {
                log.Add(step);
                var of = step.BySource!.Sums;
                sums.Add(of);
                Assert.Equal(step.Loss, of.Values.Sum(one => one.Sum) / of.Values.Sum(one => one.Labels), 4);
            });
        var lines = File.ReadAllLines(Path.Combine(run.Output, "log.jsonl"))
            .Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["sources"]!).ToArray();
        Assert.Equal(3, lines.Length);
        foreach (var name in (string[])["few", "many"])
        {
            var two = sums[4..].Where(one => one.ContainsKey(name)).Select(one => one[name]).ToArray();
            Assert.Equal(two.Sum(one => one.Sum) / two.Sum(one => one.Labels), (double)lines[2][name]!, 9);
        }
        LongT5.Training.Reports.RunLog.Draw(run.Output, _tiny.In("loss.svg"));
        Assert.Contains("loss of many", File.ReadAllText(_tiny.In("loss.svg")));
    }

    [Fact]
    public void The_card_of_a_mixture_says_how_often_each_source_is_drawn_and_what_stands_before_its_texts()
    {
        using var recipe = new Recipe(Two(new() { By = MixtureRule.Size }));
        var card = LongT5.Training.Reports.ModelCard.Of(recipe, 1, null);
        Assert.Contains("| few | 10 | few.jsonl |", card);
        Assert.Contains("| pairs, behind \"many: \" |", card);
        Assert.Contains("Drawn by turns: few 25%, many 75%; few 50%, many 50%.", card);
    }

    TrainingOptions WithHead(TrainingOptions run, HeadKind kind)
    {
        foreach (var name in run.Sources.Keys)
            File.WriteAllLines(_tiny.In($"{name}.jsonl"), Enumerable.Range(0, 12).Select(i => kind switch
            {
                HeadKind.SequenceClassification => $$"""{"text": "{{name}} {{i}}", "label": "{{(i % 2 == 0 ? "a" : "b")}}"}""",
                HeadKind.TokenClassification => $$"""{"tokens": ["{{name}}", "of", "{{i}}"], "tags": ["B-X", "O", "O"]}""",
                _ => $$"""{"question": "what?", "context": "{{name}} has {{i}}", "answers": ["{{i}}"]}""",
            }));
        Objective objective = kind switch
        {
            HeadKind.SequenceClassification => new TextLabels(),
            HeadKind.TokenClassification => new WordTags(),
            _ => new AnswerSpans(),
        };
        var target = new StageOptions().Target;
        return run with
        {
            Head = new() { Kind = kind },
            Curriculum = Curriculum.Of([.. run.Stages.Select(stage => stage with { Target = target })]),
            Sources = run.Sources.ToDictionary(source => source.Key,
                source => source.Value with { Objective = objective }),
        };
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
