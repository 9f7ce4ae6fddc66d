using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using LongT5.Data;
using LongT5.Formats;
using LongT5.Torch.Adapters;
using LongT5.Training.Data;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

public sealed class AdaptTests : IDisposable
{
    static readonly string s_embedded = Path.Combine(Goldens.Repository, "models", "longt5-embedded");

    readonly TinyRun _tiny = new();

    public AdaptTests()
    {
        using (var start = new Trainer(new(_tiny.Options()), resume: false)) start.WriteModel(_tiny.In("base"));
        foreach (var (name, what) in ((string, string)[])[("domain", "harbour"), ("general", "garden")])
            File.WriteAllLines(_tiny.In($"{name}.jsonl"), Enumerable.Range(0, 30).Select(i =>
                $$"""{"text": "In the {{what}} there are {{i}} men. They have {{i + 2}} boats. The {{what}} is old. Nobody counts."}"""));
    }

    [Theory]
    [InlineData("domain", "adapter_model.safetensors", "--adapter", "lora")]
    [InlineData("task", "model.safetensors")]
    public void Killed_in_either_part_it_goes_on_from_its_folder_alone_and_ends_with_the_very_same_bits(
        string part, string weights, params string[] more)
    {
        string[] call = ["base", "domain.jsonl", "--general", "general.jsonl", "--then", "rows.jsonl", "--steps", "12",
            "--then-steps", "15", "--input", "32", "--target", "16", "--batch", "2", "--dropout", "0.1", "--optimizer",
            "adamw", "--evaluate-every", "6", "--save-every", "5", "--log-every", "1", "--device", "cpu", .. more];
        var (code, said) = Run([.. call, "-o", "whole"]);
        Assert.True(code == 0, said);
        foreach (var source in (string[])["domain", "general", "task"])
            Assert.Matches($@"Held-out loss of {source}: [\d.]+ before, [\d.]+ after \([+-][\d.]+%\)\.", said);
        Assert.Contains(more is [] ? "trained from whole/domain, that from base." : "An adapter (lora) beside base.",
            File.ReadAllText(_tiny.In("whole/README.md")));

        using (var run = Start([.. call, "-o", "cut"]))
        {
            while (run.StandardError.ReadLine() is { } line)
                if (line.StartsWith(part == "domain" ? "step 8/12" : "step 8/15", StringComparison.Ordinal)) break;
            run.Kill();
            run.WaitForExit();
        }
        Assert.False(File.Exists(_tiny.In($"cut/{weights}")));
        (code, said) = Run(["-o", "cut", "--resume"]);
        Assert.True(code == 0, said);
        Assert.Contains("going on after step 5 of", said);
        Assert.Equal(part == "task", !said.Contains("Held-out loss of domain", StringComparison.Ordinal));
        Assert.Equal(_tiny.Hash("whole", weights), _tiny.Hash("cut", weights));
        Assert.Equal(_tiny.Hash("whole/domain", weights), _tiny.Hash("cut/domain", weights));

        (code, said) = Run([.. call, "-o", "cut"]);
        Assert.Equal(2, code);
        Assert.Contains("--resume", said);
    }

