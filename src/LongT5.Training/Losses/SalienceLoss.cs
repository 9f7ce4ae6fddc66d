using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// The mean square by which <see cref="CopyCircuit.Salience"/>, at the first token of a sentence, misses the sentence's
/// salience as the objective finds it.
/// </summary>
sealed class SalienceLoss : LossTerm
{
    public override string Name => "salience";

    /// <summary>The mean over the sentences of the batch; null where none has a salience.</summary>
    public override Tensor? Of(ForwardPass pass)
    {
        if (pass.Examples.All(example => example.Salience.Count == 0)) return null;
        var (length, device) = (pass.Batch.InputLength, pass.Model.Options.Device);
        var sentences = pass.Examples.SelectMany(
            (example, row) => example.Salience.Select(one => (Place: (long)row * length + one.Place, one.Value)))
                .ToArray();
        var places = tensor([.. sentences.Select(one => one.Place)], device: device); // [S]
        var wanted = tensor([.. sentences.Select(one => one.Value)], device: device); // [S]
        var config = pass.Model.Config;
        var found = pass.Memory.view(-1, config.DModel).index_select(0, places).select(1, CopyCircuit.Salience(config));
        return found.sub(wanted).Squared().mean().div(pass.Parts);
    }
}
