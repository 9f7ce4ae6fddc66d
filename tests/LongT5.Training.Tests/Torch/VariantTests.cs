using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Torch;
using LongT5.Torch.Adapters;
using LongT5.Torch.Layers;
using LongT5.Torch.Mixers;
using LongT5.Training.Tests.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Torch;

/// <summary>What a model may have beyond the published LongT5, with gradients.</summary>
public sealed class VariantTests
{
    const string Missing = "LONGT5_GOLDENS names the recorded results.";

    public static bool Here => Goldens.Whole;

    public static TheoryData<string> Recorded()
        => Here ? [.. Goldens.Folders("variants").Where(name => name != "low-rank-svd")] : [""];

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void States_of_the_encoder_agree_at_every_length_and_in_every_layer(string name)
    {
        using var golden = Open(name);
        using var frozen = no_grad();
        foreach (var length in new[] { 1, 2, 15, 16, 17, 31, 33, 64, 127, 128, 129, 300 })
        {
            using var scope = NewDisposeScope();
            var hidden = golden.Model.Encode(golden.Reading(golden.Ids($"encoder.{length}.input_ids")), default)
                .narrow(1, 0, golden.Config.EncodedTokens(length));
            GoldenModel.Agree(golden.Values($"encoder.{length}.last_hidden_state"), hidden, $"encoder of {length}");
        }
        using var inner = NewDisposeScope();
        var ids = golden.Ids("layers.input_ids");
        var states = golden.HiddenStates(ids);
        for (var i = 0; i < golden.Config.NumLayers; i++)
        {
            // Of two streams the mean is shown.
            var expected = golden.Config.Extensions.IsReversible
                ? [.. golden.Values($"layers.a.{i}").Zip(golden.Values($"layers.b.{i}"), (a, b) => (a + b) / 2)]
                : golden.Values($"layers.hidden_state.{i}");
            GoldenModel.Agree(expected, states[i].narrow(1, 0, ids.Length), $"hidden state {i}");
        }
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void Logits_and_loss_of_a_padded_batch_agree(string name)
    {
        using var golden = Open(name);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var batch = golden.Batch();
        GoldenModel.Agree(golden.Values("batch.loss"), golden.Model.Loss(batch, new()), "loss");
        GoldenModel.Agree(golden.Values("batch.logits"), golden.Model.Logits(batch), "logits");
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void The_gradient_of_every_parameter_agrees(string name) => GradientsAgree(name, new());

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void Recomputation_changes_no_gradient(string name) => GradientsAgree(name, new() { Recompute = true });

    static void GradientsAgree(string name, TorchOptions options)
    {
        using var golden = Open(name, options);
        using var scope = NewDisposeScope();
        using var batch = golden.Batch();
        TorchModel.Backward(golden.Model.Loss(batch, new()));
        foreach (var (parameter, weight) in golden.Model.named_parameters())
            GoldenModel.Agree(golden.Values($"batch.grad.{parameter}"), weight.grad!, $"the gradient of {parameter}");
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void The_tensors_and_the_engine_agree_layer_by_layer(string name)
    {
        using var golden = Open(name);
        using var network = Network.Load(golden.Checkpoint, Workers.Shared);
        using var frozen = no_grad();
        foreach (var length in new[] { 1, 15, 130, 333 })
        {
            using var scope = NewDisposeScope();
            var ids = Ids(length, golden.Config.VocabSize);
            var states = golden.HiddenStates(ids);
            using var encoded = network.Encode(ids, observer: (layer, engine) =>
            {
                if (layer < golden.Config.NumLayers)
                    GoldenModel.Agree(engine, states[layer].narrow(1, 0, length), $"layer {layer} of {length} tokens");
            });
            GoldenModel.Agree(encoded.States, states[^1].narrow(1, 0, encoded.Length), $"{length} tokens");
        }
    }

    public static TheoryData<string, string> Combinations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var attention in new[] { "local", "transient-global", "elu+1", "favor+" })
                foreach (var rest in new[] { "convolution", "pooling", "reversible", "rank", "low rank", "all" })
                    data.Add(attention, rest);
            return data;
        }
    }

