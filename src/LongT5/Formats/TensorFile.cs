using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>The tensors of one file, or of one folder of chunks, whatever its layout.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Tensors">They live until this is disposed.</param>
/// <param name="Memory">How long what they lie in is there.</param>
/// <param name="VerifyChecksums">Reads every byte that opening did not and that has a checksum.</param>
sealed record TensorFile(
    string Path, IReadOnlyCollection<StoredTensor> Tensors, Lifetime Memory, Action? VerifyChecksums = null)
        : IDisposable
{
    /// <summary>What is odd about the file, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public void Dispose() => Memory.Dispose();
}
