using System.Text.Json;
using LongT5.Training.Data;
using LongT5.Training.Objectives;
using LongT5.Training.Tuning;

namespace LongT5.Training.Tests.Tuning;

/// <summary>Searches whose trials are a formula.</summary>
public sealed class PlanTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void The_density_of_places_sums_to_one_and_is_highest_where_they_are()
    {
        var density = Parzen.Density(null, [0.2, 0.22, 0.25, 0.9]);
        Assert.Equal(1, density.Sum(), 1e-9);
        Assert.InRange(Array.IndexOf(density, density.Max()) / 256.0, 0.18, 0.27);
        Assert.All(density, cell => Assert.True(cell > 0));
        var choices = Parzen.Density(3, [0.5, 0.5, 0.9]);
        Assert.Equal(["0.0833", "0.5833", "0.3333"], choices.Select(cell
            => cell.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Places_are_drawn_where_good_trials_lie_and_others_do_not()
    {
        var dice = new Dice(1);
        double[] good = [0.6, 0.65, 0.7], others = [0.05, 0.2, 0.3, 0.4, 0.85, 0.9, 0.95];
        var drawn = Enumerable.Range(0, 200).Select(_ => Parzen.Next(ref dice, null, good, others)).ToArray();
        Assert.All(drawn, place => Assert.InRange(place, 0, 1));
        Assert.True(drawn.Count(place => place is > 0.5 and < 0.8) > 180, string.Join(' ', drawn));
        Assert.Equal(1, (int)(4 * Parzen.Next(ref dice, 4, [0.3, 0.3], [0.1, 0.6, 0.9])));
    }

    [Fact]
    public void With_the_same_seed_the_same_is_tried_and_with_another_something_else()
    {
        Assert.Equal(Tried(Search("a")), Tried(Search("b")));
        Assert.NotEqual(Tried(Search("a2")), Tried(Search("c") with { Seed = 1 }));
    }

    [Fact]
    public void Nothing_is_tried_twice_and_a_small_space_ends_the_search()
    {
        var options = Search("small") with
        {
            Space = new() { ["curriculum.length.stages[0].batch"] = new() { Min = 1, Max = 6 } },
            Trials = 40,
        };
        Assert.Equal(["1", "2", "3", "4", "5", "6"], Tried(options).Order());
    }

    [Theory]
    [InlineData(SamplerKind.Random)]
    [InlineData(SamplerKind.Tpe)]
    public void Values_stay_in_their_ranges(SamplerKind sampler)
    {
        var tuner = Run(Search("ranges") with { Sampler = sampler, Trials = 60 });
        Assert.Equal(60, tuner.Results.Count);
        Assert.All(tuner.Results, one =>
        {
            Assert.InRange(one.Values["optimizer.rate"].GetDouble(), 1e-5, 1e-1);
            Assert.InRange(one.Values["curriculum.length.stages[0].batch"].GetInt32(), 1, 16);
            Assert.Contains(one.Values["optimizer.kind"].GetString(), (string[])["adafactor", "adamw"]);
        });
    }

    [Fact]
    public void Trials_that_tell_where_to_look_find_more_than_chance_does()
    {
        // Over many seeds, since chance may win a race.
        double Best(SamplerKind sampler) => Enumerable.Range(0, 40).Average(seed
            => BestOf(Search("raced") with { Sampler = sampler, Trials = 30, Seed = seed }));
        var (random, tpe) = (Best(SamplerKind.Random), Best(SamplerKind.Tpe));
        Assert.True(tpe > random + 0.1 * Math.Abs(random), $"{tpe} and {random}");
    }

    [Fact]
    public void Of_three_trials_one_goes_on_with_three_times_the_steps()
    {
        var options = Search("halved") with { Halving = new() { Least = 10 }, Trials = 18 };
        var taken = new Dictionary<int, long>();
        var tuner = new Tuner(options, resume: false);
        Assert.Equal([10, 30, 90], tuner.Rungs);
        Assert.True(tuner.Run((run, until) =>
        {
            var trial = int.Parse(Path.GetFileName(run.Output), null);
            Assert.True((until ?? 90) > taken.GetValueOrDefault(trial), "a trial goes on from where it was");
            return new(taken[trial] = until ?? 90, Score(run));
        }));
        Assert.Equal(18, taken.Count);
        // Six of 18 and two of those are a third; some that went on were overtaken by what came later.
        Assert.InRange(taken.Count(one => one.Value >= 30), 6, 9);
        Assert.InRange(taken.Count(one => one.Value == 90), 2, 3);
        var best = tuner.Results.MaxBy(one => one.Score)!;
        Assert.Equal(best.Trial, tuner.Best!.Trial);
        Assert.Equal(90, tuner.Best.Step);
    }

    [Fact]
    public void Where_too_few_trials_are_halved_the_best_is_taken_to_its_end_all_the_same()
    {
        var tuner = Run(Search("few") with { Halving = new() { Least = 10 }, Trials = 2 });
        Assert.Equal(90, tuner.Best!.Step);
        Assert.Equal(tuner.Results.MaxBy(one => one.Score)!.Trial, tuner.Best.Trial);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_search_that_was_stopped_anywhere_goes_on_to_the_same_result(bool halves)
    {
        TuningOptions Of(string name)
            => Search(name) with { Halving = halves ? new() { Least = 10 } : null, Trials = 14 };
        var whole = Run(Of("whole"));
        Tuner cut;
        var stops = 0;
        do
        {
            var left = 1 + stops % 3;
            cut = new(Of("cut"), resume: stops > 0);
            if (cut.Run((run, until) => left-- > 0 ? new(until ?? 90, Score(run)) : null)) break;
            if (stops % 2 == 0) // cut with its writer
                File.WriteAllText(Path.Combine(_folder, "cut", "trials.jsonl.1.tmp"), "{\"trial\":");
        }
        while (++stops < 100);
        Assert.InRange(stops, 3, 99);
        Assert.Equal(Told(whole), Told(cut));

        static IEnumerable<string> Told(Tuner tuner) => tuner.Results.Select(one
            => JsonSerializer.Serialize(one with { Seconds = 0 }, TrainingOptions.Line));
    }

    [Fact]
    public void A_trial_that_fails_is_a_line_and_the_search_goes_on()
    {
        var failures = 0;
        var options = Search("failing") with { Trials = 12, Halving = new() { Least = 10 } };
        var tuner = new Tuner(options, resume: false);
        Assert.True(tuner.Run((run, until) => run.Stages[0].Batch > 8 ? new(0, null, $"no memory {failures++}")
            : new(until ?? 90, Score(run))));
        Assert.True(failures > 1);
        Assert.Equal(12, tuner.Results.Select(one => one.Trial).Distinct().Count());
        Assert.Equal(failures, tuner.Results.Count(one => one.Failure is not null));
        Assert.InRange(tuner.Best!.Values["curriculum.length.stages[0].batch"].GetInt32(), 1, 8);
        Assert.Contains("| no memory 0 |", TuningReport.Markdown(options, tuner));
        Assert.Equal(tuner.Results.Count, new Tuner(options, resume: true).Results.Count);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_a_trial_that_fails()
    {
        var tuner = Run(Search("contrary") with
        {
            Space = new()
            {
                ["schedule.warmUpRatio"] = new() { Min = 0.1, Max = 0.9 },
                ["schedule.warmUp"] = new() { Choices = [.. ((int[])[0, 9]).Select(one => JsonSerializer.SerializeToElement(one))] }
            },
            Trials = 9,
        });
        Assert.Contains(tuner.Results, one => one.Failure?.Contains("warmUp", StringComparison.Ordinal) == true);
        Assert.Contains(tuner.Results, one => one.Failure is null && one.Trial > 1);
    }

    [Fact]
    public void Only_the_best_keeps_its_weights_and_those_that_may_go_on()
    {
        var tuner = new Tuner(Search("room") with { Trials = 12, Halving = new() { Least = 30 } }, resume: false);
        Assert.True(tuner.Run((run, until) =>
        {
            Directory.CreateDirectory(Path.Combine(run.Output, "checkpoints"));
            File.WriteAllText(Path.Combine(run.Output, "model.safetensors"), "weights");
            File.WriteAllText(Path.Combine(run.Output, "log.jsonl"), "log");
            foreach (var past in tuner.Results.GroupBy(one => one.Trial).Where(parts => parts.Count() == 1))
                Assert.True(File.Exists(Path.Combine(tuner.FolderOf(past.Key), "model.safetensors")));
            return new(until ?? 90, Score(run));
        }));
        Assert.Equal([tuner.FolderOf(tuner.Best!.Trial)], Directory
            .GetFiles(_folder, "model.safetensors", SearchOption.AllDirectories).Select(Path.GetDirectoryName));
        Assert.Equal(12, Directory.GetFiles(_folder, "log.jsonl", SearchOption.AllDirectories).Length);
        Assert.Equal(12, Directory.GetFiles(_folder, "options.json", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void A_search_goes_on_with_another_budget_and_with_no_other_options()
    {
        var options = Search("budget") with { Trials = 3 };
        Run(options);
        Assert.Contains("--resume goes on", Assert.Throws<ArgumentException>(() => new Tuner(options, false)).Message);
        Assert.Contains("with other options", Assert.Throws<ArgumentException>(()
            => new Tuner(options with { Seed = 3 }, resume: true)).Message);
        Assert.Contains("with other options", Assert.Throws<ArgumentException>(()
            => new Tuner(options with { Run = options.Run with { Steps = 91 } }, resume: true)).Message);
        var more = new Tuner(options with { Trials = 5, Hours = 1 }, resume: true);
        Assert.True(more.Run((run, _) => new(90, Score(run))));
        Assert.Equal(5, more.Results.Count);
    }

    [Fact]
    public void No_trial_begins_when_the_hours_are_over()
    {
        var tuner = new Tuner(Search("hours") with { Hours = 1 / 36000.0 }, resume: false);
        Assert.True(tuner.Run((run, _) =>
        {
            Thread.Sleep(60);
            return new(90, Score(run));
        }));
        Assert.InRange(tuner.Results.Count, 1, 3);
    }

    [Fact]
    public void The_best_options_are_a_run_and_the_table_and_the_drawing_show_every_trial()
    {
        var options = Search("report") with { Trials = 9, Halving = new() { Least = 10 } };
        var tuner = Run(options);
        TuningReport.Write(options, tuner);
        var best = JsonSerializer.Deserialize<TrainingOptions>(
            File.ReadAllText(Path.Combine(options.Output, "best.json")), TrainingOptions.Json)!;
        Assert.Equal(Score(best), tuner.Best!.Held);
        Assert.Equal(9 + 5, File.ReadAllLines(Path.Combine(options.Output, "tuning.md")).Length - 1);
        Assert.Contains("as it stands", File.ReadAllText(Path.Combine(options.Output, "tuning.md")));
        var drawing = System.Xml.Linq.XDocument.Load(Path.Combine(options.Output, "tuning.svg"));
        Assert.Contains("after 10 steps", drawing.Root!.Value);
    }

    // The best is a rate of 2e-3, a batch of 12, AdamW.
    static double Score(TrainingOptions run) => -Math.Abs(Math.Log10(run.Optimizer.Rate / 2e-3))
        - Math.Abs(run.Stages[0].Batch - 12) / 8.0
        - (run.Optimizer.Kind == LongT5.Training.Optimizers.OptimizerKind.AdamW ? 0 : 1);

    static Tuner Run(TuningOptions options)
    {
        var tuner = new Tuner(options, resume: false);
        Assert.True(tuner.Run((run, until) => new(until ?? 90, Score(run))));
        return tuner;
    }

    // The same without a disk.
    static double BestOf(TuningOptions options)
    {
        var space = new SearchSpace(options.Run, options.Space);
        var plan = new Plan(options, space);
        var results = new List<TrialResult>();
        while (plan.Next(results) is { } job)
        {
            var values = plan.Values(job.Trial, results)!;
            results.Add(new()
            {
                Trial = job.Trial,
                Values = space.Names.Zip(values).ToDictionary(),
                Held = Score(space.With(values)),
            });
        }
        return results.Max(one => one.Score);
    }

    static IEnumerable<string> Tried(TuningOptions options)
        => [.. Run(options).Results.Select(one => string.Join(' ', one.Values.Values))];

    TuningOptions Search(string name) => new()
    {
        Output = Path.Combine(_folder, name),
        Run = new()
        {
            Model = "config.json",
            Sources = new() { ["texts"] = new() { Paths = ["a"], Objective = new PrincipalSentences(), HeldOut = ["b"] } },
            Steps = 90,
            Evaluation = new() { Every = 10 },
        },
        Space = new()
        {
            ["optimizer.rate"] = new() { Min = 1e-5, Max = 1e-1, Log = true },
            ["curriculum.length.stages[0].batch"] = new() { Min = 1, Max = 16 },
            ["optimizer.kind"] = new()
            {
                Choices = [.. ((string[])["adafactor", "adamw"]).Select(one => JsonSerializer.SerializeToElement(one))],
            },
        },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
