using System.Text.Json;
using LongT5.Torch.Adapters;
using LongT5.Training.Distillation;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

/// <summary>What may change between the beginning of a run and its going on, option by option.</summary>
public sealed class ResumedOptionsTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("from")]
    [InlineData("model")]
    [InlineData("tokenizer")]
    [InlineData("copyCircuit")]
    [InlineData("optimizer.kind")]
    [InlineData("distillation.teacher")]
    [InlineData("adapter.rank")]
    public void What_makes_another_run_is_refused_by_its_name(string option)
    {
        var run = Begun();
        var other = option switch
        {
            "from" => run with { From = _tiny.In("other") },
            "model" => run with { Model = _tiny.In("other.json") },
            "tokenizer" => run with { Tokenizer = _tiny.In("other.model") },
            "copyCircuit" => run with { CopyCircuit = true },
            "optimizer.kind" => run with { Optimizer = run.Optimizer with { Kind = OptimizerKind.AdamW } },
            "distillation.teacher" => run with { Distillation = new() { Teacher = _tiny.In("other") } },
            _ => run with { Adapter = new() { Rank = 4 } },
        };
        Assert.Contains($"another {option}: ",
            Assert.Throws<ArgumentException>(() => ResumedOptions.Changed(_tiny.In("."), other)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_run_lies_and_what_it_tells_is_no_change()
        => Assert.Empty(ResumedOptions.Changed(_tiny.In("."), Begun() with
        {
            Output = _tiny.In("moved"),
            LogEvery = 7,
            SaveEvery = 9,
            Checkpoints = 5,
            Device = "cpu:0",
            SkipBad = true,
        }));

    [Fact]
    public void Every_other_option_that_has_changed_is_named_with_both_values()
        => Assert.Equal(["dropout: 0.1, now 0.2", "labelSmoothing: 0, now 0.25", "seed: 5, now 6"],
            ResumedOptions.Changed(_tiny.In("."), Begun() with { Seed = 6, Dropout = 0.2, LabelSmoothing = 0.25 })
                .Order(StringComparer.Ordinal));

    public void Dispose() => _tiny.Dispose();

    /// <summary>A run with a teacher and an adapter; its options lie in the folder as a checkpoint has them.</summary>
    TrainingOptions Begun()
    {
        var run = _tiny.Options() with
        {
            From = _tiny.In("base"),
            Distillation = new DistillationOptions { Teacher = _tiny.In("teacher") },
            Adapter = new AdapterOptions { Rank = 2 },
        };
        File.WriteAllBytes(_tiny.In(ResumedOptions.FileName),
            JsonSerializer.SerializeToUtf8Bytes(run.WithFullPaths(), TrainingOptions.Json));
        return run;
    }
}
