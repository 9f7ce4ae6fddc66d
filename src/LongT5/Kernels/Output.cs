namespace LongT5.Kernels;

/// <summary>A matrix to multiply by, and where the product goes.</summary>
internal readonly unsafe struct Output(Matrix w, float* y)
{
    /// <summary>[out, in].</summary>
    public readonly Matrix W = w;

    /// <summary>[rows, out].</summary>
    public readonly float* Y = y;
}
