using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Heads;

/// <summary>A linear map with a bias, which T5 has in heads alone; float32 always.</summary>
sealed class LabelScores : nn.Module
{
    readonly Parameter _weight, _bias; // [O, C], [O]

    public LabelScores(long width, long outputs, TorchOptions options) : base(nameof(LabelScores))
    {
        register_parameter("weight", _weight = new Parameter(zeros(outputs, width, device: options.Device)));
        register_parameter("bias", _bias = new Parameter(zeros(outputs, device: options.Device)));
    }

    /// <summary>Random weights, as T5's heads begin: normal, by the root of the width; no bias.</summary>
    public void Begin(Generator generator)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var deviation = Number.Of(Math.Pow(_weight.shape[1], -0.5));
        _weight.copy_(randn(_weight.shape, generator: generator).mul_(deviation));
        _bias.zero_();
    }

    /// <param name="x">[..., C]</param>
    /// <returns>[..., O]</returns>
    public Tensor Forward(Tensor x) => nn.functional.linear(x, _weight, _bias);
}
