using System.Numerics.Tensors;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>The checks that must read every byte: checksums, and numbers that are none.</summary>
static class CheckpointVerification
{
    private const int Piece = 1 << 18;

    /// <returns>A sentence for each thing that is wrong; none if all is well.</returns>
    public static List<string> Problems(
        IEnumerable<TensorFile> files, IEnumerable<StoredTensor> tensors, CancellationToken cancellation)
    {
        var problems = new List<string>();
        foreach (var file in files)
            Try(() => file.VerifyChecksums?.Invoke());
        var values = new float[Piece];
        foreach (var tensor in tensors)
            Try(() => Scan(tensor));
        return problems;

        void Scan(StoredTensor tensor)
        {
            if (tensor.Type.IsWhole())
            {
                if (tensor.Type == ElementType.I16 && CountTooLarge(tensor, cancellation) is > 0 and var large)
                    problems.Add($"{tensor.Name}: {large} of {tensor.Count} numbers are beyond 11 bits (-1023 to "
                        + $"1023), so sums may overflow.");
                return;
            }
            var (wrong, first) = CountNotFinite(tensor, values, cancellation);
            if (wrong > 0)
                problems.Add(
                    $"{tensor.Name}: {wrong} of {tensor.Count} numbers are NaN or infinite, the first at {first}.");
        }

        void Try(Action check)
        {
            try
            {
                check();
            }
            catch (BadFileException e)
            {
                problems.Add(e.Message);
            }
        }
    }

    private static unsafe long CountTooLarge(StoredTensor tensor, CancellationToken cancellation)
    {
        using var loan = tensor.Borrow();
        var large = 0L;
        for (var i = 0L; i < tensor.Count; i++)
        {
            if (i % Piece == 0)
                cancellation.ThrowIfCancellationRequested();
            if (Math.Abs((int)((short*)loan.Data)[i]) > Integers.LargestInt11)
                large++;
        }
        return large;
    }

    private static unsafe (long Wrong, long First) CountNotFinite(
        StoredTensor tensor, float[] values, CancellationToken cancellation)
    {
        var (wrong, first) = (0L, -1L);
        using var loan = tensor.Borrow();
        for (var start = 0L; start < tensor.Count; start += values.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var piece = values.AsSpan(0, (int)Math.Min(values.Length, tensor.Count - start));
            StoredTensor.Widen(tensor.Type, loan.Data + start * tensor.Type.Size(), piece);
            // The sum of magnitudes is finite unless one of them is not, or they are very large: then they are looked
            // at.
            if (float.IsFinite(TensorPrimitives.SumOfMagnitudes(piece)))
                continue;
            for (var i = 0; i < piece.Length; i++)
            {
                if (float.IsFinite(piece[i]))
                    continue;
                if (wrong++ == 0)
                    first = start + i;
            }
        }
        return (wrong, first);
    }
}
