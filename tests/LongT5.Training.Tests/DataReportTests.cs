using LongT5.Training.Tests.Losses;
using TorchSharp;

namespace LongT5.Training.Tests;

/// <summary>What a run says of its texts, and what it measures on.</summary>
public sealed class DataReportTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Fact]
    public void Held_out_rows_are_measured_once_each_and_of_more_a_number_that_is_given_spread_evenly()
    {
        HeldOut Measured(int examples)
        {
            using var recipe =
                new Recipe(TinyRun.Measured(_tiny.Options()) with { Evaluation = new() { Examples = examples } });
            return recipe.HeldOut["rows"];
        }
        Assert.Equal(30, Measured(64).Count);
        Assert.Equal(7, Measured(7).Count);

        using var trainer = new Trainer(new(_tiny.Options()), resume: false);
        using var all =
            new Recipe(TinyRun.Measured(_tiny.Options()));
        double loss = 0, labels = 0;
        for (var row = 0; row < 30; row++)
        {
            var dice = new LongT5.Training.Data.Dice(0);
            var example = all.ObjectiveOf(_tiny.Options().Sources["rows"])
                .Make(all.HeldOutRows["rows"].Row(row), ref dice, new(64, 16))!;
            using var scope = torch.NewDisposeScope();
            using var batch = all.ToBatch([example]);
            loss += trainer.Model.Loss(batch, new(Divisor: 1)).item<float>();
            labels += example.Target.Length;
        }
        Assert.Equal(loss / labels, all.HeldOut["rows"].Loss(trainer.Model, all.ToBatch, salience: false).Loss, 1e-4);
    }

    [Fact]
    public void What_a_run_will_learn_from_is_told_before_it_begins()
    {
        File.WriteAllLines(_tiny.In("rows.jsonl"),
        [
            """{"document": "one two three", "summary": "one"}""", """{"document": "four", "summary": ""}""",
            """{"document": 3, "summary": "x"}""",
            $$"""{"document": "{{string.Join(' ', Enumerable.Repeat("word", 100))}}", "summary": "two"}""",
        ]);
        File.WriteAllLines(_tiny.In("held.jsonl"), ["""{"document": "\u6771\u4eac", "summary": "\u5927\u962a"}""",
            """{"document": "one two three", "summary": "one"}"""]);
        var rows = _tiny.Options().Sources["rows"];
        using var recipe = new Recipe(_tiny.Options() with
        {
            SkipBad = true,
            Curriculum = Curriculum.Of(new StageOptions { Input = 64, Target = 16 }),
            Steps = 5,
            Sources = new() { ["rows"] = rows with { HeldOut = [_tiny.In("held.jsonl")] } },
            Evaluation = new() { Generate = 2 },
        });
        var report = new DataReport(recipe);
        Assert.Equal(
        [
            "rows: 4 rows read, 2 left out (1 with an empty target, 1 bad), 1 inputs are longer than 64 tokens and 0 "
                + "targets longer than 16, 0% of the tokens are unknown",
            "held out: 2 rows read; 2 of 2 are measured, 2 of them written on",
            "5 steps are 2.5 epochs",
        ], report.Lines());
        Assert.Contains("column document holds the number 3", Assert.Single(recipe.Notes));
        Assert.Collection(report.Warnings(),
            warning => Assert.Contains("1 of 2 held-out targets have none", warning),
            warning => Assert.Contains("1 of 2 held-out rows are trained on too", warning));
    }

    [Fact]
    public void A_script_that_the_vocabulary_lacks_is_warned_of()
    {
        File.WriteAllLines(_tiny.In("rows.jsonl"),
            ["""{"document": "\u6771\u4eac \u5927\u962a", "summary": "\u6771\u4eac"}"""]);
        using var recipe = new Recipe(_tiny.Options());
        Assert.Contains("the vocabulary does not know", Assert.Single(new DataReport(recipe).Warnings()));
    }

    public void Dispose() => _tiny.Dispose();
}
