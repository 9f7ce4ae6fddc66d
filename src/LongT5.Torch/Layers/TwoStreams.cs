using LongT5.Torch.Autograd;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>
/// Sub-layers add by turns to two streams (Gomez et al. 2017): what each read follows again from what it left, so that
/// the way back needs the last pair of states and nothing between.
/// </summary>
sealed class TwoStreams : Residual
{
    /// <inheritdoc/>
    public override Tensor Through(
        IReadOnlyList<Layer> layers, Tensor x, StackPass pass, Dropout dropout, List<Tensor>? hidden)
    {
        using var scope = NewDisposeScope();
        // Were every input frozen, autograd would never come back here, and the parameters inside would get nothing.
        var input = is_grad_enabled() && !x.requires_grad ? x.detach().requires_grad_() : x;
        var joined = Function.apply([new Walk(layers, pass, dropout, hidden), input, .. pass.Tensors!]);
        x.Dispose();
        hidden?.Add(joined);
        foreach (var look in pass.Looks ?? []) look.MoveToOuterDisposeScope();
        return joined.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The sub-layers of a stack in order: even ones read b and add to a, odd ones read a and add to b.
    /// </summary>
    sealed class Walk(IReadOnlyList<Layer> layers, StackPass pass, Dropout dropout, List<Tensor>? hidden)
    {
        readonly (Sublayer Sublayer, Dropout Layer, bool IsFirst)[] _steps = [.. layers.SelectMany((layer, i)
            => layer.Sublayers.Select((sublayer, j) => (sublayer, dropout.At(i + 1), j == 0)))];

        public void Forward(Tensor a, Tensor b)
        {
            foreach (var (k, (sublayer, layer, isFirst)) in _steps.Index())
            {
                if (isFirst) hidden?.Add(Mean(a, b).MoveToOuterDisposeScope());
                using var scope = NewDisposeScope();
                var (from, to) = k % 2 == 0 ? (b, a) : (a, b);
                var looks = pass.Looks?.Count;
                to.add_(sublayer.Branch(from, pass, layer), Number.One);
                if (pass.Looks?.Count > looks) pass.Looks[^1].MoveToOuterDisposeScope();
            }
        }

        /// <summary>Takes the streams back to the embeddings, and their gradients with them.</summary>
        /// <param name="a">[B, L, C], as it was left; changed in place, as are the others.</param>
        /// <param name="b">The same.</param>
        /// <param name="ofA">The gradient of a.</param>
        /// <param name="ofB">The gradient of b.</param>
        /// <param name="shared">In the place of the tensors of the pass; their gradients gather.</param>
        public void Back(Tensor a, Tensor b, Tensor ofA, Tensor ofB, Tensor?[] shared)
        {
            var same = pass.With(shared);
            for (var k = _steps.Length - 1; k >= 0; k--)
            {
                using var scope = NewDisposeScope();
                var (from, to, ofFrom, ofTo) = k % 2 == 0 ? (b, a, ofB, ofA) : (a, b, ofA, ofB);
                var read = from.detach().requires_grad_();
                Tensor branch;
                using (enable_grad()) branch = _steps[k].Sublayer.Branch(read, same, _steps[k].Layer);
                to.sub_(branch.detach());
                branch.backward([ofTo.to_type(branch.dtype)]);
                if (read.grad is { } gradient) ofFrom.add_(gradient, Number.One);
            }
        }

        public static Tensor Mean(Tensor a, Tensor b) => a.add(b, Number.One).mul_(Number.Of(0.5));
    }

    sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(TwoStreams);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var (walk, x) = ((Walk)arguments[0], (Tensor)arguments[1]);
            Tensor a = x.detach().clone(), b = x.detach().clone();
            walk.Forward(a, b);
            context.save_data("walk", walk);
            context.save_for_backward([a, b, .. arguments.Skip(2).Cast<Tensor>()]);
            return Walk.Mean(a, b);
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var saved = context.get_saved_variables();
            return BackwardPass.Run(gradient, arguments: saved.Count, () =>
            {
                Tensor ofA = gradient.mul(Number.Of(0.5)), ofB = ofA.clone();
                Tensor?[] shared = [.. saved.Skip(2).Select(one => one?.detach().requires_grad_(one.requires_grad))];
                ((Walk)context.get_data("walk")).Back(saved[0].detach(), saved[1].detach(), ofA, ofB, shared);
                return [null, ofA.add_(ofB, Number.One), .. shared.Select(one => one?.grad)];
            });
        }
    }
}
