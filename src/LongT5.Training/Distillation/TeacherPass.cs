using LongT5.Torch;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Distillation;

/// <summary>What a teacher says of a batch.</summary>
/// <param name="Logits">
/// Its logits [n, V] of n positions with a label, from the first one given on, in the order of the batch.
/// </param>
sealed record TeacherPass(Func<long, long, Tensor> Logits)
{
    /// <summary>What it computed between; null where nobody wants it.</summary>
    public LayerStates? Layers { get; init; }

    /// <summary>Tokens of its inputs with padding: its own block may differ from the student's.</summary>
    public int InputLength { get; init; }

    /// <summary>The numbers of the positions that have a label, of all rows one after another.</summary>
    public static Tensor Places(Batch batch) => batch.Labels.view(-1).ne(Number.Of(Batch.Ignored)).nonzero().view(-1);
}
