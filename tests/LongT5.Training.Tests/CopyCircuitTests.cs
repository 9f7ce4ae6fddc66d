using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Torch;
using TorchSharp;

namespace LongT5.Training.Tests;

public sealed class CopyCircuitTests
{
    static readonly LongT5Config Config = new()
    {
        VocabSize = 500,
        DModel = 128,
        DKv = 32,
        DFf = 64,
        NumHeads = 4,
        NumLayers = 2,
        NumDecoderLayers = 2,
        EncoderAttentionType = EncoderAttention.TransientGlobal,
        DecoderStartTokenId = 0,
        IsGatedAct = true,
        DenseActFn = Activation.GeluNew,
    };

    [Fact]
    public void A_model_that_has_learned_nothing_continues_a_quotation()
    {
        var (plain, set) = (QuotingLoss(circuit: false), QuotingLoss(circuit: true));
        Assert.True(plain > 5, $"without the circuit, a word costs about log(500); here {plain}");
        Assert.True(set < 0.5, $"with it, hardly anything; here {set}");
    }

    [Fact]
    public void A_shape_without_room_for_the_circuit_is_an_error()
    {
        using var model = new TorchModel(Config with { DKv = 64 }, new());
        Assert.Contains("quarter", Assert.Throws<ArgumentException>(() => CopyCircuit.Set(model, 1)).Message);
    }

    [Fact]
    public void The_same_seed_begins_with_the_same_weights()
    {
        using var scope = torch.NewDisposeScope();
        static float Sum(long seed)
        {
            using var model = new TorchModel(Config, new());
            Initializer.Fill(model, seed);
            return model.get_parameter("shared.weight")!.square().sum().item<float>();
        }
        Assert.Equal(Sum(1), Sum(1));
        Assert.NotEqual(Sum(1), Sum(2));
    }

    // The mean loss of 40 tokens quoted from the middle of 200 random ones; the first three, which choose the place, do
    // not count.
    static float QuotingLoss(bool circuit)
    {
        using var scope = torch.NewDisposeScope();
        using var model = new TorchModel(Config, new());
        Initializer.Fill(model, 1);
        if (circuit) CopyCircuit.Set(model, 1);
        var dice = new Training.Data.Dice(3);
        var input = new int[200];
        for (var i = 0; i < input.Length; i++) input[i] = 3 + dice.Below(497);
        var quoted = input[80..120];
        using var batch = new Batch([input], [quoted], Config, torch.CPU);
        var labels = torch.tensor(quoted[3..].Select(id => (long)id).ToArray());
        return torch.nn.functional.cross_entropy(model.Logits(batch)[0].narrow(0, 3, 37), labels).item<float>();
    }
}
