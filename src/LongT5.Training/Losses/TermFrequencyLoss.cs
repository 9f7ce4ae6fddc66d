using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// The mean square by which <see cref="CopyCircuit.TermFrequency"/> misses the logarithm of how often a token stands in
/// its input.
/// </summary>
sealed class TermFrequencyLoss : LossTerm
{
    public override string Name => "termFrequency";

    /// <inheritdoc/>
    public override Tensor Of(ForwardPass pass)
    {
        var (config, ids) = (pass.Model.Config, pass.Batch.InputIds); // [B, L]
        var (wanted, real) = Wanted(ids, config);
        var missed = pass.Memory.select(2, CopyCircuit.TermFrequency(config)).sub(wanted).Squared();
        return missed.mul(real).sum().div(real.sum()).div(pass.Parts);
    }

    // log(count) of each token, and 1 where there is one: [B, L] each.
    static (Tensor Logarithm, Tensor Real) Wanted(Tensor ids, LongT5Config config)
    {
        using var untracked = no_grad();
        var one = ones(ids.shape, device: ids.device);
        var counts = zeros([ids.shape[0], config.VocabSize], device: ids.device).scatter_add(1, ids, one);
        return (counts.gather(1, ids).log(), ids.ne(Number.Of(config.PadTokenId)).to_type(ScalarType.Float32));
    }
}
