using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Tasks;
using LongT5.Torch.Adapters;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

/// <summary>Runs that train a head of labels.</summary>
public sealed class HeadRunTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData(HeadKind.SequenceClassification)]
    [InlineData(HeadKind.MultiLabel)]
    [InlineData(HeadKind.Regression)]
    [InlineData(HeadKind.TokenClassification)]
    [InlineData(HeadKind.Extractive)]
    public void A_run_that_was_cut_ends_with_the_same_bits_and_the_engine_says_what_the_tensors_say(HeadKind kind)
    {
        TinyRun.Take(Learning("whole", kind), resume: false);
        TinyRun.Take(Learning("cut", kind), resume: false, stopAt: 3);
        TinyRun.Take(Learning("cut", kind), resume: true);
        Assert.Equal(_tiny.Hash("whole"), _tiny.Hash("cut"));

        using var model = LongT5Model.Load(_tiny.In("whole"));
        using var trainer = new Trainer(new(Learning("cut", kind)), resume: true);
        Agree(trainer, model);
        Assert.StartsWith("LongT5For", model.Engine.Head == ModelHead.None ? ""
            : Config("whole")["architectures"]![0]!.GetValue<string>());
    }

    [Fact]
    public void A_head_learns_to_tell_words_apart_and_is_used_with_what_it_learned_with()
    {
        var run = Learning("run", HeadKind.SequenceClassification, "label") with
        {
            Steps = 60,
            Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0.01 },
            Dropout = 0,
        };
        run = TinyRun.Measured(run) with { Evaluation = new() { Every = 60, Best = Judge.Accuracy } };
        Measurements? measured = null;
        using (var trainer = new Trainer(new(run), resume: false))
        {
            trainer.Run(step => measured = step.HeldOut ?? measured);
            trainer.WriteResult();
        }
        Assert.Equal(100, measured!.Sources["rows"].Labels!["accuracy"]);
        var config = Config("run");
        Assert.Equal(("sun", "single_label_classification", 1), (config["id2label"]!["1"]!.GetValue<string>(),
            config["problem_type"]!.GetValue<string>(), config["label2id"]!["sun"]!.GetValue<int>()));

        using var model = LongT5Model.Load(_tiny.In("run"));
        var classifier = new Classifier(model);
        Assert.Equal(["sun"], classifier.Classify("the sun shone on number 77").Labels);
        Assert.Equal(["rain"], classifier.Classify("the rain fell on number 77").Labels);
    }

    [Theory]
    [InlineData(HeadKind.SequenceClassification, "SEQ_CLS")]
    [InlineData(HeadKind.TokenClassification, "TOKEN_CLS")]
    [InlineData(HeadKind.Extractive, "QUESTION_ANS")]
    public void A_head_is_learned_with_an_adapter_and_kept_with_it(HeadKind kind, string task)
    {
        TrainingOptions Beside(string output)
            => _tiny.FromBase(Learning(output, kind)) with { Adapter = new() { Rank = 2 } };
        TinyRun.Take(Beside("whole"), resume: false);
        TinyRun.Take(Beside("cut"), resume: false, stopAt: 3);
        TinyRun.Take(Beside("cut"), resume: true);
        Assert.Equal(_tiny.Hash("whole", "adapter_model.safetensors"), _tiny.Hash("cut", "adapter_model.safetensors"));
        Assert.Equal(task,
            JsonNode.Parse(File.ReadAllText(_tiny.In("whole/adapter_config.json")))!["task_type"]!.GetValue<string>());

        using var bare = LongT5Model.Load(_tiny.In("base"));
        using var model = bare.WithAdapter(_tiny.In("whole"));
        using var trainer = new Trainer(new(Beside("cut")), resume: true);
        Assert.Equal(trainer.Model.Config.Labels, model.Config.Labels);
        Agree(trainer, model);
        Assert.True(bare.Engine.Head.WritesText());

        // Merged, it is a model with that head.
        model.Save(_tiny.In("merged"));
        using var merged = LongT5Model.Load(_tiny.In("merged"));
        Assert.Equal(model.Engine.Head, merged.Engine.Head);
        Assert.Equal(model.Config.Labels, merged.Config.Labels);
        var ids = model.Tokenizer.Encode("the sun shone on number 3");
        Assert.Equal(model.Engine.Score(ids), merged.Engine.Score(ids), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void What_does_not_go_together_is_refused_with_both_names()
    {
        Says("head sequence-classification", Learning("a", HeadKind.SequenceClassification) with
        {
            Sources = new() { ["rows"] = new() { Paths = ["x"], Objective = new Pairs() } },
        });
        Says("salience", Learning("a", HeadKind.Regression) with { Salience = 1 });
        Says("generate", Measured(HeadKind.Extractive, new() { Generate = 3 }));
        Says("zLoss is about the words", Learning("a", HeadKind.Regression) with { ZLoss = 1 });
        Says("target is about the words", Learning("a", HeadKind.Regression) with
        {
            Curriculum = Curriculum.Of(new StageOptions { Target = 64 }),
        });
        Says("pearson", Measured(HeadKind.TokenClassification, new() { Best = Judge.Pearson }));
        Says("head of labels", Learning("a", HeadKind.Regression) with { Head = null });
        Assert.Contains("label", Assert.Throws<BadFileException>(() => new Recipe(
            Learning("a", HeadKind.SequenceClassification) with
            {
                Head = new() { Labels = ["rain", "snow"] },
            })).Message);

        TrainingOptions Measured(HeadKind kind, EvaluationOptions evaluation)
            => TinyRun.Measured(Learning("a", kind)) with { Evaluation = evaluation };

        static void Says(string words, TrainingOptions options)
            => Assert.Contains(words, Assert.Throws<ArgumentException>(options.Check).Message);
    }

    [Theory, InlineData("1,5"), InlineData("NaN"), InlineData("2%")]
    public void What_is_no_number_is_no_target_of_a_regression(string target)
    {
        var run = Learning("a", HeadKind.Regression);
        File.WriteAllText(_tiny.In("texts.csv"), $"text;score\nthe sun shone;0.5\nit rained;{target}\n");
        Assert.Contains($"its target is {target}, where a number is expected",
            Assert.Throws<BadFileException>(() => new Recipe(run)).Message);
    }

    [Fact]
    public void A_label_that_is_not_learned_is_told_with_its_file_and_row()
    {
        var run = Learning("a", HeadKind.SequenceClassification);
        File.WriteAllText(_tiny.In("held.csv"), "text,label\nthe sun shone,sun\nit hailed,hail\n");
        run = run with { Sources = new() { ["rows"] = run.Sources["rows"] with { HeldOut = [_tiny.In("held.csv")] } } };
        var message = Assert.Throws<BadFileException>(() => new Recipe(run)).Message;
        Assert.Contains("held.csv", message);
        Assert.Contains("3", message);
        Assert.Contains("label hail is none of those that are learned: rain, sun", message);
        using var without = new Recipe(run with { SkipBad = true });
        Assert.Equal(1, without.HeldOutRows["rows"].Count);
    }

    [Fact]
    public void Labels_are_known_of_rows_that_are_set_aside_too_and_in_a_run_that_counts_epochs()
    {
        var run = Learning("a", HeadKind.SequenceClassification, "score"); // each label once
        run = run with { Epochs = 1, Sources = new() { ["rows"] = run.Sources["rows"] with { HoldOut = 0.25 } } };
        using var recipe = new Recipe(run);
        Assert.Equal(24, recipe.Options.Head!.Labels!.Length);
        Assert.NotEqual(24, recipe.Corpora["rows"].Count);
    }

    [Fact]
    public void A_label_of_a_list_has_no_semicolon_which_would_make_two_of_it()
    {
        var run = Learning("a", HeadKind.MultiLabel);
        File.WriteAllText(_tiny.In("rows.jsonl"), """{"text": "the sun", "labels": ["a;b", "c"]}""");
        run = run with { Sources = new() { ["rows"] = run.Sources["rows"] with { Paths = [_tiny.In("rows.jsonl")] } } };
        Assert.Contains("label a;b has a semicolon", Assert.Throws<BadFileException>(() => new Recipe(run)).Message);
    }

    [Fact]
    public void Answers_are_compared_as_they_stand_in_their_text_whatever_the_vocabulary_knows()
    {
        var run = Learning("a", HeadKind.Extractive);
        File.WriteAllText(_tiny.In("answers.jsonl"),
            """{"question": "which?", "context": "the sun shone on \u6771\u4eac it said", "answers": ["\u6771\u4eac"]}""");
        using var recipe = new Recipe(run);
        var dice = new LongT5.Training.Data.Dice(0);
        var row = recipe.Corpora["rows"].Row(0);
        var objective = recipe.ObjectiveOf(run.Sources["rows"]);
        var example = objective.Make(row, ref dice, new(64, 16))! with { References = objective.References(row) };
        var scores = new float[2 * example.Input.Length];
        scores[2 * (int)example.Head!.Values[0]] = scores[2 * (int)example.Head.Values[1] + 1] = 9;
        var measures = new LabelMeasures(recipe.Options.Head!);
        measures.Add(example, scores);
        Assert.Equal((100.0, 100.0), (measures.Results()["exact-match"], measures.Results()["f1"]));
    }

    TrainingOptions Learning(string output, HeadKind kind, string? labels = null)
    {
        var (name, objective) = kind switch
        {
            HeadKind.TokenClassification => ("tags.conll", (Objective)new WordTags()),
            HeadKind.Extractive => ("answers.jsonl", new AnswerSpans()),
            HeadKind.Regression => ("texts.csv", new TextLabels { TargetColumn = "score", Prefix = "rate: " }),
            HeadKind.MultiLabel => ("texts.csv", new TextLabels { TargetColumn = "labels" }),
            _ => ("texts.csv", new TextLabels { TargetColumn = labels ?? "label" }),
        };
        Write();
        return _tiny.Options(output) with
        {
            Head = new() { Kind = kind },
            Sources = new() { ["rows"] = new() { Paths = [_tiny.In(name)], Objective = objective } },
            Curriculum = Curriculum.Of(new StageOptions { Input = 24, Batch = 4 }),
            Steps = 6,
            Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0.01 },
        };
    }

    void Write()
    {
        var rows = Enumerable.Range(0, 24).Select(i => (Number: i, Weather: i % 2 == 0 ? "sun" : "rain",
            Did: i % 2 == 0 ? "shone" : "fell")).ToArray();
        File.WriteAllLines(_tiny.In("texts.csv"), rows.Select(row
            => $"the {row.Weather} {row.Did} on number {row.Number},{row.Weather},{row.Weather};{row.Did},{row.Number}")
            .Prepend("text,label,labels,score"));
        File.WriteAllLines(_tiny.In("tags.conll"), rows.Select(row
            => $"the O\n{row.Weather} B-WEATHER\n{row.Did} O\non O\nnumber B-NUM\n{row.Number} I-NUM\n. O\n"));
        File.WriteAllLines(_tiny.In("answers.jsonl"), rows.Select(row => $$"""
            {"question": "which number?", "context": "the {{row.Weather}} {{row.Did}} on number {{row.Number}} and so it went on and on until the evening came and went", "answers": {{(row.Number % 3 == 0
                ? """{"text": [], "answer_start": []}""" : $$"""["{{row.Number}}"]""")}}}
            """));
    }

    static void Agree(Trainer trainer, LongT5Model model)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var frozen = TorchSharp.torch.no_grad();
        var ids = model.Tokenizer.Encode("the sun shone on number 3");
        using var batch = new LongT5.Torch.Batch([ids], [ids], model.Config, TorchSharp.torch.CPU);
        var scores = trainer.Model.LabelScores(batch);
        if (scores.dim() == 3) scores = scores.narrow(1, 0, ids.Length);
        Torch.GoldenModel.Agree(model.Engine.Score(ids), scores, "the scores");
    }

    JsonNode Config(string folder) => JsonNode.Parse(File.ReadAllText(_tiny.In($"{folder}/config.json")))!;

    public void Dispose() => _tiny.Dispose();
}
