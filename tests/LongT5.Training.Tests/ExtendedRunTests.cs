using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Torch;
using LongT5.Training.Optimizers;
using TorchSharp;

namespace LongT5.Training.Tests;

/// <summary>Runs of models that have more than the published LongT5.</summary>
public sealed class ExtendedRunTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("transient-global", OptimizerKind.Muon), InlineData("local", OptimizerKind.Adafactor)]
    [InlineData("local", OptimizerKind.AdafactorHuggingFace)]
    public void A_run_of_a_shape_with_extensions_goes_on_bit_for_bit_and_the_engine_opens_what_it_writes(
        string attention, OptimizerKind kind)
    {
        WriteShape(attention);
        TrainingOptions Run(string output) => _tiny.Options(output) is var run
            ? run with { Optimizer = run.Optimizer with { Kind = kind } } : run;
        Take(Run("cut"), resume: false, stopAt: 3);
        Take(Run("cut"), resume: true);
        using var trainer = new Trainer(new(Run("whole")), resume: false);
        trainer.Run(_ => { });
        trainer.WriteResult();
        foreach (var file in (string[])["model.safetensors", "optimizer.safetensors"])
            Assert.Equal(_tiny.Hash("whole/checkpoints/step-00000010", file),
                _tiny.Hash("cut/checkpoints/step-00000010", file));

        using var checkpoint = Checkpoint.Open(_tiny.In("whole"));
        Assert.Equal(ModelFamily.Extended, checkpoint.Config.ModelType);
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        int[] ids = [.. Enumerable.Range(0, 60).Select(i => 3 + i * 37 % 900)], target = [5, 9, 11, 1];
        using var batch = new Batch([ids], [target], checkpoint.Config, torch.CPU);
        using var encoded = network.Encode(ids);
        using var session = network.StartDecoding([encoded]);
        var logits = new float[target.Length * checkpoint.Config.VocabSize];
        session.Extend([DecoderSession.Root(0), 0, 1, 2], [0, .. target[..^1]], logits);
        Torch.GoldenModel.Agree(logits, trainer.Model.Logits(batch), "logits");
    }

    [Fact]
    public void A_run_from_an_extended_folder_keeps_its_extensions_and_its_drawn_features()
    {
        WriteShape("local");
        using (var trainer = new Trainer(new(_tiny.Options()), resume: false)) trainer.WriteModel(_tiny.In("start"));
        Take(_tiny.Options("next") with { From = _tiny.In("start"), Model = null, Tokenizer = null, Steps = 2 },
            resume: false);
        using Checkpoint start = Checkpoint.Open(_tiny.In("start")),
            next = Checkpoint.Open(_tiny.In("next/checkpoints/step-00000002"));
        Assert.Equal(start.ConfigFields.GetProperty("extensions").ToString(),
            next.ConfigFields.GetProperty("extensions").ToString());
        const string Features = "encoder.block.0.layer.0.KernelizedSelfAttention.features";
        Assert.Equal(start.Tensors[Features].ToArray(), next.Tensors[Features].ToArray());
        Assert.NotEqual(start.Tensors["encoder.block.0.convolution.pointwise_out.weight"].ToArray(),
            next.Tensors["encoder.block.0.convolution.pointwise_out.weight"].ToArray());
    }

    [Fact]
    public void Salience_is_refused_where_states_are_pooled_and_the_copy_circuit_beside_extensions()
    {
        WriteShape("local");
        Assert.Contains("pools 2", Assert.Throws<ArgumentException>(
            () => new Recipe(_tiny.Options() with { TermFrequency = 0.1 })).Message);
        Assert.Contains("extensions", Assert.Throws<ArgumentException>(
            () => new Trainer(new(_tiny.Options() with { CopyCircuit = true }), resume: false)).Message);
    }

    void WriteShape(string attention)
    {
        var config = JsonNode.Parse(File.ReadAllText(_tiny.In("config.json")))!.AsObject();
        config["model_type"] = ModelFamily.Extended;
        config["encoder_attention_type"] = attention;
        config["extensions"] = JsonNode.Parse("""
            {"convolution": {"kernel": 5, "layers": 1}, "pooling": {"stride": 2}, "reversible": true,
             "embedding_rank": 8, "low_rank": {"encoder.block.0.layer.1.DenseReluDense.wo": 3}}
            """);
        if (attention == "local")
            config["extensions"]!["kernelized"] = JsonNode.Parse("""{"map": "favor+", "features": 6, "seed": 2}""");
        File.WriteAllText(_tiny.In("config.json"), config.ToJsonString());
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
