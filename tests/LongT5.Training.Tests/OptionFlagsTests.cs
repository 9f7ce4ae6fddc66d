using System.CommandLine;
using LongT5.Formats;
using LongT5.Torch.Adapters;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

public sealed class OptionFlagsTests : IDisposable
{
    static readonly SourceOptions s_texts = new() { Paths = ["a"], Objective = new PrincipalSentences() };

    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void Flags_stand_above_the_file_and_the_file_above_the_defaults()
    {
        var options = Read("train",
            Put("""{"steps": 5, "seed": 6, "curriculum": {"length": {"stages": [{"input": 7, "batch": 8}]}}, "optimizer": {"kind": "muon", "beta2": 0.5}}"""),
            "--steps", "9", "--input", "10", "--rate", "0.5", "--schedule", "cosine", "--warm-up", "3", "--data", "a",
            "b", "--prefix", "p: ");
        Assert.Equal((9, 6, 10, 8, 512), (options.Steps, options.Seed, options.Stages[0].Input, options.Stages[0].Batch,
            options.Stages[0].Target));
        Assert.Equal((OptimizerKind.Muon, 0.5, 0.5),
            (options.Optimizer.Kind, options.Optimizer.Rate, options.Optimizer.Beta2));
        Assert.Equal((Decay.Cosine, 3), (options.Schedule.Decay, options.Schedule.WarmUp));
        Assert.Equal(["a", "b"], options.Sources["data"].Paths);
        Assert.Equal("p: ", Assert.IsType<Pairs>(options.Sources["data"].Objective).Prefix);
    }

    [Fact]
    public void Flags_of_held_out_texts_make_the_evaluation()
    {
        var options = Read("train", null, "--data", "a", "--held-out", "b", "--evaluate-every", "10", "--generate", "4",
            "--best", "rouge", "--patience", "2", "--difficulty", "30");
        Assert.Equal((10, 4, Judge.Rouge, 2, 30), (options.Evaluation!.Every, options.Evaluation.Generate,
            options.Evaluation.Best, options.Evaluation.Patience, options.Curriculum.Difficulty!.Steps));
        Assert.IsType<PrincipalSentences>(Read("pretrain", null, "--data", "a").Sources["data"].Objective);
    }

    [Theory]
    [InlineData("head.kind must be one of sequence-classification, multi-label", "--head", "sequence-clasification", "--data", "a")]
    [InlineData("evaluation.best must be one of", "--data", "a", "--held-out", "b", "--best", "acuracy")]
    [InlineData("there is no option --stepz", "--data", "a", "--stepz", "3")]
    public void What_is_misspelt_is_told_with_what_there_is(string expected, params string[] flags)
    {
        var said = Assert.Throws<ArgumentException>(() => Read("train", null, flags)).Message;
        Assert.Contains(expected, said);
        Assert.DoesNotContain("LongT5.", said);
    }

    [Fact]
    public void An_unknown_field_is_named_and_no_type()
        => Assert.Contains("sources.a.metrik is no option here", Assert.Throws<ArgumentException>(() => Read("train",
            Put("""{"sources": {"a": {"paths": ["a"], "metrik": "f1"}}}"""))).Message);

    [Fact]
    public void A_folder_without_a_run_cannot_be_gone_on_from()
        => Assert.Contains("holds no run to go on from", Assert.Throws<ArgumentException>(
            () => Read(resume: true, "train", null, "-o", Path.Combine(_folder, "nope"))).Message);

    [Fact]
    public void What_people_who_come_from_elsewhere_expect_is_a_flag()
    {
        var options = Read("train", Put("""{"steps": 5, "schedule": {"warmUp": 3}}"""), "--data", "a", "--held-out",
            "b", "--epochs", "3", "--warm-up-ratio", "0.1",
            "--weight-decay", "0.01", "--held-out-examples", "9", "--beams", "4", "--keep", "last", "--best", "f1",
            "--generate", "2", "--skip-bad");
        Assert.Equal((3, 0.1, 0, 0.01), (options.Epochs, options.Schedule.WarmUpRatio, options.Schedule.WarmUp,
            options.Optimizer.WeightDecay));
        Assert.Equal((9, 4, Judge.F1, KeptModel.Last, true), (options.Evaluation!.Examples, options.Evaluation.Beams,
            options.Evaluation.Best, options.Keep, options.SkipBad));
        Assert.Contains("steps and epochs",
            Assert.Throws<ArgumentException>(() => Read("train", null, "--data", "a", "--steps", "3", "--epochs",
                "3")).Message);
        Assert.Equal((7, null), Read("train", Put("""{"epochs": 2}"""), "--data", "a", "--steps", "7") is var run
            ? (run.Steps, run.Epochs) : default);
    }

