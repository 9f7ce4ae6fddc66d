using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace LongT5.Torch.Autograd;

/// <summary>How a custom backward is run, so that it neither piles up memory nor ends the process.</summary>
/// <remarks>
/// The handles of incoming and outgoing gradients belong to the caller's dispose scope, which lasts for the whole
/// step; there the gradients of every layer would gather. So incoming handles are freed here, and outgoing ones by the
/// next call on this thread: the native side has references of its own by then. An exception must not leave a callback
/// of native code; it is kept, the rest of the way back does nothing, and whoever began it gets it.
/// </remarks>
static class BackwardPass
{
    [ThreadStatic] static List<Tensor>? t_returned;

    // Not of the thread: a GPU's way back has one of its own.
    static volatile ExceptionDispatchInfo? s_failure;

    /// <summary>Adds the gradients of a loss to those of the parameters.</summary>
    public static void Begin(Tensor loss)
    {
        s_failure = null;
        loss.backward();
        FreeReturned();
        s_failure?.Throw();
    }

    /// <summary>The body of a custom backward.</summary>
    /// <param name="gradient">Of the result; freed here.</param>
    /// <param name="arguments">How many arguments the forward had.</param>
    /// <param name="gradients">The gradients of the arguments, null for one that has none.</param>
    public static List<Tensor> Run(Tensor gradient, int arguments, Func<Tensor?[]> gradients)
    {
        FreeReturned();
        using var incoming = gradient;
        using var scope = NewDisposeScope();
        if (s_failure is null)
        {
            try
            {
                var computed = gradients();
                FreeReturned(); // of a way back within this one
                t_returned = [.. computed.OfType<Tensor>().Select(one => one.DetachFromDisposeScope())];
                return [.. computed.Select(one => one!)];
            }
            catch (Exception failure)
            {
                s_failure ??= ExceptionDispatchInfo.Capture(failure);
            }
        }
        return [.. new Tensor[arguments]];
    }

    static void FreeReturned()
    {
        foreach (var gradient in t_returned ?? []) gradient.Dispose();
        t_returned = null;
    }
}
