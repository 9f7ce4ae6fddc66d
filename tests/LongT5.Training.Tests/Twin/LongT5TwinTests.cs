using LongT5.Training.Twin;
using TorchSharp;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Twin;

public class LongT5TwinTests
{
    public static TheoryData<string> Variants => GoldenModel.Variants;

    [Theory, MemberData(nameof(Variants))]
    public void The_encoder_agrees_at_every_length(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var frozen = no_grad();
        foreach (var length in new[] { 1, 2, 3, 15, 16, 17, 31, 32, 33, 127, 128, 129, 255, 256, 257, 383, 384, 385, 700, 1000 })
        {
            if (!golden.Has($"encoder.{length}.input_ids")) continue;
            using var scope = NewDisposeScope();
            var hidden = golden.Twin.Encode(golden.Reading(golden.Ids($"encoder.{length}.input_ids")), default).narrow(1, 0, length);
            GoldenModel.Agree(golden.Values($"encoder.{length}.last_hidden_state"), hidden, $"encoder of {length}");
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Every_layer_of_the_encoder_agrees(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var hidden = new List<Tensor>();
        var ids = golden.Ids("layers.input_ids");
        hidden.Add(golden.Twin.Encode(golden.Reading(ids), default, hidden));
        // The reference shows the embeddings, the output of every layer but the last, and the output of the norm.
        Tensor[] shown = [hidden[0], .. hidden[1..].DistinctBy(t => t.Handle)];
        for (var i = 0; golden.Has($"layers.hidden_state.{i}"); i++)
        {
            var mine = i == golden.Config.NumLayers ? hidden[^1] : hidden[i + 1];
            GoldenModel.Agree(golden.Values($"layers.hidden_state.{i}"), mine.narrow(1, 0, ids.Length), $"hidden state {i}");
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Logits_and_loss_of_a_padded_batch_agree(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var batch = golden.Batch();
        GoldenModel.Agree(golden.Values("batch.loss"), golden.Twin.Loss(batch, new()), "loss");
        GoldenModel.Agree(golden.Values("batch.logits"), golden.Twin.Logits(batch), "logits");
    }

    [Theory, MemberData(nameof(Variants))]
    public void The_gradient_of_every_parameter_agrees(string variant)
        => GradientsAgree(variant, new());

    [Theory, MemberData(nameof(Variants))]
    public void Recomputation_changes_no_gradient(string variant)
        => GradientsAgree(variant, new() { Recompute = true });

    static void GradientsAgree(string variant, TwinOptions options)
    {
        using var golden = new GoldenModel(variant, options);
        using var scope = NewDisposeScope();
        using var batch = golden.Batch();
        golden.Twin.Loss(batch, new()).backward();
        foreach (var (name, weight) in golden.Twin.named_parameters())
            GoldenModel.Agree(golden.Values($"batch.grad.{name}"), weight.grad!, $"the gradient of {name}");
    }

    [Theory, MemberData(nameof(Variants))]
    public void Ten_steps_of_AdamW_agree(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var batch = golden.Batch();
        using var adam = optim.AdamW(golden.Twin.parameters(), lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01);
        var expected = golden.Values("adamw.losses");
        for (var step = 0; step < expected.Length; step++)
        {
            using var scope = NewDisposeScope();
            adam.zero_grad();
            var loss = golden.Twin.Loss(batch, new());
            GoldenModel.Agree(expected.AsSpan(step, 1), loss, $"loss before step {step}");
            loss.backward();
            adam.step();
        }
        var weights = golden.Twin.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
        GoldenModel.Agree(golden.Values("adamw.shared_after"), weights["shared.weight"], "the embedding after ten steps");
    }
}
