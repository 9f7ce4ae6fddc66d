using System.Text.Json;
using LongT5.Formats;
using LongT5.Training.Distillation;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests.Distillation;

/// <summary>Runs with a teacher.</summary>
public sealed class DistilledRunTests : IDisposable
{
    readonly TinyRun _tiny = new();

    public DistilledRunTests()
    {
        // wider and deeper than the student
        var config = File.ReadAllText(_tiny.In("config.json"));
        File.WriteAllText(_tiny.In("teacher.json"), config.Replace("\"d_model\": 16", "\"d_model\": 24")
            .Replace("\"num_layers\": 1", "\"num_layers\": 2").Replace("\"num_decoder_layers\": 1",
                "\"num_decoder_layers\": 3").Replace("\"global_block_size\": 4", "\"global_block_size\": 8"));
        using var trainer = new Trainer(new(_tiny.Options("teaching") with { Model = _tiny.In("teacher.json") }),
            resume: false);
        trainer.WriteModel(_tiny.In("teacher"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_run_with_a_teacher_that_was_cut_ends_with_the_very_same_bits(bool kept)
    {
        TrainingOptions Run(string output) => _tiny.Options(output) is var run ? run with
        {
            Optimizer = run.Optimizer with { Kind = OptimizerKind.AdamW },
            Distillation = kept
                ? new() { Teacher = _tiny.In("teacher"), Answers = _tiny.In($"{output}.answers"), Kept = 5 }
                : new() { Teacher = _tiny.In("teacher"), HiddenStates = 1, CrossAttention = 1 },
        } : run;

        Take(Run("whole"), resume: false);
        Take(Run("cut"), resume: false, stopAt: 4);
        Take(Run("cut"), resume: true);
        foreach (var file in (string[])["model.safetensors", "optimizer.safetensors",
            .. kept ? Array.Empty<string>() : [Projections.FileName]])
            Assert.Equal(_tiny.Hash("whole/checkpoints/step-00000010", file),
                _tiny.Hash("cut/checkpoints/step-00000010", file));

        Take(_tiny.Options("alone") with { Optimizer = Run("alone").Optimizer }, resume: false);
        Assert.NotEqual(_tiny.Hash("whole/checkpoints/step-00000010"), _tiny.Hash("alone/checkpoints/step-00000010"));
    }

    [Fact]
    public void A_teacher_that_answers_once_for_all_says_what_one_says_that_is_asked_in_every_step()
    {
        var asked = First(new() { Teacher = _tiny.In("teacher") });
        var kept = First(new() { Teacher = _tiny.In("teacher"), Answers = _tiny.In("answers"), Kept = 32100 });
        Assert.Equal(asked, kept, 1e-4);
        // of few logits the best are as probable as they were
        Assert.InRange(Math.Abs(asked - First(new()
        {
            Teacher = _tiny.In("teacher"),
            Answers = _tiny.In("few"),
            Kept = 8,
            Temperature = 2,
        })), 0, 0.5);

        double First(DistillationOptions distillation)
        {
            using var trainer = new Trainer(new(_tiny.Options(Path.GetRandomFileName()) with
            {
                Distillation = distillation,
                Steps = 1,
                Curriculum = Curriculum.Of(new StageOptions { Input = 32, Target = 12, Batch = 3 }),
            }), resume: false);
            var loss = double.NaN;
            trainer.Run(step => loss = step.Loss);
            return loss;
        }
    }

    [Fact]
    public void Another_vocabulary_is_refused_with_both_names()
    {
        var config = File.ReadAllText(_tiny.In("config.json"));
        File.WriteAllText(_tiny.In("small.json"), config.Replace("32100", "32000"));
        using (var other = new Trainer(new(_tiny.Options("other") with { Model = _tiny.In("small.json") }), false))
            other.WriteModel(_tiny.In("small"));
        var refused = Assert.Throws<ArgumentException>(() => new Trainer(new(_tiny.Options() with
        {
            Distillation = new() { Teacher = _tiny.In("small") },
        }), resume: false)).Message;
        Assert.Contains(_tiny.In("small"), refused);
        Assert.Contains(_tiny.In("config.json"), refused);
        Assert.Contains("32000 and 32100", refused);
        Assert.False(Directory.Exists(_tiny.In("run")));

        // as many words, and others
        using (var other = new Trainer(new(_tiny.Options("foreign") with
        {
            Tokenizer = Path.Combine(Goldens.Repository, "models", "longt5-embedded", "spiece.model"),
        }), false))
            other.WriteModel(_tiny.In("words"));
        Assert.Matches("words and the student .* differ in their vocabularies: [0-9]+ is .+ there and .+ here",
            Assert.Throws<ArgumentException>(() => new Recipe(_tiny.Options() with
            {
                Distillation = new() { Teacher = _tiny.In("words") },
            })).Message);
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_with_both_names()
    {
        Refused(new() { Teacher = "t", Answers = "a", HiddenStates = 1 }, "(a)", "hiddenStates");
        Refused(new() { Teacher = "t", Alpha = 0 }, "alpha", "hiddenStates");
        Refused(new() { Teacher = "t", Temperature = 0 }, "temperature");
        Refused(new() { Teacher = "t", Alpha = 1.5 }, "alpha");
        Refused(new() { Teacher = "t", CrossAttention = 1 }, "crossAttention", "recompute");
        Refused(new() { Teacher = _tiny.In("teacher"), HiddenStates = 1, EncoderLayers = [2] }, "encoderLayers",
            "0 to 1");

        Assert.Contains("head or distillation", Assert.Throws<ArgumentException>(() => (_tiny.Options() with
        {
            From = _tiny.In("teacher"),
            Head = new(),
            Distillation = new() { Teacher = _tiny.In("teacher") },
        }).Check()).Message);

        void Refused(DistillationOptions distillation, params string[] words)
        {
            var message = Assert.Throws<ArgumentException>(() => new Trainer(new(_tiny.Options() with
            {
                Distillation = distillation,
                Recompute = distillation.CrossAttention > 0,
            }), resume: false)).Message;
            foreach (var word in words) Assert.Contains(word, message);
        }
    }

    [Fact]
    public void What_a_student_does_not_keep_or_sees_in_other_groups_is_refused_and_a_reversible_one_may_teach()
    {
        var config = File.ReadAllText(_tiny.In("config.json"));
        string Shape(string name, string extensions)
        {
            File.WriteAllText(_tiny.In(name), config.Replace("\"longt5\",", $"\"longt5_extended\", \"extensions\": {extensions},"));
            return _tiny.In(name);
        }
        var (reversible, pooled) = (Shape("reversible.json", """{"reversible": true}"""),
            Shape("pooled.json", """{"pooling": {"stride": 2}}"""));
        Assert.Contains("hiddenStates wants", Refused(reversible, new() { Teacher = _tiny.In("teacher"), HiddenStates = 1 }));
        Assert.Contains("crossAttention wants",
            Refused(reversible, new() { Teacher = _tiny.In("teacher"), CrossAttention = 1 }));
        Assert.Contains("groups of 1 tokens, the student of 2",
            Refused(pooled, new() { Teacher = _tiny.In("teacher"), CrossAttention = 1 }));
        Take(reversible, "learned", new() { Teacher = _tiny.In("teacher") });

        using (var other = new Trainer(new(_tiny.Options("other") with { Model = reversible }), false))
            other.WriteModel(_tiny.In("streams"));
        Take(_tiny.In("config.json"), "taught",
            new() { Teacher = _tiny.In("streams"), HiddenStates = 1, CrossAttention = 1 });

        string Refused(string model, DistillationOptions distillation) => Assert.Throws<ArgumentException>(
            () => new Recipe(_tiny.Options() with { Model = model, Distillation = distillation })).Message;

        void Take(string model, string output, DistillationOptions distillation)
        {
            using var trainer = new Trainer(new(_tiny.Options(output) with
            {
                Model = model,
                Distillation = distillation,
                Steps = 2,
            }), resume: false);
            trainer.Run(step => Assert.True(double.IsFinite(step.Loss)));
            Assert.Equal(2, trainer.State.Step);
        }
    }

    [Theory, InlineData(12, 6, new[] { 1, 3, 5, 7, 9, 11 }), InlineData(4, 2, new[] { 1, 3 }),
        InlineData(2, 1, new[] { 1 }), InlineData(2, 4, new[] { 0, 0, 1, 1 })]
    public void Layers_without_a_map_are_evenly_spaced_and_the_last_learns_from_the_last(int teacher, int student,
        int[] expected)
        => Assert.Equal(expected, LayerMap.Of(new() { Teacher = "t" }, new() { NumLayers = student },
            new() { NumLayers = teacher }).Encoder);

    [Fact]
    public void What_the_page_on_distillation_says_to_type_trains_a_student()
    {
        var embedded = Path.Combine(Goldens.Repository, "models", "longt5-embedded");
        using (var teacher = Checkpoint.Open(embedded)) teacher.Shrink(2, 1).Save(_tiny.In("student"));
        File.WriteAllText(_tiny.In("taught.jsonl"), JsonSerializer.Serialize(new
        {
            document = File.ReadAllText(Path.Combine(Goldens.Repository, "samples", "documents", "art-of-war.txt")),
            summary = "The art of war is of vital importance to the State.",
        }) + "\n");
        var words = File.ReadAllLines(Path.Combine(Goldens.Repository, "docs", "training", "distillation.md"))
            .Single(line => line.StartsWith("longt5 train --from student", StringComparison.Ordinal)).Split(' ')[1..];
        var (code, said) = TrainerProcess.Run(_tiny.In("."), [.. words.Select(word
            => word == "models/longt5-embedded" ? embedded : word)]);
        Assert.True(code == 0, said);
        using var student = LongT5Model.Load(_tiny.In("run"));
        Assert.Equal((2, 1), (student.Config.NumLayers, student.Config.NumDecoderLayers));
    }

    static void Take(TrainingOptions options, bool resume, int? stopAt = null)
    {
        using var stop = new CancellationTokenSource();
        using var trainer = new Trainer(new(options), resume);
        trainer.Run(step =>
        {
            if (step.State.Step == stopAt) stop.Cancel();
        }, cancellation: stop.Token);
    }

    public void Dispose() => _tiny.Dispose();
}