    [Theory, MemberData(nameof(Combinations))]
    public void A_model_of_any_extensions_is_written_as_a_folder_which_the_engine_opens_with_equal_logits(
        string attention, string rest)
    {
        var folder = Directory.CreateTempSubdirectory("longt5-variant-").FullName;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var config = Extended(attention, rest);
        using var model = Lively(config);
        ModelFolder.Write(folder, Fields(attention, rest), config, [.. TorchWeights.Outgoing(model)]);
        using (var checkpoint = Checkpoint.Open(folder))
        using (var network = Network.Load(checkpoint, Workers.Shared))
        {
            Assert.Equal(WeightShapes.Of(config, checkpoint.Head).Select(one => one.Name).Order(),
                checkpoint.Tensors.Keys.Order());
            var (ids, target) = (Ids(270, config.VocabSize), Ids(30, config.VocabSize));
            using var batch = new Batch([Ids(300, config.VocabSize), ids], [[1], target], config, CPU);
            using var encoded = network.Encode(ids);
            using var session = network.StartDecoding([encoded]);
            int[] fed = [0, .. target[..^1]];
            var logits = new float[fed.Length * config.VocabSize];
            session.Extend([.. Enumerable.Range(0, fed.Length).Select(i => i == 0 ? DecoderSession.Root(0) : i - 1)],
                fed, logits);
            GoldenModel.Agree(logits, model.Logits(batch)[1], $"{attention} {rest}");
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory, InlineData("transient-global", "all"), InlineData("favor+", "all")]
    public void Steps_leave_no_tensors_behind(string attention, string rest)
    {
        var config = Extended(attention, rest);
        using var model = Lively(config);
        using var batch = new Batch([Ids(300, 50), Ids(37, 50)], [Ids(9, 50), Ids(9, 50)], config, CPU);
        Tensors.AssertStepsLeaveNone(model, batch);
    }

    [Theory, InlineData("transient-global"), InlineData("local"), InlineData("elu+1"), InlineData("favor+")]
    public void Dropout_of_reversible_layers_is_replayed_so_that_gradients_are_those_of_autograd_with_the_same_masks(
        string attention)
    {
        using var scope = NewDisposeScope();
        var config = Extended(attention, "reversible");
        using var model = Lively(config, deviation: 0.15);
        using var batch = new Batch([Ids(90, 50), Ids(37, 50)], [Ids(9, 50), Ids(5, 50)], config, CPU);
        foreach (var isDecoder in new[] { false, true })
        {
            Layer[] layers = [.. model.named_modules().Select(one => one.module).OfType<Layer>()
                .Where(layer => layer.Sublayers.Any(sublayer => sublayer is CrossAttention) == isDecoder)];
            var (x, memory) = (Some(isDecoder ? 9 : batch.InputLength), Some(batch.InputLength));
            var dropout = new Dropout(0.3, Seed: 7);
            var weights = randn_like(x);
            var expected = Gradients(pass => Autograd(layers, x, pass, dropout));
            var actual = Gradients(pass => new TwoStreams().Through(layers, x.alias(), pass, dropout, hidden: null));
            Assert.Equal(expected.Keys, actual.Keys);
            Assert.Contains(isDecoder ? "memory" : "x", expected.Keys);
            foreach (var (name, gradient) in expected)
                Assert.True(actual[name].allclose(gradient, rtol: 0, atol: 2e-5 * gradient.abs().max().item<float>()),
                    $"{attention}, the gradient of {name}");

            Tensor Some(long length) => randn(2, length, config.DModel).requires_grad_();

            Dictionary<string, Tensor> Gradients(Func<StackPass, Tensor> through)
            {
                var self = layers[0].Self;
                var pass = !isDecoder ? new StackPass { Self = EncoderMixer.Of(config).Pattern(self, batch) } : new()
                {
                    Self = AttentionPattern.Causal(self.Table!.Weight, 9, config),
                    Cross = AttentionPattern.Cross(9, batch, config),
                    Memory = memory,
                };
                TorchModel.Backward(through(pass).mul(weights).sum());
                (string Name, Tensor Of)[] all = [("x", x), ("memory", memory),
                    .. model.named_parameters().Select(one => (one.name, (Tensor)one.parameter))];
                var gradients = all.Where(one => one.Of.grad is not null)
                    .ToDictionary(one => one.Name, one => one.Of.grad!.clone());
                foreach (var (_, one) in all) one.grad = null;
                return gradients;
            }
        }

        static Tensor Autograd(Layer[] layers, Tensor x, StackPass pass, Dropout dropout)
        {
            var (a, b, k) = (x, x, 0);
            foreach (var (i, layer) in layers.Index())
                foreach (var sublayer in layer.Sublayers)
                {
                    if (k++ % 2 == 0) a = a.add(sublayer.Branch(b, pass, dropout.At(i + 1)));
                    else b = b.add(sublayer.Branch(a, pass, dropout.At(i + 1)));
                }
            return a.add(b).mul(0.5);
        }
    }

    [Theory, InlineData("transient-global", "reversible"), InlineData("elu+1", "rank"), InlineData("favor+", "all")]
    public void Bfloat16_is_near_and_no_more(string attention, string rest)
    {
        using var scope = NewDisposeScope();
        var config = Extended(attention, rest);
        using var exact = Lively(config, deviation: 0.15);
        using var rounded = Lively(config, new() { Precision = MatrixPrecision.BFloat16 }, deviation: 0.15);
        using var batch = new Batch([Ids(90, 50), Ids(37, 50)], [Ids(9, 50), Ids(5, 50)], config, CPU);
        foreach (var model in new[] { exact, rounded }) TorchModel.Backward(model.Loss(batch, new() { Dropout = 0.1 }));
        foreach (var ((name, weight), (_, other)) in exact.named_parameters().Zip(rounded.named_parameters()))
        {
            Assert.Equal(ScalarType.Float32, other.grad!.dtype);
            var apart = ((other.grad - weight.grad!).norm() / weight.grad!.norm()).item<float>();
            Assert.True(apart < 0.05, $"{attention} {rest}: {name} is {apart:p1} off");
        }
    }

    [Theory, InlineData(AdapterMethod.Lora), InlineData(AdapterMethod.Ia3), InlineData(AdapterMethod.Houlsby)]
    public void An_adapter_stands_beside_a_model_with_extensions_and_learns(AdapterMethod kind)
    {
        using var scope = NewDisposeScope();
        var config = Extended("transient-global", "all");
        using var model = Lively(config);
        using var batch = new Batch([Ids(40, 50)], [Ids(9, 50)], config, CPU);
        var before = model.Loss(batch, new()).item<float>();
        var trained = AdaptedModel.Attach(model, new()
        {
            Kind = kind,
            Targets = kind == AdapterMethod.Houlsby ? null
            : ["q", "v"],
            Size = 4
        }, seed: 3);
        Assert.Equal(before, model.Loss(batch, new()).item<float>(), 1e-3 * before);
        TorchModel.Backward(model.Loss(batch, new()));
        Assert.Contains(trained, one => one.Weight.grad is { } gradient && gradient.abs().max().item<float>() > 0);
    }

    [Fact]
    public void DoRA_is_refused_beside_a_map_of_low_rank()
    {
        using var model = Lively(Extended("local", "low rank"));
        Assert.Contains("EncDecAttention.q", Assert.Throws<ArgumentException>(
            () => AdaptedModel.Attach(model, new() { Kind = AdapterMethod.Dora }, seed: 3)).Message);
    }

    static GoldenModel Open(string name, TorchOptions? options = null) => new(name, options, "variants");

    static LongT5Config Extended(string attention, string rest)
        => ConfigJson.Read(new JsonField(Fields(attention, rest), "config.json"));

    static JsonElement Fields(string attention, string rest)
    {
        var extensions = new Dictionary<string, object>();
        if (rest is "convolution" or "all") extensions["convolution"] = new { kernel = 7, layers = 1 };
        if (rest is "pooling" or "all") extensions["pooling"] = new { stride = 3 };
        if (rest is "reversible" or "all") extensions["reversible"] = true;
        if (rest is "rank" or "all") extensions["embedding_rank"] = 6;
        if (rest is "low rank" or "all")
            extensions["low_rank"] = new Dictionary<string, int>
            {
                ["decoder.block.0.layer.1.EncDecAttention.q"] = 3,
                ["encoder.block.1.layer.1.DenseReluDense.wo"] = 4,
            };
        if (attention == "elu+1") extensions["kernelized"] = new { map = "elu+1" };
        if (attention == "favor+") extensions["kernelized"] = new { map = "favor+", features = 6, seed = 1 };
        return JsonSerializer.SerializeToElement(new
        {
            model_type = extensions.Count > 0 ? "longt5_extended" : "longt5",
            encoder_attention_type = attention == "transient-global" ? attention : "local",
            vocab_size = 50,
            d_model = 16,
            d_kv = 4,
            d_ff = 24,
            num_layers = 2,
            num_decoder_layers = 2,
            num_heads = 4,
            local_radius = 5,
            global_block_size = 4,
            feed_forward_proj = "gated-gelu",
            decoder_start_token_id = 0,
            extensions = extensions.Count > 0 ? extensions : null,
        });
    }

    static TorchModel Lively(LongT5Config config, TorchOptions? options = null, double deviation = 0.4)
    {
        using var generator = random.manual_seed(1);
        using var frozen = no_grad();
        var model = new TorchModel(config, options ?? new());
        foreach (var weight in model.parameters()) weight.normal_(0, deviation).add_(weight.dim() == 1 ? 1 : 0);
        foreach (var (_, features) in model.named_buffers()) features.normal_();
        return model;
    }

    static int[] Ids(int count, int vocabulary)
    {
        var dice = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => dice.Next(2, vocabulary))];
    }
}
