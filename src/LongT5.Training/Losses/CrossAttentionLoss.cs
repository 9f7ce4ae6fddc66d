using LongT5.Torch.Native;
using LongT5.Training.Distillation;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// <c>KL(teacher || student)</c> of where each decoder layer looks in the input: the mean over positions with a label
/// and over heads, then over layers. Where the numbers of heads differ, it is between the means over heads.
/// </summary>
/// <remarks>As MiniLM has it of self-attention, Wang et al. (2020).</remarks>
/// <param name="map">The teacher's layers.</param>
sealed class CrossAttentionLoss(LayerMap map) : LossTerm
{
    public override string Name => "crossAttention";

    /// <inheritdoc/>
    public override Tensor? Of(ForwardPass pass)
    {
        if (pass is not { Layers.CrossAttention: { } own, Teacher.Layers.CrossAttention: { } taught }) return null;
        var places = TeacherPass.Places(pass.Batch);
        return stack(map.Decoder.Select((layer, i) => Missed(own[i], taught[layer], places))).mean().div(pass.Parts);
    }

    /// <param name="own">Logarithms of probabilities, [B, H, T, L].</param>
    /// <param name="taught">[B, Ht, T, Lt]; behind the shorter of the two there is padding alone.</param>
    /// <param name="places">The positions that count, of all rows.</param>
    /// <returns>A scalar.</returns>
    internal static Tensor Missed(Tensor own, Tensor taught, Tensor places)
    {
        var length = Math.Min(own.shape[3], taught.shape[3]);
        var same = own.shape[1] == taught.shape[1];
        var (student, teacher) = (Rows(own), Rows(taught));
        return teacher.exp().mul(teacher.sub(student)).sum(-1).mean();

        Tensor Rows(Tensor map) // [n, H or 1, L]
        {
            var rows = map.narrow(3, 0, length).transpose(1, 2).flatten(0, 1).index_select(0, places);
            return same ? rows : rows.logsumexp(1, keepdim: true).sub(Number.Of(Math.Log(map.shape[1])));
        }
    }
}
