using LongT5.Formats;
using LongT5.Torch;
using LongT5.Training.Optimizers;
using LongT5.Training.Tests.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Torch;

public class TorchModelTests
{
    public static TheoryData<string> Variants => GoldenModel.Variants;

    public static TheoryData<string> WithGradients => GoldenModel.WithGradients;

    [Theory, MemberData(nameof(Variants))]
    public void The_encoder_agrees_at_every_length(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var frozen = no_grad();
        foreach (var length in new[] { 1, 2, 3, 15, 16, 17, 31, 32, 33, 127, 128, 129, 255, 256, 257, 383, 384, 385,
            700, 1000 })
        {
            if (!golden.Has($"encoder.{length}.input_ids")) continue;
            using var scope = NewDisposeScope();
            var hidden = golden.Model.Encode(golden.Reading(golden.Ids($"encoder.{length}.input_ids")), default)
                .narrow(1, 0, length);
            GoldenModel.Agree(golden.Values($"encoder.{length}.last_hidden_state"), hidden, $"encoder of {length}");
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Every_layer_of_the_encoder_agrees(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var ids = golden.Ids("layers.input_ids");
        var states = golden.HiddenStates(ids);
        for (var i = 0; i <= golden.Config.NumLayers; i++)
            GoldenModel.Agree(golden.Values($"layers.hidden_state.{i}"), states[i].narrow(1, 0, ids.Length),
                $"hidden state {i}");
    }

    [Theory, MemberData(nameof(Variants))]
    public void Logits_and_loss_of_a_padded_batch_agree(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var batch = golden.Batch();
        GoldenModel.Agree(golden.Values("batch.loss"), golden.Model.Loss(batch, new()), "loss");
        GoldenModel.Agree(golden.Values("batch.logits"), golden.Model.Logits(batch), "logits");
    }

    [Theory, MemberData(nameof(WithGradients))]
    public void The_gradient_of_every_parameter_agrees(string variant) => GradientsAgree(variant, new());

    [Theory, MemberData(nameof(WithGradients))]
    public void Recomputation_changes_no_gradient(string variant)
        => GradientsAgree(variant, new() { Recompute = true });

    static void GradientsAgree(string variant, TorchOptions options)
    {
        using var golden = new GoldenModel(variant, options);
        using var scope = NewDisposeScope();
        using var batch = golden.Batch();
        TorchModel.Backward(golden.Model.Loss(batch, new()));
        foreach (var (name, weight) in golden.Model.named_parameters())
            GoldenModel.Agree(golden.Values($"batch.grad.{name}"), weight.grad!, $"the gradient of {name}");
    }

    [Theory, MemberData(nameof(WithGradients))]
    public void Ten_steps_of_AdamW_agree(string variant)
        => TenStepsAgree(variant, "adamw", new() { Kind = OptimizerKind.AdamW, WeightDecay = 0.01 });

    [Theory, MemberData(nameof(WithGradients))]
    public void Ten_steps_of_Adafactor_agree(string variant)
        => TenStepsAgree(variant, "adafactor", new() { Kind = OptimizerKind.AdafactorHuggingFace });

    static void TenStepsAgree(string variant, string name, OptimizerOptions options)
    {
        using var golden = new GoldenModel(variant);
        using var batch = golden.Batch();
        var weights = golden.Model.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
        var optimizers = options.Create([.. weights.Select(weight => (weight.Key, weight.Value))]);
        var expected = golden.Values($"{name}.losses");
        for (var step = 0; step < expected.Length; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var weight in weights.Values) weight.grad = null;
            var loss = golden.Model.Loss(batch, new());
            GoldenModel.Agree(expected.AsSpan(step, 1), loss, $"the loss before step {step}");
            TorchModel.Backward(loss);
            foreach (var optimizer in optimizers) optimizer.Step(1e-3, step + 1);
        }
        var query = $"encoder.block.0.layer.0.{WeightShapes.EncoderAttention(golden.Config)}.q.weight";
        GoldenModel.Agree(golden.Values($"{name}.shared_after"), weights["shared.weight"],
            "the embedding after ten steps");
        GoldenModel.Agree(golden.Values($"{name}.q0_after"), weights[query], "the first query matrix after ten steps");
        foreach (var optimizer in optimizers) optimizer.Dispose();
    }
}
