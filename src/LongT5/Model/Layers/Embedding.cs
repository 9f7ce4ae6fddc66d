// Shapes: N tokens, V vocabulary, C width of the table, R rank of an adapter.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The states of tokens that nothing has looked at yet.</summary>
/// <param name="table">[V, C].</param>
/// <param name="update">What an adapter adds to the rows; null for nothing.</param>
sealed unsafe class Embedding(Matrix table, EmbeddingUpdate? update = null)
{
    /// <summary>[V, C].</summary>
    public Matrix Table => table;

    /// <param name="ids">N token ids.</param>
    /// <param name="x">[N, C].</param>
    public void Of(ReadOnlySpan<int> ids, float* x)
    {
        foreach (var id in ids)
        {
            Halves.ToFloats(table.Type, table.Row(id), x, table.Columns);
            update?.Add(id, x, table.Columns);
            x += table.Columns;
        }
    }
}

/// <summary>LoRA on an embedding: a token's row gains its column of A times B.</summary>
/// <param name="down">A [R, V].</param>
/// <param name="up">Bᵀ [R, C], scaled.</param>
sealed unsafe class EmbeddingUpdate(Matrix down, float* up)
{
    public void Add(int id, float* x, int width)
    {
        for (var k = 0; k < down.Rows; k++)
            Vectors.AddScaled(x, ((float*)down.Row(k))[id], up + (long)k * width, width);
    }
}
