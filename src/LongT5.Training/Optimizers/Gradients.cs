using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Optimizers;

/// <summary>The gradients of all weights as one vector.</summary>
static class Gradients
{
    /// <summary>Its length.</summary>
    public static double Norm(IEnumerable<(string Name, Parameter Weight)> weights)
    {
        using var scope = NewDisposeScope();
        var squares = weights.Where(w => w.Weight.grad is not null).Select(w => SumOfSquares(w.Weight.grad!)).ToArray();
        return stack(squares).sum().sqrt().item<float>();
    }

    /// <summary>Makes it shorter.</summary>
    public static void Scale(IEnumerable<(string Name, Parameter Weight)> weights, double factor)
    {
        using var untracked = no_grad();
        foreach (var (_, weight) in weights) weight.grad?.mul_(Number.Of(factor));
    }

    // Freed one by one: the squares of all weights would take as much memory as the gradients do.
    static Tensor SumOfSquares(Tensor gradient)
    {
        using var squares = gradient.Squared();
        return squares.sum();
    }
}