    [Fact]
    public void Flags_of_a_teacher_are_part_of_a_distillation()
    {
        var options = Read("train", null, "--data", "a", "--teacher", "t", "--temperature", "3", "--distill-alpha",
            "0.7", "--hidden-states", "0.1", "--cross-attention", "0.2", "--kept-logits", "9").Distillation!;
        Assert.Equal(("t", 3, 0.7, 0.1, 0.2, 9), (options.Teacher, options.Temperature, options.Alpha,
            options.HiddenStates, options.CrossAttention, options.Kept));
        Assert.Equal("f", Read("train", null, "--data", "a", "--teacher", "t", "--teacher-answers", "f").Distillation!
            .Answers);
        Assert.Contains("--temperature is about a teacher",
            Assert.Throws<ArgumentException>(() => Read("train", null, "--data", "a", "--temperature", "3")).Message);
    }

    [Fact]
    public void Flags_of_an_adapter_are_part_of_one()
    {
        var adapter = Read("train", null, "--from", "x", "--data", "a", "--adapter", "dora", "--rank", "3", "--alpha",
            "6").Adapter!;
        Assert.Equal((AdapterMethod.Dora, 3, 6), (adapter.Kind, adapter.Rank, adapter.Alpha));
        Assert.Null(Read("train", null, "--from", "x", "--data", "a").Adapter);
        Assert.Contains("--adapter",
            Assert.Throws<ArgumentException>(() => Read("train", null, "--data", "a", "--rank", "3")).Message);
    }

    [Fact]
    public void Texts_to_measure_on_are_named_or_set_aside_and_not_both()
    {
        var options = Read("train", null, "--from", "x", "--data", "a", "--hold-out", "0.2", "--patience", "3");
        Assert.Equal((0.2, true), (options.Sources["data"].HoldOut, options.Sources["data"].IsMeasured));
        options.Check();
        options = Read("train", null, "--from", "x", "--data", "a", "--hold-out", "0.2", "--held-out", "b");
        Assert.Contains("holdOut", Assert.Throws<ArgumentException>(options.Check).Message);
        options = Read("train", null, "--from", "x", "--data", "a", "--hold-out", "1");
        Assert.Contains("holdOut", Assert.Throws<ArgumentException>(options.Check).Message);
        Assert.Contains("--hold-out is measured", Assert.Throws<ArgumentException>(
            () => Read("train", null, "--from", "x", "--hold-out", "0.2")).Message);
    }

    [Fact]
    public void The_objective_of_the_run_is_that_of_every_source_without_its_own_and_of_texts_that_flags_name()
    {
        var file =
            Put("""{"objective": {"kind": "span-corruption"}, "sources": {"a": {"paths": ["a"]}, "b": {"paths": ["b"], "objective": {"kind": "principal-sentences"}}}}""");
        var options = Read("pretrain", file);
        Assert.IsType<SpanCorruption>(options.ObjectiveOf(options.Sources["a"]));
        Assert.IsType<PrincipalSentences>(options.ObjectiveOf(options.Sources["b"]));
        Assert.Contains("a, b", Assert.Throws<ArgumentException>(() => Read("pretrain", file, "--held-out", "c")).Message);
        options = Read("pretrain", file, "--data", "d", "--held-out", "c", "--source-column", "x");
        Assert.Equal("x", Assert.IsType<SpanCorruption>(options.Sources["data"].Objective).SourceColumn);
        Assert.Equal(["c"], options.Sources["data"].HeldOut!);
        Assert.Contains("objective",
            Assert.Throws<ArgumentException>(
                () => new TrainingOptions { Sources = new() { ["a"] = new() { Paths = ["a"] } } }.Check()).Message);
    }

