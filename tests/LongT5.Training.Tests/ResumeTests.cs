using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

/// <summary>Runs that were cut, and go on or are refused.</summary>
public sealed class ResumeTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData(OptimizerKind.Muon, 1, 5, 6)]
    [InlineData(OptimizerKind.AdamW, 5)]
    [InlineData(OptimizerKind.Adafactor, 3, 9)]
    public void A_run_that_was_cut_and_resumed_ends_with_the_very_same_bits(OptimizerKind kind, params int[] cuts)
    {
        TrainingOptions Run(string output) => _tiny.Options(output) is var run
            ? run with { Optimizer = run.Optimizer with { Kind = kind } } : run;

        Take(Run("whole"), resume: false);
        foreach (var cut in cuts)
            Take(Run("cut"), resume: true, stopAt: cut);
        Take(Run("cut"), resume: true);

        Assert.Equal(_tiny.Hash("whole/checkpoints/step-00000010"), _tiny.Hash("cut/checkpoints/step-00000010"));
        Assert.Equal(_tiny.Hash("whole/checkpoints/step-00000010", "optimizer.safetensors"),
            _tiny.Hash("cut/checkpoints/step-00000010", "optimizer.safetensors"));
    }

    [Fact]
    public void Whatever_ends_a_run_leaves_a_checkpoint_from_which_it_goes_on_to_the_same_bits()
    {
        Take(_tiny.Options("whole"), resume: false);
        using (var trainer = new Trainer(new(_tiny.Options("cut")), resume: false))
        {
            Assert.Throws<IOException>(() => trainer.Run(step =>
            {
                if (step.State.Step == 4) throw new IOException("the log cannot be written");
            }));
        }
        Assert.Equal(_tiny.In("cut/checkpoints/step-00000004"), Directory.GetDirectories(_tiny.In("cut/checkpoints"))
            .Single());
        Take(_tiny.Options("cut"), resume: true);
        Assert.Equal(_tiny.Hash("whole/checkpoints/step-00000010"), _tiny.Hash("cut/checkpoints/step-00000010"));
    }

    [Fact]
    public void Where_every_checkpoint_is_damaged_the_run_is_refused_and_nothing_is_overwritten()
    {
        Take(_tiny.Options(), resume: false, stopAt: 3);
        File.AppendAllText(_tiny.In("run/checkpoints/step-00000003/model.safetensors"), "x");
        Assert.Contains("step-00000003",
            Assert.Throws<ArgumentException>(() => new Trainer(new(_tiny.Options()), resume: true)).Message);
        Assert.True(Directory.Exists(_tiny.In("run/checkpoints/step-00000003")));
    }

    [Fact]
    public void Another_start_is_refused_on_resuming_and_other_changes_are_named()
    {
        using (var trainer = new Trainer(new(_tiny.Options()), resume: false)) trainer.WriteModel(_tiny.In("model"));
        var run = _tiny.Options() with { From = _tiny.In("model"), Model = null, Tokenizer = null };
        Take(run, resume: false, stopAt: 3);
        using (var same = new Trainer(new(run), resume: true)) Assert.Empty(same.Changed);

        Directory.Move(_tiny.In("model"), _tiny.In("other"));
        Assert.Contains("another from: ",
            Assert.Throws<ArgumentException>(() => new Trainer(new(run with { From = _tiny.In("other") }),
                resume: true)).Message);
        using var changed = new Trainer(new(run with
        {
            From = null,
            Model = null,
            Seed = 6,
            Optimizer = run.Optimizer with { Rate = 0.5 },
            Sources = TinyRun.Measured(run).Sources,
        } with
        { From = CopyBack() }), resume: true);
        Assert.Contains(changed.Changed, change => change == "seed: 5, now 6");
        Assert.Contains(changed.Changed, change => change == "optimizer.rate: 0.001, now 0.5");
        Assert.Contains(changed.Changed,
            change => change.StartsWith("the held-out rows are others", StringComparison.Ordinal));

        string CopyBack()
        {
            Directory.Move(_tiny.In("other"), _tiny.In("model"));
            return _tiny.In("model");
        }
    }

    [Fact]
    public void Other_texts_than_those_of_the_start_are_refused_on_resuming()
    {
        Take(_tiny.Options(), resume: false, stopAt: 3);
        File.AppendAllText(_tiny.In("rows.jsonl"), "{\"document\": \"new\", \"summary\": \"row\"}\n");
        Assert.Contains("rows",
            Assert.Throws<ArgumentException>(() => new Trainer(new(_tiny.Options()), resume: true)).Message);
    }

    [Fact]
    public void The_memory_of_one_optimizer_is_not_given_to_another()
    {
        Take(_tiny.Options(), resume: false, stopAt: 2);
        Assert.Contains("optimizer", Assert.Throws<ArgumentException>(
            () => new Trainer(new(_tiny.Options() with { Optimizer = new() { Kind = OptimizerKind.AdamW } }),
                resume: true)).Message);
    }

    static void Take(TrainingOptions options, bool resume, int? stopAt = null)
    {
        using var trainer = new Trainer(new(options), resume);
        using var stop = new CancellationTokenSource();
        trainer.Run(step =>
        {
            if (step.State.Step == stopAt) stop.Cancel();
        }, cancellation: stop.Token);
    }

    public void Dispose() => _tiny.Dispose();
}
