using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>What stands beside one matrix.</summary>
abstract class LinearAdapter : IDisposable
{
    /// <summary>Its parts by the names that PEFT gives them behind that of the matrix.</summary>
    public abstract IEnumerable<(string Name, nn.Module Module)> Modules { get; }

    /// <summary>Its parameters that are no part of a module.</summary>
    public virtual IEnumerable<(string Name, Parameter Parameter)> Parameters => [];

    /// <summary>The product with what the adapter makes of it.</summary>
    /// <param name="input">[..., in], in the type of the products.</param>
    /// <param name="product">The map that it stands beside, which stays as it is.</param>
    /// <returns>[..., out]</returns>
    public abstract Tensor Forward(Tensor input, Func<Tensor, Tensor> product);

    /// <summary>Frees its parameters.</summary>
    public void Dispose()
    {
        foreach (var (_, module) in Modules) module.Dispose();
        foreach (var (_, parameter) in Parameters) parameter.Dispose();
        GC.SuppressFinalize(this);
    }
}
