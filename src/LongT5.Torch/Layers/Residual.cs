using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>How the states go through the layers of a stack, and what is kept of them for the way back.</summary>
abstract class Residual
{
    /// <summary>The way of a model.</summary>
    public static Residual Of(Site site)
        => site.Config.Extensions.IsReversible ? new TwoStreams() : new OneStream(site.Options.Recompute);

    /// <param name="layers">The layers.</param>
    /// <param name="x">The embeddings, [B, L, C]; freed here.</param>
    /// <param name="pass">What the layers share.</param>
    /// <param name="dropout">The stack's; a layer's is at its number, from 1.</param>
    /// <param name="hidden">Gets the input of each layer and of the norm, where someone wants them.</param>
    /// <returns>What the last norm gets, [B, L, C].</returns>
    public abstract Tensor Through(
        IReadOnlyList<Layer> layers, Tensor x, StackPass pass, Dropout dropout, List<Tensor>? hidden);
}
