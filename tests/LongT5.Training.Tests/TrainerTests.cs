using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Tasks;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;
using LongT5.Training.Tests.Losses;
using TorchSharp;

namespace LongT5.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Fact]
    public void Salience_without_a_source_that_knows_it_is_refused()
    {
        using var run = new TinyRun();
        Assert.Contains("salience",
            Assert.Throws<ArgumentException>(() => new Trainer(new(run.Options() with { Salience = 1 }),
                resume: false)).Message);
        Assert.Contains("salience",
            Assert.Throws<ArgumentException>(() => new Trainer(new(run.Options() with { Salience = -1 }),
                resume: false)).Message);
    }

    [Fact]
    public void A_blend_that_is_no_share_and_an_opening_or_a_term_frequency_below_0_are_refused()
    {
        Assert.Contains("blend of source rows", Refusal(Sentences(new() { Blend = 1.5 })));
        Assert.Contains("opening of source rows", Refusal(Sentences(new() { Opening = -1 })));
        Assert.Contains("term frequency", Refusal(new() { TermFrequency = -1 }));

        static TrainingOptions Sentences(PrincipalSentences objective)
            => new() { Sources = new() { ["rows"] = new() { Paths = [], Objective = objective } } };
        static string Refusal(TrainingOptions options) => Assert.Throws<ArgumentException>(options.Check).Message;
    }

    [Fact]
    public void Held_out_sentences_have_a_salience_of_their_own_where_that_is_trained()
    {
        var sentences = new SourceOptions
        {
            Paths = _tiny.Options().Sources["rows"].Paths,
            Objective = new PrincipalSentences { Intact = 1 }
        };
        var options = _tiny.Options() with
        {
            Steps = 2,
            Sources = new() { ["rows"] = sentences with { HeldOut = sentences.Paths } },
            Evaluation = new() { Every = 2, Examples = 4 },
        };
        Assert.Null(Measure(options));
        Assert.InRange(Measure(options with { Output = options.Output + "-salience", Salience = 1 })!.Value, 0.01, 100);

        static double? Measure(TrainingOptions options)
        {
            double? salience = null;
            using var trainer = new Trainer(new(options), resume: false);
            trainer.Run(step => salience = step.HeldOut?.Sources["rows"].Salience);
            return salience;
        }
    }

    [Fact]
    public void Another_seed_ends_elsewhere()
    {
        Take(_tiny.Options("one"), resume: false);
        Take(_tiny.Options("two") with { Seed = 6 }, resume: false);
        Assert.NotEqual(_tiny.Hash("one/checkpoints/step-00000010"), _tiny.Hash("two/checkpoints/step-00000010"));
    }

    [Fact]
    public void The_loss_falls()
    {
        var losses = new List<double>();
        using var trainer =
            new Trainer(
                new(_tiny.Options() with
                {
                    Steps = 60,
                    Dropout = 0,
                    Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0.01 }
                }), resume: false);
        trainer.Run(step => losses.Add(step.Loss));
        Assert.True(losses.TakeLast(5).Average() < losses[0] - 3, $"from {losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void The_result_opens_as_a_checkpoint()
    {
        using (var trainer = new Trainer(new(_tiny.Options()), resume: false)) trainer.WriteModel(_tiny.In("model"));
        using var checkpoint = Checkpoint.Open(_tiny.In("model"));
        Assert.Equal(16, checkpoint.Config.DModel);
        Assert.NotNull(checkpoint.SentencePiecePath);
    }

    [Fact]
    public void A_weight_that_is_no_number_stops_the_run_with_its_batch_and_writes_no_checkpoint()
    {
        using var trainer = new Trainer(new(_tiny.Options()), resume: false);
        Poison(trainer);
        var stop = Assert.Throws<NotANumberException>(() => trainer.Run(_ => { }));
        Assert.Contains("No step was taken", stop.Message);
        Assert.Single(Directory.GetFiles(_tiny.In("run"), "not-a-number-*.json"));
        Assert.Throws<NotANumberException>(() => trainer.WriteModel(_tiny.In("model")));
        Assert.False(Directory.Exists(_tiny.In("model")));
    }

    [Fact]
    public void Batches_without_a_number_are_passed_over_as_often_as_is_allowed()
    {
        using var trainer = new Trainer(new(_tiny.Options() with { SkipNotANumber = 3 }), resume: false);
        Poison(trainer);
        Assert.Throws<NotANumberException>(() => trainer.Run(_ => { }));
        Assert.Equal(3, trainer.State.Skipped);
    }

    [Fact]
    public void Epochs_become_steps_and_every_step_says_its_epoch()
    {
        var options = _tiny.Options() with
        {
            Curriculum = Curriculum.Of(new StageOptions { Input = 32, Target = 12, Batch = 4 }),
            Epochs = 2,
        };
        using var trainer = new Trainer(new(options), resume: false);
        var epochs = new List<double>();
        trainer.Run(step => epochs.Add(step.Epoch));
        Assert.Equal(15, epochs.Count); // 30 rows, 4 at once
        Assert.Equal(2, epochs[^1], 9);
        Assert.Contains("one stage",
            Assert.Throws<ArgumentException>((_tiny.Options() with { Epochs = 2 }).Check).Message);
    }

    [Theory]
    [InlineData(KeptModel.Best)]
    [InlineData(KeptModel.Last)]
    public void The_result_is_the_best_model_unless_the_last_is_asked_for_and_the_end_says_which(KeptModel keep)
    {
        var options = TinyRun.Measured(_tiny.Options()) with
        {
            Steps = 40,
            Keep = keep,
            Optimizer = new() { Rate = 0, Kind = OptimizerKind.AdamW },
            Evaluation = new() { Every = 2, Patience = 3 },
        };
        using var trainer = new Trainer(new(options), resume: false);
        var reason = trainer.Run(_ => { });
        Assert.Equal((StopReason.Patience, 2L), (reason, trainer.State.BestStep));
        var written = trainer.WriteResult();
        Assert.Equal(keep == KeptModel.Best ? 2 : 8, written);
        Assert.Equal(_tiny.Hash("run"), _tiny.Hash(keep == KeptModel.Best
            ? "run/best" : "run/checkpoints/step-00000008"));
        var said = TrainCommand.End(options, trainer.State, reason, written);
        Assert.Contains("after step 8 of 40: 3 measurements in a row", said);
        Assert.Contains("The best step was 2", said);
        Assert.Contains($"holds the model after step {written}", said);
    }

    [Fact]
    public void The_prefix_that_a_model_was_trained_with_is_the_one_that_it_is_used_with_at_every_length()
    {
        File.WriteAllText(_tiny.In("config.json"), File.ReadAllText(_tiny.In("config.json"))
            .Replace("\"pad_token_id\"", """
            "task_specific_params": {"summarization": {"prefix": "old: ", "max_new_tokens": 9, "quotes": true, "least_score": -0.2}, "summarization_long": {"prefix": "long: "}}, "pad_token_id"
            """, StringComparison.Ordinal));
        var run =
            _tiny.Options() with
            {
                Sources = new()
                {
                    ["rows"] = new()
                    {
                        Paths = [_tiny.In("rows.jsonl")],
                        Objective = new Pairs { Prefix = "sum: " }
                    }
                }
            };
        using (var trainer = new Trainer(new(run), resume: false)) trainer.WriteModel(_tiny.In("model"));
        using var model = LongT5Model.Load(_tiny.In("model"));
        var settings = new Summarizer(model).Settings();
        Assert.Equal(("sum: ", 9), (settings.Prefix, settings.Generation.MaxNewTokens));
        Assert.Equal("sum: ", new Summarizer(model).Settings(new() { Length = SummaryLength.Long }).Prefix);
        var written = File.ReadAllText(_tiny.In("model/config.json"));
        Assert.DoesNotContain("quotes", written);
        Assert.DoesNotContain("least_score", written);
    }

    [Fact]
    public void Without_a_better_held_out_loss_the_run_stops_and_the_best_model_is_kept()
    {
        var options = TinyRun.Measured(_tiny.Options()) with
        {
            Steps = 40,
            Optimizer = new() { Rate = 0, Kind = OptimizerKind.AdamW },
            Evaluation = new() { Every = 2, Examples = 4, Patience = 3 },
        };
        using var trainer = new Trainer(new(options), resume: false);
        trainer.Run(_ => { });
        Assert.Equal(8, trainer.State.Step);
        using var best = Checkpoint.Open(_tiny.In("run/best"));
    }

    [Fact]
    public void The_best_model_by_ROUGE_is_the_one_that_is_kept()
    {
        var options = TinyRun.Measured(_tiny.Options()) with
        {
            Steps = 6,
            Evaluation = new()
            {
                Every = 2,
                Examples = 4,
                Generate = 3,
                Best = Judge.Rouge
            },
        };
        var found = new List<Measurement>();
        using var trainer = new Trainer(new(options), resume: false);
        trainer.Run(step =>
        {
            if (step.HeldOut is { } measured) found.Add(measured.Sources["rows"]);
        });
        Assert.Equal(3, found.Count);
        Assert.All(found, one => Assert.InRange(one.Written!.Rouge, 0, 100));
        Assert.Equal(found.Max(one => one.Written!.Rouge), trainer.State.Best);
        var first = found.FindIndex(one => one.Written!.Rouge == trainer.State.Best);
        Assert.Equal(2 * (first + 1), trainer.State.BestStep);
        Assert.Equal(2 - first, trainer.State.WithoutBetter);
        Assert.Equal(first == 2, _tiny.Hash("run/best") == _tiny.Hash("run/checkpoints/step-00000006"));
        Assert.False(Directory.Exists(_tiny.In("run/.candidate")));
    }

    [Fact]
    public void ROUGE_is_that_of_what_the_model_writes_on_the_held_out_inputs_against_their_targets()
    {
        // A model that copies: what it writes is the first sentence of its input, or nothing like it; the score says
        // which.
        using var trainer = new Trainer(new(_tiny.Options()), resume: false);
        trainer.WriteModel(_tiny.In("model"));
        using var model = LongT5Model.Load(_tiny.In("model"));
        var input = model.Tokenizer.Encode("It rained and rained.");
        var written = model.Generate([input], new() { MaxNewTokens = 8, DoSample = false })[0].Ids;
        var own = new HeldOut([new(input, written), new(input, model.Tokenizer.Encode("zebra"))],
            new() { Target = 8 }, new() { Generate = 2 }, model.Tokenizer);
        // Its own words score 100, others 0: the mean of both is 50, as far as it wrote words at all.
        Assert.Equal(model.Tokenizer.Decode(written).Any(char.IsAsciiLetterOrDigit)
            ? 50 : 0, own.Write(_tiny.In("model")).One, 6);
    }

    [Fact]
    public void To_choose_by_ROUGE_without_writing_anything_is_an_error()
        => Assert.Contains("generate", Assert.Throws<ArgumentException>(() => new Trainer(new(TinyRun.Measured(_tiny.Options()) with
        {
            Evaluation = new() { Best = Judge.Rouge },
        }), resume: false)).Message);

    [Theory]
    [InlineData(ElementType.BF16, 0.004)]
    [InlineData(ElementType.I8, 0.01)]
    public void A_checkpoint_in_fewer_bits_is_trained_from_with_the_weights_that_it_stands_for(
        ElementType type, double most)
    {
        using (var trainer = new Trainer(new(_tiny.Options()), resume: false)) trainer.WriteModel(_tiny.In("model"));
        using (var model = Checkpoint.Open(_tiny.In("model"))) model.Save(_tiny.In("small"), type);

        using var whole = Checkpoint.Open(_tiny.In("model"));
        using var again = new Trainer(
            new(_tiny.Options() with { From = _tiny.In("small"), Model = null, Tokenizer = null }), resume: false);
        foreach (var (name, weight) in again.Model.named_parameters())
        {
            var (expected, found) = (whole.Tensors[name].ToArray(), weight.data<float>().ToArray());
            var largest = expected.Max(Math.Abs);
            Assert.All(expected.Zip(found),
                pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, most * largest));
        }
        again.Run(_ => { });
        again.WriteModel(_tiny.In("result"));
        using var result = Checkpoint.Open(_tiny.In("result"));
        Assert.All(result.Tensors.Values, tensor => Assert.Equal(ElementType.F32, tensor.Type));
    }

    [Fact]
    public void Each_source_has_held_out_texts_and_a_metric_and_the_best_model_is_that_of_their_mean_or_of_one()
    {
        var rows = _tiny.Options().Sources["rows"];
        var run = _tiny.Options() with
        {
            Steps = 2,
            Sources = new()
            {
                ["a"] = rows with { HeldOut = rows.Paths, Metric = Judge.Rouge },
                ["b"] = rows with { HeldOut = rows.Paths, Metric = Judge.F1 },
                ["c"] = rows,
            },
            Evaluation = new() { Every = 2, Examples = 4, Generate = 2 },
        };
        foreach (var of in (string?[])[null, "b"])
        {
            Measurements? found = null;
            using var trainer = new Trainer(new(run with
            {
                Output = _tiny.In($"of-{of}"),
                Evaluation = run.Evaluation with { Of = of },
            }), resume: false);
            trainer.Run(step => found = step.HeldOut ?? found);
            Assert.Equal(["a", "b"], found!.Sources.Keys);
            var (a, b) = (found.Sources["a"].Written!.Rouge, found.Sources["b"].Written!.F1);
            Assert.Equal(of is null ? (a + b) / 2 : b, trainer.State.Best!.Value, 9);
        }
        Says("source c", run with { Evaluation = run.Evaluation with { Of = "c" } });
        Says("mean of loss and f1", run with
        {
            Sources = new() { ["a"] = run.Sources["a"] with { Metric = Judge.Loss }, ["b"] = run.Sources["b"] },
        });
        Says("no held-out texts", run with
        {
            Sources = new() { ["c"] = rows with { Metric = Judge.Loss } },
            Evaluation = new()
        });
        Says("--held-out", run with { Sources = new() { ["c"] = rows } });

        static void Says(string words, TrainingOptions options)
            => Assert.Contains(words, Assert.Throws<ArgumentException>(options.Check).Message);
    }

    [Fact]
    public void The_held_out_examples_are_measured_after_the_last_step_too()
    {
        using var trainer =
            new Trainer(
                new(TinyRun.Measured(_tiny.Options()) with
                {
                    Steps = 3,
                    Evaluation = new() { Examples = 2 }
                }), resume: false);
        var measured = new List<long>();
        trainer.Run(step =>
        {
            if (step.HeldOut is not null) measured.Add(step.State.Step);
        });
        Assert.Equal([3], measured);
    }

    [Fact]
    public void The_device_is_the_one_named_and_an_unknown_one_is_an_error()
    {
        Assert.Equal(DeviceType.CPU, Recipe.ChooseDevice("cpu").type);
        Assert.Contains("tpu", Assert.Throws<ArgumentException>(() => Recipe.ChooseDevice("tpu")).Message);
        if (!torch.cuda.is_available())
            Assert.Contains("no GPU", Assert.Throws<ArgumentException>(() => Recipe.ChooseDevice("cuda")).Message);
    }

    [Fact]
    public void An_id_that_the_model_does_not_have_is_told_of_before_anything_is_written()
    {
        var run =
            _tiny.Options() with
            {
                Sources = new()
                {
                    ["rows"] = new()
                    {
                        Paths = [_tiny.In("rows.jsonl")],
                        Objective = new SpanCorruption { FirstSentinel = 32100 }
                    }
                }
            };
        Assert.Contains("the id 32100, and the model's vocabulary has 32100",
            Assert.Throws<ArgumentException>(() => new Recipe(run)).Message);
        Assert.False(Directory.Exists(run.Output));
    }

    [Fact]
    public void A_run_starts_from_a_checkpoint_or_from_a_shape_and_not_from_both()
        => Assert.Throws<ArgumentException>(() => new Trainer(new(_tiny.Options() with { From = "x" }), resume: false));

    static void Take(TrainingOptions options, bool resume, int? stopAt = null)
    {
        using var trainer = new Trainer(new(options), resume);
        using var stop = new CancellationTokenSource();
        trainer.Run(step =>
        {
            if (step.State.Step == stopAt) stop.Cancel();
        }, cancellation: stop.Token);
    }

    static void Poison(Trainer trainer)
    {
        using var frozen = torch.no_grad();
        trainer.Model.get_parameter("encoder.final_layer_norm.weight")!.fill_(float.NaN);
    }

    public void Dispose() => _tiny.Dispose();
}
