using LongT5.Torch;
using LongT5.Torch.Autograd;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// The loss of the words: the head and its terms in one, so that logits exist for a slice of positions at a time.
/// </summary>
/// <remarks>
/// The gradient needs nothing that is not at hand when the logits are: it is taken at once, and the way back only
/// scales it. Positions without a label are never computed.
/// </remarks>
sealed class HeadLoss(params IReadOnlyList<LogitTerm> terms) : LossTerm
{
    public override string Name => "words";

    /// <inheritdoc/>
    public override Tensor Of(ForwardPass pass)
    {
        var each = pass.BySource is null ? null : new List<float>();
        var loss = Of(pass.Output, pass.Model.Head, pass.Batch.Labels, pass.Model.Options.MatrixType, pass.Divisor,
            pass.Teacher?.Logits, each);
        if (each is null) return loss;
        var first = 0;
        foreach (var example in pass.Examples)
        {
            pass.BySource!.Add(example.Source!, each.GetRange(first, example.Labels).Sum(one => (double)one),
                example.Labels);
            first += example.Labels;
        }
        return loss;
    }

    /// <param name="hidden">The decoder's output, [B, T, C].</param>
    /// <param name="head">[V, C]</param>
    /// <param name="labels">[B, T]; <see cref="Batch.Ignored"/> where nothing is to be learned.</param>
    /// <param name="type">Of the matrix products.</param>
    /// <param name="divisor">As in <see cref="ForwardPass.Divisor"/>.</param>
    /// <param name="teacher">
    /// A teacher's logits [n, V] of n positions with a label, from the first one given on; null where there is none.
    /// </param>
    /// <param name="each">Gets the cross-entropy of every label, row by row; null where nobody wants it.</param>
    /// <returns>A scalar.</returns>
    internal Tensor Of(Tensor hidden, Tensor head, Tensor labels, ScalarType type, double? divisor = null,
        Func<long, long, Tensor>? teacher = null, List<float>? each = null)
    {
        using var scope = NewDisposeScope();
        var places = labels.view(-1).ne(Number.Of(Batch.Ignored)).nonzero().view(-1);
        var rows = hidden.view(-1, hidden.shape[^1]).index_select(0, places); // [N, C]
        var by = divisor ?? Math.Max(1, rows.shape[0]);
        return Function.apply(rows, head, labels.view(-1).index_select(0, places), type, terms, by, is_grad_enabled(),
                teacher!, each!)
            .MoveToOuterDisposeScope();
    }

    sealed class Function : autograd.SingleTensorFunction<Function>
    {
        // Logits of a slice: 2^24 elements are 64 MiB.
        const long SliceElements = 1 << 24;

        public override string Name => nameof(HeadLoss);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            using var scope = NewDisposeScope();
            var (rows, head, labels) = ((Tensor)arguments[0], (Tensor)arguments[1], (Tensor)arguments[2]);
            var (type, terms) = ((ScalarType)arguments[3], (IReadOnlyList<LogitTerm>)arguments[4]);
            var (divisor, needsGradient) = ((double)arguments[5], (bool)arguments[6]);
            var teacher = (Func<long, long, Tensor>?)arguments[7];
            var each = (List<float>?)arguments[8];
            var (count, vocabulary) = (rows.shape[0], head.shape[0]);

            var loss = zeros(1, device: rows.device).squeeze();
            var ofRows = needsGradient ? empty_like(rows) : null;
            // null where the head stays as it is
            var ofHead = needsGradient && head.requires_grad ? zeros_like(head) : null;
            var weight = head.to_type(type);
            var slice = Math.Max(1, SliceElements / vocabulary);
            for (var start = 0L; start < count; start += slice)
            {
                using var inner = NewDisposeScope();
                var length = Math.Min(slice, count - start);
                var input = rows.narrow(0, start, length).to_type(type);
                var logits = nn.functional.linear(input, weight).to_type(ScalarType.Float32); // [n, V]
                var part = new LogitSlice(logits, logits.logsumexp(-1, keepdim: true), labels.narrow(0, start, length)
                    .unsqueeze(1), teacher?.Invoke(start, length));
                each?.AddRange(part.LogSum.sub(part.Logits.gather(1, part.Label)).view(-1).cpu().data<float>());
                foreach (var term in terms) loss.add_(term.Sum(part), Number.One);
                if (!needsGradient) continue;

                var factor = zeros_like(part.LogSum);
                foreach (var term in terms) factor.add_(term.FactorOfProbability(part), Number.One);
                var gradient = (terms.Any(term => term.NeedsLogits) ? logits.sub(part.LogSum)
                    : logits.sub_(part.LogSum)).exp_().mul_(factor);
                foreach (var term in terms) term.AddRest(gradient, part);
                var rounded = gradient.div_(Number.Of(divisor)).to_type(type);
                ofRows!.narrow(0, start, length).copy_(rounded.mm(weight));
                ofHead?.add_(rounded.t().mm(input), Number.One);
            }
            if (needsGradient)
            {
                List<Tensor> gradients = [ofRows!.MoveToOuterDisposeScope()];
                if (ofHead is not null) gradients.Add(ofHead.MoveToOuterDisposeScope());
                context.save_for_backward(gradients);
            }
            return loss.div_(Number.Of(divisor)).MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
            => BackwardPass.Run(gradient, arguments: 9, () =>
            {
                var saved = context.get_saved_variables();
                var ofHead = saved.Count > 1 ? saved[1].mul(gradient) : null;
                return [saved[0].mul(gradient), ofHead, null, null, null, null, null, null, null];
            });
    }
}