    [Theory]
    [InlineData("base", "base domain.jsonl --general-share 0.3", "--general-share", "--general,")]
    [InlineData("base", "base domain.jsonl --then-steps 3", "--then-steps", "--then,")]
    [InlineData("base", "base domain.jsonl --keep-vocabulary --adapter lora", "--keep-vocabulary", "--adapter")]
    [InlineData("base", "base domain.jsonl --general general.jsonl --general-share 1", "--general-share", "below 1")]
    [InlineData("base", "base", "base", "Name texts")]
    [InlineData("base", "base domain.jsonl --objective pairs", "--objective pairs", "span-corruption")]
    [InlineData("base", "base domain.jsonl --then domain.jsonl", "domain.jsonl: row 1", "no column summary")]
    [InlineData("base", "-o other --resume", "other", "--resume")]
    [InlineData("base", "--resume --general general.jsonl", "--general", "--resume")]
    [InlineData("base", "", "model", "longt5 adapt MODEL TEXTS")]
    public void What_does_not_go_together_is_refused_with_both_names_before_a_folder_is_made(
        string start, string call, params string[] names)
    {
        Assert.True(Directory.Exists(_tiny.In(start)));
        var (code, said) = Run(call.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.InRange(code, 1, 2);
        foreach (var name in names) Assert.Contains(name, said);
        Assert.False(Directory.Exists(_tiny.In("adapted")) || Directory.Exists(_tiny.In("other")));
    }

    [Fact]
    public void Of_many_texts_a_share_is_set_aside_whole_and_equal_ones_stay_together()
    {
        File.WriteAllLines(_tiny.In("twice.jsonl"), Enumerable.Range(0, 80).Select(i => $$"""{"text": "Text {{i / 2}}."}"""));
        using var all = Corpus.Open([_tiny.In("twice.jsonl")], new SpanCorruption(), new());
        var (kept, held) = all.HoldOut(0.1, 1000, new SpanCorruption(), 100);
        Assert.Equal((72, 8), (kept.Count, held.Count));
        Assert.Empty(Texts(kept).Intersect(Texts(held)));
        Assert.Equal(40, Texts(kept).Union(Texts(held)).Count());
        Assert.Equal(kept.Fingerprint, Again(Texts(kept)));
        Assert.Equal(held.Fingerprint, Again(Texts(held)));
        Assert.Equal(4, all.HoldOut(0.5, 4, new SpanCorruption(), 100).HeldOut.Count);

        // As a file of these rows alone has it.
        string Again(IEnumerable<string> texts)
        {
            File.WriteAllLines(_tiny.In("again.jsonl"), texts.Select(text => $$"""{"text": "{{text}}"}"""));
            using var again = Corpus.Open([_tiny.In("again.jsonl")], new SpanCorruption(), new());
            return again.Fingerprint;
        }
    }

    [Fact]
    public void Of_few_texts_the_end_of_each_is_set_aside_between_sentences_and_nothing_is_lost()
    {
        string[] texts = [.. Enumerable.Range(0, 3).Select(i => string.Concat(Enumerable.Range(0, 50)
            .Select(j => $"This is sentence {j} of text {i}. ")))];
        foreach (var (i, text) in texts.Index()) File.WriteAllText(_tiny.In($"{i}.txt"), text);
        using var all = Corpus.Open([.. texts.Select((_, i) => _tiny.In($"{i}.txt"))], new PrincipalSentences(), new());
        var (kept, held) = all.HoldOut(0.2, 1000, new PrincipalSentences(), 100);
        Assert.Equal("the ends of 3 texts", held.SetAside);
        Assert.Equal(9, held.Count);
        Assert.All(Texts(held), text => Assert.StartsWith("This is sentence ", text));
        Assert.All(Texts(kept).Index(), one
            => Assert.Equal(texts[one.Index].Trim(),
                string.Concat([one.Item, .. Texts(held).Skip(3 * one.Index).Take(3)]).Trim()));
        Assert.All(Texts(kept), text => Assert.InRange(text.Length, 0.79 * texts[0].Length, 0.83 * texts[0].Length));

        using var pairs = Corpus.Open([_tiny.In("rows.jsonl")], new Pairs(), new());
        Assert.Equal(3, pairs.HoldOut(0.1, 100, new Pairs(), 100).HeldOut.Count);
        File.WriteAllLines(_tiny.In("few.jsonl"), File.ReadLines(_tiny.In("rows.jsonl")).Take(9));
        using var few = Corpus.Open([_tiny.In("few.jsonl")], new Pairs(), new());
        Assert.Contains("--held-out", Assert.Throws<ArgumentException>(() => few.HoldOut(0.1, 9, new Pairs(), 100)).Message);
    }

    [Fact]
    public void A_vocabulary_that_is_kept_is_the_same_to_the_bit_and_all_else_is_learned()
    {
        var run = From("base", "kept") with { KeepVocabulary = true };
        Take(run);
        using var before = Checkpoint.Open(_tiny.In("base"));
        using var after = Checkpoint.Open(_tiny.In("kept"));
        var same = before.Tensors.Where(tensor
            => tensor.Value.ToArray().SequenceEqual(after.Tensors[tensor.Key].ToArray()))
            .Select(tensor => tensor.Key);
        Assert.Equal(["shared.weight"], same);
        Assert.Contains("--keep-vocabulary", Assert.Throws<ArgumentException>((run with { From = null, Model = "x" }).Check)
            .Message);
    }

    [Fact]
    public void An_adapter_goes_on_from_one_of_the_same_shape_and_from_no_other()
    {
        var run = From("base", "first") with { Adapter = new() { Rank = 2 } };
        Take(run);
        var next = run with { Output = _tiny.In("next"), Adapter = run.Adapter with { From = _tiny.In("first") } };
        using (var trainer = new Trainer(new(next), resume: false)) trainer.WriteModel(_tiny.In("begun"));
        Assert.Equal(_tiny.Hash("first", "adapter_model.safetensors"), _tiny.Hash("begun", "adapter_model.safetensors"));
        Assert.Contains("lora_alpha", Refused(next with { Adapter = next.Adapter with { Alpha = 3 } }));
        Assert.Contains("peft_type", Refused(next with { Adapter = new() { Kind = AdapterMethod.Ia3, From = next.Adapter.From } }));

        static string Refused(TrainingOptions run)
            => Assert.Throws<ArgumentException>(() => new Trainer(new(run), resume: false)).Message;
    }

    [Fact]
    public void What_is_measured_before_the_first_step_is_told_at_the_end_and_may_be_the_best()
    {
        var run = From("base", "still") with
        {
            Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0 },
            Evaluation = new() { Every = 2, AtStart = true },
        };
        run = TinyRun.Measured(run);
        var steps = new List<(long Step, double? Loss)>();
        using (var trainer = new Trainer(new(run), resume: false))
        {
            trainer.Run(step => steps.Add((step.State.Step, step.HeldOut?.Sources["rows"].Loss)));
            Assert.Equal(0, trainer.WriteResult());
        }
        Assert.Equal([0, 1, 2, 3, 4], steps.Select(step => step.Step));
        Assert.Equal([0, 2, 4], steps.Where(step => step.Loss is not null).Select(step => step.Step));
        Assert.Equal(_tiny.Hash("base"), _tiny.Hash("still"));
    }