    [Theory]
    [InlineData("""{"stepz": 3}""", "stepz")]
    [InlineData("""{"curriculum": {"length": {"stages": [{"inputt": 3}]}}}""", "inputt")]
    [InlineData("""{"curriculum": {"size": {}}}""", "size")]
    [InlineData("""{"stages": [{"input": 3}]}""", "curriculum.length.stages")]
    [InlineData("""{"competence": {"steps": 3}}""", "curriculum.difficulty")]
    [InlineData("{}", "--difficulty", "--competence", "3")]
    [InlineData("""{"optimizer": {"kind": "sgd"}}""", "optimizer.kind must be one of adafactor,")]
    [InlineData("""{"curriculum": {"length": {"stages": [{}, {}]}}}""", "has", "--input", "3")]
    [InlineData("{}", "--held-out", "--generate", "3")]
    [InlineData("{}", "--source-column", "--source-column", "x")]
    [InlineData("{}", "--question-column is about an extractive head", "--data", "x", "--question-column", "q")]
    public void A_name_or_a_flag_that_means_nothing_is_an_error(string file, string expected, params string[] flags)
        => Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Read("train", Put(file), flags)).Message);

    [Theory]
    [InlineData("rank (--rank) of the adapter is about lora and dora, and this one is ia3",
        "--from", "x", "--adapter", "ia3", "--rank", "4")]
    [InlineData("size (--adapter-size) of the adapter is about houlsby and pfeiffer, and this one is lora",
        "--from", "x", "--adapter", "lora", "--adapter-size", "8")]
    [InlineData("dropout (--adapter-dropout) of the adapter is about lora and dora, and this one is houlsby",
        "--from", "x", "--adapter", "houlsby", "--adapter-dropout", "0.1")]
    [InlineData("copyCircuit (--copy-circuit) is about random weights", "--from", "x", "--copy-circuit")]
    [InlineData("generate, --generate", "--data", "x", "--held-out", "y", "--beams", "4")]
    public void What_would_do_nothing_is_refused_with_both_names(string expected, params string[] flags)
        => Assert.Contains(expected, Assert.Throws<ArgumentException>(Read("train", null, flags).Check).Message);

    [Theory]
    [InlineData("--steps", "Default: 1000.")]
    [InlineData("--batch", "Default: 1.")]
    [InlineData("--optimizer", "Default: adafactor.")]
    [InlineData("--rate", "Default: 0.001.")]
    [InlineData("--evaluate-every", "Default: 500.")]
    [InlineData("--z-loss", "Default: 0.0001.")]
    public void Help_says_the_default_of_a_flag(string flag, string expected)
    {
        var command = new Command("train");
        _ = new OptionFlags(command, pairs: true);
        Assert.EndsWith(expected, command.Options.Single(option => option.Name == flag).Description);
    }

    [Fact]
    public void A_file_that_is_no_JSON_is_named(
        ) => Assert.Contains("options.json", Assert.Throws<BadFileException>(() => Read("train", Put("{"))).Message);

    [Fact]
    public void A_number_that_no_run_can_have_is_told()
    {
        TrainingOptions[] wrong =
        [
            new() { Curriculum = Curriculum.Of() },
            new() { Curriculum = Curriculum.Of(new StageOptions { Batch = 0 }) },
            new() { Curriculum = Curriculum.Of(new StageOptions { Share = double.NaN }) },
            new() { Curriculum = Curriculum.Of(new StageOptions { Target = 1 }) },
            new() { SaveEvery = 0 }, new() { LogEvery = -1 }, new() { Dropout = 1 }, new() { Steps = 0 },
            new() { Checkpoints = 1 }, new() { Epochs = 0 }, new() { Clip = -1 },
            new() { ZLoss = double.NaN }, new() { SkipNotANumber = -1 },
            new() { Curriculum = Curriculum.Of(new StageOptions { Rates = new() { ["a"] = -1 } }) },
            new() { Optimizer = new() { Rate = -1 } }, new() { Optimizer = new() { Rate = double.PositiveInfinity } },
            new() { Optimizer = new() { Beta2 = 1 } },
            new() { Optimizer = new() { WeightDecay = -1 } }, new() { Schedule = new() { WarmUp = -1 } },
            new() { Schedule = new() { Hold = 2 } }, new() { Schedule = new() { WarmUpRatio = 2 } },
            new() { Curriculum = new() { Difficulty = new() { Steps = 0 } } },
            new() { Curriculum = new() { Difficulty = new() { Steps = 1, Least = 2 } } },
            Of(new PrincipalSentences { Passage = 0 }), Of(new PrincipalSentences { Ratio = 2 }),
            Of(new PrincipalSentences { Noise = -1 }),
            Of(new PrincipalSentences { Words = [6] }), Of(new PrincipalSentences { Words = [9, 6] }),
            Of(new PrincipalSentences { Lengths = [] }),
            Of(new PrincipalSentences { Lengths = new() { ["summarize: "] = 0 } }),
            Of(new PrincipalSentences { Blend = 1 }), Of(new PrincipalSentences { Opening = -1 }),
            Of(new SpanCorruption { Density = 1 }), Of(new SpanCorruption { MeanSpan = 0 }),
            Of(new SpanCorruption { Sentinels = 0 }), Of(new SpanCorruption { FirstSentinel = 98 }),
            Of(new Extracts { Least = 3, Most = 2 }), Of(new Extracts { Words = [] }),
            HeldOut(new() { Every = 0 }), HeldOut(new() { Generate = -1 }), HeldOut(new() { Patience = -1 }),
        ];
        foreach (var options in wrong)
            Assert.Contains("expected", Assert.Throws<ArgumentException>(options.Check).Message);
        new TrainingOptions().Check();
        foreach (var objective in (Objective[])[new PrincipalSentences(), new SpanCorruption(), new Extracts(),
            new Pairs()]) Of(objective).Check();
        HeldOut(new()).Check();

        static TrainingOptions Of(Objective objective)
            => new() { Objective = objective, Sources = new() { ["a"] = new() { Paths = ["a"] } } };
        static TrainingOptions HeldOut(EvaluationOptions evaluation) => new()
        {
            Sources = new() { ["a"] = s_texts with { HeldOut = ["b"] } },
            Evaluation = evaluation,
        };
    }

    static TrainingOptions Read(string name, string? file, params string[] flags)
        => Read(resume: false, name, file, flags);

    static TrainingOptions Read(bool resume, string name, string? file, params string[] flags)
    {
        var command = new Command(name);
        var options = new OptionFlags(command, pairs: name == "train");
        return options.Read(
            new RootCommand { command }.Parse([name, .. file is null ? (string[])[] : [file], .. flags]),
            resume);
    }

    string Put(string content)
    {
        var path = Path.Combine(_folder, "options.json");
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
