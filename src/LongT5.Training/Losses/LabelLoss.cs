using LongT5.Torch;
using LongT5.Torch.Native;
using LongT5.Training.Data;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>The loss of a head of labels, as transformers takes it.</summary>
/// <remarks>
/// The cross-entropy of the label; of any number of labels the mean of their binary cross-entropies; of a number the
/// square of what it is missed by; of tokens the mean of their cross-entropies; of an answer the mean of that of its
/// first token and that of its last, over the tokens of its own text: there alone transformers counts padding too, so
/// that its loss depends on the other texts of the batch.
/// </remarks>
sealed class LabelLoss(HeadKind kind) : LossTerm
{
    public override string Name => "labels";

    /// <inheritdoc/>
    public override Tensor Of(ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        HeadTarget[] targets = [.. pass.Examples.Select(example => example.Head!)];
        var scores = pass.Model.LabelScores(pass.Output, pass.Batch);
        if (pass.BySource is { } sources)
        {
            using var untracked = no_grad();
            foreach (var (i, example) in pass.Examples.Index())
                sources.Add(example.Source!, Sum(scores.narrow(0, i, 1), [targets[i]], [pass.Batch.InputLengths[i]])
                    .item<float>(), targets[i].Count);
        }
        var by = pass.Divisor ?? Math.Max(1, targets.Sum(target => target.Count));
        return Sum(scores, targets, pass.Batch.InputLengths).div(Number.Of(by)).MoveToOuterDisposeScope();
    }

    /// <param name="scores">[B, labels], or [B, L, labels].</param>
    /// <param name="targets">What is to be said.</param>
    /// <param name="lengths">Of each row of spans, the tokens that it is chosen among.</param>
    internal Tensor Sum(Tensor scores, IReadOnlyList<HeadTarget> targets, IReadOnlyList<int> lengths)
    {
        var device = scores.device;
        return kind switch
        {
            HeadKind.MultiLabel => nn.functional.binary_cross_entropy_with_logits(scores, Each(),
                reduction: nn.Reduction.Sum).div(Number.Of(scores.shape[1])),
            HeadKind.Regression => scores.sub(Each()).Squared().sum().div(Number.Of(scores.shape[1])),
            HeadKind.TokenClassification => nn.functional.cross_entropy(scores.reshape(-1, scores.shape[2]),
                tensor([.. targets.SelectMany(target => target.Values.Select(value => (long)value)
                    .Concat(Enumerable.Repeat((long)Batch.Ignored, (int)scores.shape[1] - target.Values.Length)))],
                    device: device), ignore_index: Batch.Ignored, reduction: nn.Reduction.Sum),
            HeadKind.Extractive => Place(0).add(Place(1)).div(Number.Of(2)),
            _ => nn.functional.cross_entropy(scores,
                tensor([.. targets.Select(target => (long)target.Values[0])], device: device),
                reduction: nn.Reduction.Sum),
        };

        Tensor Each()
            => tensor([.. targets.SelectMany(target => target.Values)], device: device).view(targets.Count, -1);

        Tensor Place(int side)
        {
            var logits = scores.select(2, side); // [B, L]
            if (Batch.Mask(lengths, (int)scores.shape[1], float.NegativeInfinity, device) is { } padding)
                logits = logits.add(padding);
            return nn.functional.cross_entropy(logits,
                tensor([.. targets.Select(target => (long)target.Values[side])], device: device),
                ignore_index: Batch.Ignored, reduction: nn.Reduction.Sum);
        }
    }
}
