using LongT5.Training.Torch;
using static TorchSharp.torch;

namespace LongT5.Training.Twin;

/// <summary>The head and its loss in one: logits exist for a slice of positions at a time.</summary>
/// <remarks>
/// The gradient of the loss needs nothing that is not at hand when the logits are: it is taken at once, and the way
/// back only scales it. Positions without a label are never computed.
/// </remarks>
sealed class CrossEntropy : autograd.SingleTensorFunction<CrossEntropy>
{
    // Logits of a slice: 2^24 elements are 64 MiB.
    const long SliceElements = 1 << 24;

    public override string Name => nameof(CrossEntropy);

    /// <param name="hidden">The decoder's output, [B, T, C].</param>
    /// <param name="head">[V, C]</param>
    /// <param name="labels">[B, T]; <see cref="Batch.Ignored"/> where nothing is to be learned.</param>
    /// <param name="type">Of the matrix products.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Apply(Tensor hidden, Tensor head, Tensor labels, ScalarType type, LossOptions options)
    {
        using var scope = NewDisposeScope();
        var places = labels.view(-1).ne(Number.Of(Batch.Ignored)).nonzero().view(-1);
        var rows = hidden.view(-1, hidden.shape[^1]).index_select(0, places); // [N, C]
        return apply(rows, head, labels.view(-1).index_select(0, places), type, options, is_grad_enabled())
            .MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
    {
        using var scope = NewDisposeScope();
        var (rows, head, labels) = ((Tensor)arguments[0], (Tensor)arguments[1], (Tensor)arguments[2]);
        var (type, options, needsGradient) = ((ScalarType)arguments[3], (LossOptions)arguments[4], (bool)arguments[5]);
        var (count, vocabulary) = (rows.shape[0], head.shape[0]);
        var divisor = options.Divisor ?? Math.Max(1, count);
        var (smooth, z) = (options.LabelSmoothing, options.ZLoss);

        var loss = zeros(1, device: rows.device).squeeze();
        var (ofRows, ofHead) = needsGradient ? (empty_like(rows), zeros_like(head)) : (null, null);
        var weight = head.to_type(type);
        var slice = Math.Max(1, SliceElements / vocabulary);
        for (var start = 0L; start < count; start += slice)
        {
            using var inner = NewDisposeScope();
            var length = Math.Min(slice, count - start);
            var input = rows.narrow(0, start, length).to_type(type);
            var logits = nn.functional.linear(input, weight).to_type(ScalarType.Float32); // [n, V]
            var label = labels.narrow(0, start, length).unsqueeze(1);
            var logSum = logits.logsumexp(-1, keepdim: true);

            // sum over the labels of: logSum - (1 - smooth) logit[label] - smooth mean(logits) + z logSum^2
            loss.add_(logSum.sum(), Number.One).sub_(logits.gather(1, label).sum().mul(Number.Of(1 - smooth)));
            if (smooth != 0) loss.sub_(logits.mean([-1]).sum().mul(Number.Of(smooth)));
            if (z != 0) loss.add_(logSum.square().sum(), Number.Of(z));
            if (!needsGradient) continue;

            var gradient = logits.sub_(logSum).exp_(); // the probabilities
            if (z != 0) gradient.mul_(logSum.mul(Number.Of(2 * z)).add_(Number.Of(1)));
            if (smooth != 0) gradient.sub_(Number.Of(smooth / vocabulary));
            gradient.scatter_add_(1, label, full_like(label, smooth - 1, dtype: ScalarType.Float32));
            var rounded = gradient.div_(Number.Of(divisor)).to_type(type);
            ofRows!.narrow(0, start, length).copy_(rounded.mm(weight));
            ofHead!.add_(rounded.t().mm(input), Number.One);
        }
        if (needsGradient) context.save_for_backward([ofRows!.MoveToOuterDisposeScope(), ofHead!.MoveToOuterDisposeScope()]);
        return loss.div_(Number.Of(divisor)).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        => BackwardPass.Run(gradient, arguments: 6, () =>
        {
            var saved = context.get_saved_variables();
            return [saved[0].mul(gradient), saved[1].mul(gradient), null, null, null, null];
        });
}
