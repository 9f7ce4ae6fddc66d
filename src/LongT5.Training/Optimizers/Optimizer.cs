using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Optimizers;

/// <summary>Turns gradients into new weights.</summary>
/// <remarks>
/// Its whole memory are named float32 tensors and the number of the step, so that it can be saved and continued.
/// </remarks>
abstract class Optimizer : IDisposable
{
    readonly Dictionary<string, Tensor> _memory = [];

    protected Optimizer(IEnumerable<(string Name, Parameter Weight)> parameters) => Parameters = [.. parameters];

    /// <summary>The weights that it changes, by their published names.</summary>
    public IReadOnlyList<(string Name, Parameter Weight)> Parameters { get; }

    /// <summary>What it remembers: averages of gradients, named <c>weight#what</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> Memory => _memory;

    /// <summary>Changes every weight that has a gradient.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of the step, from 1.</param>
    public void Step(double rate, long step)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        Update([.. Parameters.Where(parameter => parameter.Weight.grad is not null)], rate, step);
    }

    /// <summary>Takes over what an earlier optimizer remembered.</summary>
    public void Restore(string name, Tensor value) => _memory[name] = value.DetachFromDisposeScope();

    protected abstract void Update(IReadOnlyList<(string Name, Parameter Weight)> parameters, double rate, long step);

    /// <summary>A remembered tensor, zero when it is first asked for.</summary>
    protected Tensor Remembered(string weight, string what, long[] shape, Device device)
    {
        if (!_memory.TryGetValue($"{weight}#{what}", out var tensor))
            _memory[$"{weight}#{what}"] = tensor = zeros(shape, device: device).DetachFromDisposeScope();
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _memory.Values) tensor.Dispose();
    }
}
