using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Tasks;
using LongT5.Torch.Adapters;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

/// <summary>Runs that train an adapter beside a model.</summary>
public sealed class AdapterRunTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData(AdapterMethod.Lora)]
    [InlineData(AdapterMethod.Dora)]
    [InlineData(AdapterMethod.Ia3)]
    [InlineData(AdapterMethod.Houlsby)]
    [InlineData(AdapterMethod.Pfeiffer)]
    public void A_run_that_was_cut_ends_with_the_same_bits_keeps_the_adapter_alone_and_the_engine_takes_it(
        AdapterMethod kind)
    {
        TinyRun.Take(Beside("whole", kind), resume: false);
        TinyRun.Take(Beside("cut", kind), resume: false, stopAt: 3);
        TinyRun.Take(Beside("cut", kind), resume: true);

        const string Weights = "adapter_model.safetensors";
        Assert.Equal(_tiny.Hash("whole", Weights), _tiny.Hash("cut", Weights));
        Assert.False(File.Exists(_tiny.In("whole/model.safetensors")));
        Assert.InRange(Directory.GetFiles(_tiny.In("cut/checkpoints/step-00000006"))
            .Sum(file => new FileInfo(file).Length), 1, 200_000);

        using var model = LongT5Model.Load(_tiny.In("base"));
        using var adapted = model.WithAdapter(_tiny.In("whole"));
        var input = model.Tokenizer.Encode("The number 7 comes after 6.");
        using var trainer = new Trainer(new(Beside("cut", kind)), resume: true);
        Assert.Equal(_tiny.In("base"),
            JsonNode.Parse(
                File.ReadAllText(
                    _tiny.In("whole/adapter_config.json")))!["base_model_name_or_path"]!.GetValue<string>());
        // The engine and the tensors agree about the adapter.
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var frozen = TorchSharp.torch.no_grad();
        using var batch = new LongT5.Torch.Batch([input], [[5, 6]], model.Config, TorchSharp.torch.CPU);
        using var encoded = adapted.Engine.Encode(input);
        using var session = adapted.Engine.StartDecoding([encoded]);
        var logits = new float[2 * model.Config.VocabSize];
        session.Extend([LongT5.Generation.DecoderSession.Root(0), 0], [0, 5], logits);
        Torch.GoldenModel.Agree(logits, trainer.Model.Logits(batch), "logits");
    }

    [Theory, InlineData(AdapterMethod.Lora), InlineData(AdapterMethod.Dora)]
    public void With_dropout_a_run_that_was_cut_ends_with_the_same_bits_and_so_does_one_that_keeps_activations(
        AdapterMethod kind)
    {
        TrainingOptions Dropping(string output) => Beside(output, kind) is var run
            ? run with { Adapter = run.Adapter! with { Dropout = 0.3 } } : run;
        TinyRun.Take(Dropping("whole"), resume: false);
        TinyRun.Take(Dropping("cut"), resume: false, stopAt: 3);
        TinyRun.Take(Dropping("cut"), resume: true);
        TinyRun.Take(Dropping("kept") with { Recompute = false }, resume: false);
        TinyRun.Take(Beside("none", kind), resume: false);

        const string Weights = "adapter_model.safetensors";
        Assert.Equal(_tiny.Hash("whole", Weights), _tiny.Hash("cut", Weights));
        Assert.Equal(_tiny.Hash("whole", Weights), _tiny.Hash("kept", Weights));
        Assert.NotEqual(_tiny.Hash("whole", Weights), _tiny.Hash("none", Weights));
        Assert.Equal(0.3, (double)JsonNode.Parse(File.ReadAllText(_tiny.In("whole/adapter_config.json")))!["lora_dropout"]!);
    }

    [Theory, InlineData(AdapterMethod.Ia3), InlineData(AdapterMethod.Houlsby), InlineData(AdapterMethod.Pfeiffer)]
    public void Dropout_of_an_adapter_that_has_none_is_refused_by_name(AdapterMethod kind)
    {
        var refused = Assert.Throws<ArgumentException>(
            (_tiny.Options() with { From = "x", Adapter = new() { Kind = kind, Dropout = 0.1 } }).Check).Message;
        Assert.Contains("--adapter-dropout", refused);
        Assert.Contains(kind.ToString().ToLowerInvariant(), refused);
    }

    [Fact]
    public void Another_adapter_is_refused_on_resuming_and_an_adapter_without_a_base_at_once()
    {
        TinyRun.Take(Beside("run", AdapterMethod.Lora), resume: false, stopAt: 2);
        Assert.Contains("adapter.rank", Assert.Throws<ArgumentException>(
            () => new Trainer(new(Beside("run", AdapterMethod.Lora) with { Adapter = new() { Rank = 5 } }),
                resume: true)).Message);
        Assert.Contains("--from",
            Assert.Throws<ArgumentException>((_tiny.Options() with { Adapter = new() }).Check).Message);
    }

    [Fact]
    public void What_the_model_writes_is_measured_with_the_adapter_beside_it()
    {
        var run = Beside("run", AdapterMethod.Lora);
        run = TinyRun.Measured(run) with
        {
            Evaluation = new()
            {
                Every = 3,
                Generate = 1,
                Best = Judge.Rouge
            }
        };
        using var trainer = new Trainer(new(run), resume: false);
        trainer.Run(_ => { });
        trainer.WriteResult();
        Assert.True(File.Exists(_tiny.In("run/adapter_model.safetensors")));
    }

    [Fact]
    public void A_model_with_an_adapter_is_used_as_the_adapter_was_trained_and_no_more_held_to_quotations()
    {
        var run = Beside("run", AdapterMethod.Lora);
        var config = _tiny.In("base/config.json");
        var said = JsonNode.Parse(File.ReadAllText(config))!;
        said["task_specific_params"] = JsonNode.Parse("""{"summarization": {"prefix": "old: ", "quotes": true}}""");
        File.WriteAllText(config, said.ToJsonString());
        run.Sources["rows"] = run.Sources["rows"] with { Objective = new Pairs { Prefix = "sum: " } };
        using (var trainer = new Trainer(new(run), resume: false)) trainer.WriteModel(_tiny.In("adapter"));
        using var model = LongT5Model.Load(_tiny.In("base"));
        using var adapted = model.WithAdapter(_tiny.In("adapter"));
        Assert.Equal("old: ", new Summarizer(model).Settings().Prefix);
        Assert.Equal("sum: ", new Summarizer(adapted).Settings().Prefix);
        using (var whole = Checkpoint.Open(_tiny.In("base")))
        using (var adapter = Adapter.Open(_tiny.In("adapter")))
            whole.Merge(adapter).Save(_tiny.In("merged"));
        Assert.Contains("sum: ", File.ReadAllText(_tiny.In("merged/config.json")));
        Assert.DoesNotContain("quotes", File.ReadAllText(_tiny.In("merged/config.json")));
    }

    TrainingOptions Beside(string output, AdapterMethod kind) => _tiny.FromBase(_tiny.Options(output)) with
    {
        Steps = 6,
        Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0.05 },
        Adapter = kind switch
        {
            AdapterMethod.Lora or AdapterMethod.Dora => new() { Kind = kind, Rank = 2 },
            AdapterMethod.Ia3 => new() { Kind = kind },
            _ => new() { Kind = kind, Size = 4 },
        },
    };

    public void Dispose() => _tiny.Dispose();
}
