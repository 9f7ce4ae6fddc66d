using LongT5.Torch.Layers;

namespace LongT5.Torch.Adapters;

/// <summary>What an adapter drops while a step is taken; nothing at any other time.</summary>
/// <param name="rate">Share of what enters a product.</param>
sealed class AdapterDropout(double rate) : IDisposable
{
    long? _seed; // of the step; null where none is taken

    /// <summary>A step with this seed is taken, until the result is disposed.</summary>
    public IDisposable In(long seed)
    {
        _seed = seed;
        return this;
    }

    /// <summary>The dropout of a matrix.</summary>
    /// <param name="matrix">Its number.</param>
    public Dropout Of(int matrix) => _seed is { } seed ? new Dropout(rate, seed).At(matrix) : default;

    /// <summary>The step is taken.</summary>
    public void Dispose() => _seed = null;
}
