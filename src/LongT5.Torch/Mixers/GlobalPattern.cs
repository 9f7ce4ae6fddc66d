using LongT5.Formats;
using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>The global tokens of a batch: one for each whole block of a row's real tokens.</summary>
/// <remarks>Tokens behind the last whole block belong to it; a row shorter than a block has no global token.</remarks>
sealed class GlobalPattern
{
    readonly (int First, Tensor Members)[] _chunks;
    readonly int _blockSize;
    readonly LongT5Config _config;
    readonly Tensor? _real, _kept, _adopting;

    /// <param name="batch">At least one of its rows has a whole block; padded to whole blocks.</param>
    public GlobalPattern(Batch batch, LongT5Config config)
    {
        _config = config;
        var device = batch.InputIds.device;
        _blockSize = config.GlobalBlockSize;
        var whole = batch.InputLengths.Select(length => length / _blockSize).ToArray(); // blocks of each row
        Count = whole.Max();
        Mask = Batch.Mask(whole, Count, AttentionPattern.Never, device)?.view(-1, 1, 1, Count);

        var (rows, length) = (whole.Length, batch.InputLength);
        if (batch.InputMask is not null)
        {
            using var scope = NewDisposeScope();
            var blocks = arange(length / _blockSize, device: device); // [blocks]
            var last = tensor(whole.Select(n => n - 1L).ToArray(), device: device).unsqueeze(1); // [B, 1]
            _real = batch.InputMask.view(rows, length, 1).eq(Number.Of(0)).to_type(ScalarType.Float32)
                .MoveToOuterDisposeScope();
            _kept = blocks.le(last).to_type(ScalarType.Float32).unsqueeze(2).MoveToOuterDisposeScope();
            _adopting = blocks.eq(last).to_type(ScalarType.Float32).unsqueeze(2).MoveToOuterDisposeScope();
        }

        var chunk = AttentionPattern.ChunkOf(length);
        _chunks = [.. Enumerable.Range(0, (length + chunk - 1) / chunk)
            .Select(i => Members(i * chunk, Math.Min(chunk, length - i * chunk)))];

        // Which of the chunk's blocks each of its queries lies in; rows differ only where one has ended.
        (int, Tensor) Members(int query, int queries)
        {
            int Block(int row, int i) => Math.Clamp((query + i) / _blockSize, 0, Math.Max(0, whole[row] - 1));
            var first = Enumerable.Range(0, rows).Min(row => Block(row, 0));
            var count = Enumerable.Range(0, rows).Max(row => Block(row, queries - 1)) - first + 1;
            var differ = Enumerable.Range(0, rows).Any(row => Block(row, queries - 1) != Block(0, queries - 1));
            var members = new float[differ ? rows : 1, 1, queries, count];
            for (var row = 0; row < members.GetLength(0); row++)
                for (var i = 0; i < queries; i++)
                    members[row, 0, i, first + count - 1 - Block(row, i)] = 1;
            return (first, tensor(members, device: device));
        }
    }

    /// <summary>Global tokens of the longest row, G; 1 or more.</summary>
    public int Count { get; }

    /// <summary>The biases of the distances 1 - G to G - 1 in blocks: [H, 2 G - 1].</summary>
    /// <param name="table">[buckets, H]</param>
    public Tensor Line(Tensor table) => RelativePosition.Line(table, 1 - Count, 2 * Count - 1, bothWays: true, _config);

    /// <summary>0 or <see cref="AttentionPattern.Never"/>, [B, 1, 1, G]; null where every row has G.</summary>
    public Tensor? Mask { get; }

    /// <summary>The global tokens of a layer: the sums of each block's tokens.</summary>
    /// <param name="normal">[B, L, C], L a multiple of the block.</param>
    /// <returns>[B, G, C]</returns>
    public Tensor Sum(Tensor normal)
    {
        using var scope = NewDisposeScope();
        var blocks = normal.shape[1] / _blockSize;
        var tokens = _real is null ? normal : normal * _real;
        // [B, blocks, C]
        var sums = tokens.view(normal.shape[0], blocks, _blockSize, normal.shape[2]).sum([2], type: ScalarType.Float32);
        if (_kept is not null && _adopting is not null)
        {
            // The tokens behind a row's last whole block are adopted by it.
            var next = blocks > 1 ? nn.functional.pad(sums.narrow(1, 1, blocks - 1), [0, 0, 0, 1]) : zeros_like(sums);
            sums = (sums * _kept).add(next * _adopting, Number.One);
        }
        return sums.narrow(1, 0, Count).MoveToOuterDisposeScope();
    }

    /// <summary>The biases of a chunk of queries: [B or 1, H, queries, G].</summary>
    public Tensor Bias(int chunk, Tensor line)
    {
        using var scope = NewDisposeScope();
        return matmul(_chunks[chunk].Members, Windows(chunk, line).contiguous()).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the gradient of a chunk's biases to that of the line.</summary>
    /// <param name="gradient">[B, H, queries, G]</param>
    public void AddBiasGradient(int chunk, Tensor gradient, Tensor gradientOfLine)
    {
        using var scope = NewDisposeScope();
        var members = _chunks[chunk].Members;
        if (members.shape[0] == 1) gradient = gradient.sum([0], keepdim: true);
        var ofWindows = matmul(members.transpose(2, 3), gradient).sum([0]); // [H, blocks, G]
        var windows = Windows(chunk, gradientOfLine);
        for (var i = 0; i < windows.shape[1]; i++) windows.select(1, i).add_(ofWindows.select(1, i), Number.One);
    }

    // [H, blocks of the chunk, G], the last block first: each is the line from one place further on.
    Tensor Windows(int chunk, Tensor line)
    {
        var (first, members) = _chunks[chunk];
        var blocks = members.shape[3];
        return line.narrow(1, Count - first - blocks, Count + blocks - 1).unfold(1, Count, 1);
    }
}
