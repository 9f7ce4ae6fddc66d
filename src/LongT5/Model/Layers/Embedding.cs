// Shapes: N tokens, V vocabulary, C model width.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The states of tokens that nothing has looked at yet.</summary>
/// <param name="table">[V, C].</param>
sealed unsafe class Embedding(Matrix table)
{
    /// <param name="ids">N token ids.</param>
    /// <param name="x">[N, C].</param>
    public void Of(ReadOnlySpan<int> ids, float* x)
    {
        foreach (var id in ids)
        {
            Halves.ToFloats(table.Type, table.Row(id), x, table.Columns);
            x += table.Columns;
        }
    }
}
