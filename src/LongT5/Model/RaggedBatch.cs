using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>Inputs of any lengths laid end to end as rows, with no padding between them.</summary>
sealed class RaggedBatch
{
    /// <summary>
    /// Rows that go through a layer together: enough to amortise packing a weight, few enough to stay near.
    /// </summary>
    private const int ChunkRows = 2048;

    public RaggedBatch(IReadOnlyList<int> lengths)
    {
        var inputs = new Input[lengths.Count];
        var chunks = new List<Chunk>();
        var pieces = new List<Piece>();
        var (rows, chunkStart) = (0, 0);
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new(i, rows, lengths[i]);
            for (var first = 0; first < lengths[i];)
            {
                // A cut inside an input falls between panels of keys, so that each chunk packs its own.
                var room = ChunkRows - (rows - chunkStart);
                var left = lengths[i] - first;
                var count = left <= room ? left : room / Tiles.PanelKeys * Tiles.PanelKeys;
                if (count > 0)
                    pieces.Add(new(inputs[i], first, count));
                first += count;
                rows += count;
                if (first < lengths[i])
                    Close();
            }
        }
        Close();
        (Inputs, Chunks, Rows) = (inputs, chunks, rows);

        void Close()
        {
            if (pieces.Count > 0)
                chunks.Add(new(chunkStart, rows - chunkStart, [.. pieces]));
            pieces.Clear();
            chunkStart = rows;
        }
    }

    /// <summary>One input: its place in the batch, its first row among those of all, and how many it has.</summary>
    public sealed record Input(int Index, int Row, int Length);

    /// <summary>Some tokens of one input.</summary>
    public readonly record struct Piece(Input Input, int First, int Count);

    /// <summary>Consecutive rows, and whose they are.</summary>
    public readonly record struct Chunk(int Row, int Count, Piece[] Pieces);

    public IReadOnlyList<Input> Inputs { get; }

    public IReadOnlyList<Chunk> Chunks { get; }

    /// <summary>Tokens of all inputs.</summary>
    public int Rows { get; }

    /// <summary>The rows of the largest chunk.</summary>
    public int LargestChunk => Chunks.Max(chunk => chunk.Count);
}
