namespace LongT5.Kernels;

/// <summary>The largest values of a row and where they stand; of equals, the one at the lowest index goes first.</summary>
internal static class TopK
{
    /// <summary>The index of the largest value.</summary>
    public static int Argmax(ReadOnlySpan<float> x)
    {
        var best = 0;
        for (var i = 1; i < x.Length; i++)
            if (x[i] > x[best])
                best = i;
        return best;
    }

    /// <summary>The <c>indices.Length</c> largest values, in falling order.</summary>
    public static void Select(ReadOnlySpan<float> x, Span<int> indices, Span<float> values)
    {
        var count = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (count == indices.Length && !(x[i] > values[count - 1]))
                continue;
            var at = count == indices.Length ? count - 1 : count++;
            for (; at > 0 && x[i] > values[at - 1]; at--)
                (values[at], indices[at]) = (values[at - 1], indices[at - 1]);
            (values[at], indices[at]) = (x[i], i);
        }
    }
}