    [Fact]
    public void A_model_that_quotes_goes_on_quoting_and_sentinels_are_those_of_the_vocabulary()
    {
        var quoting = Assert.IsType<PrincipalSentences>(Read(s_embedded, "domain.jsonl").Domain.Objective);
        Assert.Equal((1, SentenceMeasure.Frequency), (quoting.Intact, quoting.Measure));
        Assert.Equal(["summarize: ", "summarize briefly: ", "summarize at length: "], quoting.Lengths!.Keys);
        Assert.Equal(new PrincipalSentences { Passage = 6 }, Read("base", "domain.jsonl").Domain.Objective);
        var spans = Assert.IsType<SpanCorruption>(
            Read(s_embedded, "domain.jsonl", "--objective", "span-corruption").Domain.Objective);
        Assert.Equal((8099, 100), (spans.FirstSentinel, spans.Sentinels));
    }

    [Fact]
    public void Beside_an_adapter_the_rate_is_ten_times_as_high_unless_it_is_said()
    {
        Assert.Equal(1e-4, Read("base", "domain.jsonl").Domain.Optimizer.Rate);
        var adapted = Read("base", "domain.jsonl", "--adapter", "lora", "--then", "rows.jsonl");
        Assert.Equal((1e-3, 1e-3), (adapted.Domain.Optimizer.Rate, adapted.Then!.Optimizer.Rate));
        Assert.Equal(0.5, Read("base", "domain.jsonl", "--adapter", "lora", "--rate", "0.5").Domain.Optimizer.Rate);
    }

    [Fact]
    public void The_command_of_the_page_lowers_the_loss_of_its_domain()
    {
        var page = File.ReadAllText(Path.Combine(Goldens.Repository, "docs", "training", "adapting.md"));
        var line = page.Split('\n').First(line => line.StartsWith("longt5 adapt models/", StringComparison.Ordinal));
        var (code, said) = Run([.. line.Split(' ')[2..].Select(word => word == "adapted" ? _tiny.In(word) : word)],
            Goldens.Repository);
        Assert.True(code == 0, said);
        var gained = Regex.Match(said, @"Held-out loss of domain: ([\d.]+) before, ([\d.]+) after");
        Assert.True(double.Parse(gained.Groups[2].Value, null) < double.Parse(gained.Groups[1].Value, null), said);
        Assert.Contains("| loss | 0.", File.ReadAllText(_tiny.In("adapted/README.md")));
    }

    static IEnumerable<string> Texts(Corpus rows)
        => Enumerable.Range(0, rows.Count).Select(row => rows.Row(row).Values.Single().Single());

    TrainingOptions From(string from, string output) => _tiny.Options(output) with
    {
        From = _tiny.In(from),
        Model = null,
        Tokenizer = null,
        Steps = 4,
        Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0.01 },
    };

    static void Take(TrainingOptions options)
    {
        using var trainer = new Trainer(new(options), resume: false);
        trainer.Run(_ => { });
        trainer.WriteResult();
    }

    Adaptation Read(string model, params string[] words)
    {
        var command = new Command("adapt");
        var flags = new AdaptFlags(command);
        return flags.Read(command.Parse([Path.Exists(model) ? model : _tiny.In(model), .. words]));
    }

    (int Code, string Said) Run(string[] words, string? folder = null)
    {
        using var run = Start(words, folder);
        return TrainerProcess.End(run);
    }

    Process Start(string[] words, string? folder = null)
        => TrainerProcess.Start(folder ?? _tiny.In("."), ["adapt", .. words]);

    public void Dispose() => _tiny.Dispose();
}
