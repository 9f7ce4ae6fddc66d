using LongT5.Formats;
using LongT5.Torch.Mixers;
using static TorchSharp.torch;

namespace LongT5.Torch;

/// <summary>Texts that are computed together: padded on the right to the longest of each side.</summary>
public sealed class Batch : IDisposable
{
    /// <summary>The label of a place that counts for nothing.</summary>
    public const int Ignored = -100;

    /// <param name="inputs">The ids of each text to read; none is empty.</param>
    /// <param name="targets">The ids of each text to write;
    /// <see cref="Ignored"/> where nothing is to be learned.</param>
    /// <exception cref="ArgumentException">The numbers differ, an input is empty, or
    /// an id is not of the vocabulary.</exception>
    public Batch(IReadOnlyList<int[]> inputs, IReadOnlyList<int[]> targets, LongT5Config config, Device device)
    {
        if (inputs.Count == 0 || inputs.Count != targets.Count)
            throw new ArgumentException(
                $"{inputs.Count} inputs and {targets.Count} targets: as many of each are needed.");
        Check(inputs, config.VocabSize, least: 0);
        Check(targets, config.VocabSize, least: Ignored);

        InputLengths = [.. inputs.Select(input => input.Length)];
        var block = EncoderMixer.Of(config).Block;
        InputLength = (InputLengths.Max() + block - 1) / block * block;
        TargetLength = targets.Max(target => target.Length);

        using var scope = NewDisposeScope();
        InputIds = Rows(inputs, InputLength, config.PadTokenId);
        Labels = Rows(targets, TargetLength, Ignored);
        var start = config.DecoderStartTokenId
            ?? throw new ArgumentException("The configuration names no decoder_start_token_id, which training needs.");
        DecoderIds =
            Rows([.. targets.Select(target => (int[])[start, .. target.Select(id => id < 0 ? config.PadTokenId : id)])],
            TargetLength, config.PadTokenId);
        InputMask = Mask(InputLengths, InputLength, AttentionPattern.Never, device)?.view(-1, 1, 1, InputLength);
        EncodedLength = config.EncodedTokens(InputLength);
        EncodedMask = EncodedLength == InputLength ? InputMask
            : Mask([.. InputLengths.Select(config.EncodedTokens)], EncodedLength, AttentionPattern.Never, device)
                ?.view(-1, 1, 1, EncodedLength);
        InputTokens = InputLengths.Sum(length => (long)length);
        TargetTokens = targets.Sum(target => target.Count(id => id != Ignored));
        foreach (var kept in new[] { InputIds, Labels, DecoderIds, InputMask, EncodedMask })
            kept?.DetachFromDisposeScope();

        Tensor Rows(IReadOnlyList<int[]> rows, int length, int padding)
        {
            var ids = new long[rows.Count, length];
            for (var i = 0; i < rows.Count; i++)
                for (var j = 0; j < length; j++)
                    ids[i, j] = j < rows[i].Length ? rows[i][j] : padding;
            return tensor(ids, device: device);
        }
    }

    /// <summary>[B, L]</summary>
    public Tensor InputIds { get; }

    /// <summary>Real tokens of each row.</summary>
    public IReadOnlyList<int> InputLengths { get; }

    /// <summary>L: the longest row, up to a whole block.</summary>
    public int InputLength { get; }

    /// <summary>[B, T], -100 at padding.</summary>
    public Tensor Labels { get; }

    /// <summary>The labels shifted right: what the decoder reads, [B, T].</summary>
    public Tensor DecoderIds { get; }

    /// <summary>T: the longest target.</summary>
    public int TargetLength { get; }

    /// <summary>Real tokens of all inputs.</summary>
    public long InputTokens { get; }

    /// <summary>Labels that count.</summary>
    public long TargetTokens { get; }

    // 0 or AttentionPattern.Never, [B, 1, 1, L]; null where no row is shorter than L.
    internal Tensor? InputMask { get; }

    // States of the encoder's output: L, unless they are pooled.
    internal int EncodedLength { get; }

    // As the input's mask, [B, 1, 1, EncodedLength].
    internal Tensor? EncodedMask { get; }

    // 0 for the first `lengths[row]` places and `hidden` for the rest, [B, length]; null where there is no rest.
    internal static Tensor? Mask(IReadOnlyList<int> lengths, int length, float hidden, Device device)
    {
        if (lengths.All(n => n == length)) return null;
        var mask = new float[lengths.Count, length];
        for (var i = 0; i < lengths.Count; i++)
            for (var j = lengths[i]; j < length; j++)
                mask[i, j] = hidden;
        return tensor(mask, device: device);
    }

    static void Check(IReadOnlyList<int[]> rows, int vocabulary, int least)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Length == 0) throw new ArgumentException($"Row {i} is empty.");
            foreach (var id in rows[i])
            {
                if (id >= vocabulary || id < least || (id < 0 && id != Ignored))
                    throw new ArgumentException($"An example holds the id {id}, and the model's vocabulary has "
                        + $"{vocabulary}: the tokenizer, or an id that the objective names, is another model's.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        InputIds.Dispose();
        Labels.Dispose();
        DecoderIds.Dispose();
        InputMask?.Dispose();
        if (!ReferenceEquals(EncodedMask, InputMask)) EncodedMask?.Dispose();
    }
}
