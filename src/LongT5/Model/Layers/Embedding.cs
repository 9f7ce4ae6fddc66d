// Shapes: N tokens, V vocabulary, C model width, E width of the table, R rank of an adapter.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The states of tokens that nothing has looked at yet.</summary>
/// <param name="table">[V, C], or [V, E] where a matrix widens its rows.</param>
/// <param name="projection">E to C; null where the table is as wide as the model.</param>
/// <param name="update">What an adapter adds to the rows; null for nothing.</param>
sealed unsafe class Embedding(Matrix table, Linear? projection, EmbeddingUpdate? update = null)
{
    /// <summary>The rows.</summary>
    public Matrix Table => table;

    /// <param name="ids">N token ids.</param>
    /// <param name="x">[N, C].</param>
    /// <param name="place">The stack.</param>
    /// <param name="workers">Who computes.</param>
    public void Of(ReadOnlySpan<int> ids, float* x, Place place, Workers workers)
    {
        if (projection is null)
        {
            Rows(ids, x);
            return;
        }
        using var rows = Scratch.Rent((long)ids.Length * table.Columns);              // [N, E]
        Rows(ids, rows.Pointer);
        projection.Apply(place, rows.Pointer, ids.Length, x, workers);
    }

    /// <summary>The same with what an adapter has of it.</summary>
    /// <param name="own">Rows in place of these; null for these.</param>
    /// <param name="added">What is added to them; null for nothing.</param>
    public Embedding With(Matrix? own, EmbeddingUpdate? added) => new(own ?? table, projection, added);

    private void Rows(ReadOnlySpan<int> ids, float* x)
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
