using System.Text.Json;
using LongT5.Training.Data;
using LongT5.Training.Objectives;
using LongT5.Training.Tuning;

namespace LongT5.Training.Tests.Tuning;

public sealed class SearchSpaceTests
{
    static readonly TrainingOptions s_run = new()
    {
        Model = "config.json",
        Sources = new() { ["texts"] = new() { Paths = ["a"], Objective = new PrincipalSentences(), HeldOut = ["b"] } },
        Distillation = new() { Teacher = "t" },
        Steps = 90,
        Evaluation = new() { Every = 10 },
    };

    [Theory]
    [InlineData("optimizer.raet", "There is no optimizer.raet: optimizer has no raet; it has kind, rate, beta1")]
    [InlineData("stepz", "There is no stepz: a run has no stepz; it has output, from, model")]
    [InlineData("adapter.rank", "There is no adapter.rank to search in: the run has no adapter. Give it one.")]
    [InlineData("curriculum.length.stages[1].batch", "curriculum.length.stages has 1 parts, counted from 0.")]
    [InlineData("sources.text.objective.passage", "sources has no text; it has texts")]
    [InlineData("sources.texts.objective.prefix", "sources.texts.objective has no prefix")]
    [InlineData("optimizer.rate.of", "optimizer.rate has no parts")]
    [InlineData("device", "device is no number, which has a range; give choices")]
    [InlineData("evaluation.every", "evaluation.every is nothing to search in: evaluation says")]
    [InlineData("sources.texts.heldOut[0]", "sources.texts.heldOut[0] is nothing to search in")]
    [InlineData("output", "output is nothing to search in")]
    public void A_field_that_a_run_does_not_have_is_an_error_that_names_it(string name, string expected)
        => Assert.Contains(expected, Wrong(name, """{"min": 1, "max": 2}"""));

    [Theory]
    [InlineData("optimizer.kind", """{"choices": ["adamw", "sgd"]}""", "optimizer.kind cannot be \"sgd\"")]
    [InlineData("curriculum.length.stages[0].batch", """{"choices": [1, "many"]}""", "curriculum.length.stages[0].batch cannot be \"many\"")]
    [InlineData("adapter", """{"choices": [null, {"kind": "lora", "ranks": 4}]}""", "ranks")]
    [InlineData("curriculum.length.stages[0].batch", """{"min": 1, "max": 2.5}""", "is a whole number, and its range goes from 1 to 2.5")]
    [InlineData("dropout", """{"min": 0.5, "max": 0.1}""", "The range of dropout goes from 0.5 to 0.1")]
    [InlineData("dropout", """{"min": 0, "max": 0.1, "log": true}""", "The range of dropout begins at 0")]
    [InlineData("dropout", """{"min": 0}""", "dropout wants a range")]
    [InlineData("dropout", """{"choices": []}""", "dropout has no choices")]
    [InlineData("dropout", """{"choices": [0], "max": 1}""", "dropout has choices and a range")]
    public void A_value_that_a_field_cannot_have_is_an_error_that_names_it(
        string name, string dimension, string expected)
        => Assert.Contains(expected, Wrong(name, dimension));

    [Fact]
    public void A_run_gets_the_values_and_keeps_all_else()
    {
        var space = Space(("optimizer.rate", """{"min": 1e-4, "max": 1e-2, "log": true}"""),
            ("curriculum.length.stages[0].batch", """{"min": 1, "max": 8}"""), ("distillation.alpha", """{"min": 0, "max": 1}"""),
            ("sources.texts.objective.measure", """{"choices": ["rouge", "frequency"]}"""),
            ("adapter", """{"choices": [null, {"kind": "dora", "rank": 4}]}"""), ("epochs", """{"min": 1, "max": 2}"""));
        Assert.Equal(["0.001", "1", "0.5", "\"rouge\"", "null", "null"],
            space.Standing.Select(value => value.GetRawText()));
        var run = space.With([.. ((string[])["0.005", "3", "0.25", "\"frequency\"", """{"kind": "dora", "rank": 4}""",
            "1.5"]).Select(value => JsonElement.Parse(value))]);
        Assert.Equal((0.005, 3, 0.25, 4, 1.5), (run.Optimizer.Rate, run.Stages[0].Batch, run.Distillation!.Alpha,
            run.Adapter!.Rank, run.Epochs));
        Assert.Equal("t", run.Distillation.Teacher);
        Assert.Null(space.With(space.Standing).Adapter);
    }

    [Theory]
    [InlineData("""{"min": 1e-5, "max": 1e-1, "log": true}""", false)]
    [InlineData("""{"min": -3, "max": 0.3}""", false)]
    [InlineData("""{"min": 2, "max": 5}""", true)]
    [InlineData("""{"min": 1, "max": 64, "log": true}""", true)]
    [InlineData("""{"choices": [8, 4, 2]}""", true)]
    public void Every_value_lies_in_its_range_and_is_found_again(string json, bool isWhole)
    {
        var dimension = JsonSerializer.Deserialize<Dimension>(json, TrainingOptions.Json)!;
        var axis = new Axis("x", dimension, isWhole ? typeof(int) : typeof(double));
        var seed = Random.Shared.NextInt64();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var dice = new Dice(seed);
        var seen = new HashSet<double>();
        for (var i = 0; i < 2000; i++)
        {
            var value = axis.At(dice.Uniform());
            var number = value.GetDouble();
            seen.Add(number);
            if (dimension.Choices is null) Assert.InRange(number, dimension.Min!.Value, dimension.Max!.Value);
            if (isWhole) Assert.Equal(0, number % 1);
            Assert.Equal(value.GetRawText(), axis.At(axis.PlaceOf(value)!.Value).GetRawText());
        }
        if (isWhole) Assert.Equal(dimension.Choices?.Length ?? (int)(dimension.Max - dimension.Min + 1)!, seen.Count);
        Assert.Null(axis.PlaceOf(JsonElement.Parse("1000")));
        Assert.Null(axis.PlaceOf(JsonElement.Parse("null")));
    }

    [Fact]
    public void A_logarithmic_range_is_even_in_the_logarithm()
    {
        var axis = new Axis("x", new() { Min = 1e-6, Max = 1, Log = true }, typeof(double));
        Assert.Equal(1e-3, axis.At(0.5).GetDouble(), 1e-6);
        Assert.Equal(1e-5, axis.At(1 / 6.0).GetDouble(), 1e-8);
    }

    static SearchSpace Space(params (string Name, string Json)[] fields) => new(s_run, fields.ToDictionary(
        field => field.Name, field => JsonSerializer.Deserialize<Dimension>(field.Json, TrainingOptions.Json)!));

    static string Wrong(string name, string json) => Assert.Throws<ArgumentException>(() =>
    {
        var options = new TuningOptions
        {
            Run = s_run,
            Space = new() { [name] = JsonSerializer.Deserialize<Dimension>(json, TrainingOptions.Json)! },
        };
        options.Check();
        _ = new SearchSpace(options.Run, options.Space);
    }).Message;
}
