using TorchSharp;
using static TorchSharp.torch;

namespace LongT5.Training.Twin;

/// <summary>The tensors of one call of a custom backward: what is made inside is freed at its end.</summary>
/// <remarks>
/// The handles of incoming and outgoing gradients belong to the caller's dispose scope, which lasts for the whole
/// step; there the gradients of every layer would pile up. So incoming handles are freed here, and outgoing ones by
/// the next call on this thread: the native side has its own references by then.
/// </remarks>
sealed class BackwardPass : IDisposable
{
    [ThreadStatic] static List<Tensor>? t_returned;

    readonly DisposeScope _scope = NewDisposeScope();
    readonly Tensor[] _incoming;

    public BackwardPass(params Tensor[] incoming)
    {
        _incoming = incoming;
        FreeReturned();
    }

    /// <summary>The gradients to hand back, null where an argument has none.</summary>
    public static List<Tensor> Return(params Tensor?[] gradients)
    {
        foreach (var gradient in gradients)
            gradient?.DetachFromDisposeScope();
        t_returned = [.. gradients.OfType<Tensor>()];
        return [.. gradients.Select(gradient => gradient!)];
    }

    /// <summary>Frees what the last call on this thread handed back.</summary>
    public static void FreeReturned()
    {
        foreach (var gradient in t_returned ?? [])
            gradient.Dispose();
        t_returned = null;
    }

    public void Dispose()
    {
        foreach (var gradient in _incoming)
            gradient.Dispose();
        _scope.Dispose();
    }
}
