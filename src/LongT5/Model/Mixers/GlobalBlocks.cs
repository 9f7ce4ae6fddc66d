using LongT5.Kernels;

namespace LongT5.Model.Mixers;

/// <summary>The fixed blocks of an input whose sums become its global tokens.</summary>
/// <remarks>
/// Tokens that do not fill a block at the end belong to the last full one; an input shorter than a block has none.
/// Blocks are counted from the first token, so an input has the same blocks alone and in a batch.
/// </remarks>
/// <param name="Tokens">Length of the input.</param>
/// <param name="Size">Tokens of a block.</param>
readonly record struct GlobalBlocks(int Tokens, int Size)
{
    /// <summary>Number of blocks.</summary>
    public int Count => Tokens / Size;

    /// <summary>The block of a token; -1 where there is none.</summary>
    public int Of(int token) => Math.Min(token / Size, Count - 1);

    /// <summary>The token after a block's last one.</summary>
    public int End(int block) => block == Count - 1 ? Tokens : (block + 1) * Size;

    /// <summary>Adds the tokens from <paramref name="first"/> on to the sums of their blocks, in order.</summary>
    /// <param name="states">[count, width]: these tokens.</param>
    /// <param name="first">The position of the first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="sums">[Count, width]: of the whole input.</param>
    /// <param name="width">Width of a state.</param>
    /// <param name="workers">Who computes: each block is one worker's.</param>
    public unsafe void Add(float* states, int first, int count, float* sums, int width, Workers workers)
    {
        if (Count == 0)
            return;
        var blocks = this;
        var (firstBlock, end) = (Of(first), first + count);
        workers.For(Of(end - 1) - firstBlock + 1, item =>
        {
            var block = firstBlock + item;
            for (var token = Math.Max(first, block * blocks.Size); token < Math.Min(end, blocks.End(block)); token++)
                Vectors.Add(sums + (long)block * width, states + (long)(token - first) * width, width);
        });
    }
}
