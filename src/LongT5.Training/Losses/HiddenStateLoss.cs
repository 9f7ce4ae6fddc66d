using LongT5.Torch.Native;
using LongT5.Training.Distillation;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// <c>1 - cos(student, teacher)</c> of the states behind each layer: the mean over real tokens, then over the layers of
/// both stacks.
/// </summary>
/// <remarks>Sanh et al., "DistilBERT" (2019).</remarks>
/// <param name="map">The teacher's layers.</param>
/// <param name="projections">What widens the student's states to the teacher's.</param>
sealed class HiddenStateLoss(LayerMap map, Projections projections) : LossTerm
{
    public override string Name => "hiddenStates";

    /// <inheritdoc/>
    public override Tensor? Of(ForwardPass pass)
    {
        if (pass is not { Layers: { } own, Teacher: { Layers: { } taught } teacher }) return null;
        var (inputs, targets) = (pass.Batch.InputLengths, TeacherPass.Places(pass.Batch));
        var (here, there) = (Real(inputs, pass.Batch.InputLength, targets.device),
            Real(inputs, teacher.InputLength, targets.device));
        Tensor[] missed =
        [
            .. map.Encoder.Select((layer, i) => Missed(projections.Encoder, own.Encoder[i + 1], here,
                taught.Encoder[layer + 1], there)),
            .. map.Decoder.Select((layer, i) => Missed(projections.Decoder, own.Decoder[i + 1], targets,
                taught.Decoder[layer + 1], targets)),
        ];
        return stack(missed).mean().div(pass.Parts);
    }

    /// <param name="projection">[Ct, Cs]; null where the widths are equal.</param>
    /// <param name="own">[B, L, Cs]</param>
    /// <param name="here">The real tokens of all rows.</param>
    /// <param name="taught">[B, Lt, Ct]</param>
    /// <param name="there">The same tokens there.</param>
    /// <returns>A scalar.</returns>
    internal static Tensor Missed(Tensor? projection, Tensor own, Tensor here, Tensor taught, Tensor there)
    {
        var student = own.view(-1, own.shape[^1]).index_select(0, here);
        if (projection is not null) student = nn.functional.linear(student, projection);
        var wanted = taught.view(-1, taught.shape[^1]).index_select(0, there);
        return nn.functional.cosine_similarity(student, wanted, dim: -1).mul(Number.Of(-1)).add(Number.One).mean();
    }

    // The numbers of the tokens that are no padding, of all rows one after another.
    static Tensor Real(IReadOnlyList<int> lengths, int length, Device device)
        => tensor([.. lengths.SelectMany((count, row) => Enumerable.Range(0, count)
            .Select(place => (long)row * length + place))], device: device);
}
