using LongT5.Formats;

namespace LongT5.Cli.Input;

/// <summary>A padded batch of token ids as frameworks hand it around, unpadded.</summary>
/// <param name="Padded">The ids as they came: [B, L].</param>
/// <param name="Inputs">The ids of each input without padding.</param>
/// <param name="DecoderInputs">The ids that the decoder is forced through, all of one
/// length; null where there are none.</param>
sealed record ForwardBatch(int[][] Padded, int[][] Inputs, int[][]? DecoderInputs)
{
    /// <summary>L, what the longest input was padded to.</summary>
    public int Length => Padded[0].Length;

    /// <summary>
    /// Reads <c>input_ids</c>, and <c>attention_mask</c> and <c>decoder_input_ids</c> where they are given.
    /// </summary>
    /// <exception cref="Failure">A tensor is missing, of another kind, or
    /// padded elsewhere than on the right.</exception>
    public static ForwardBatch Read(string path)
    {
        using var file = Safetensors.Open(path);
        foreach (var name in file.Tensors.Keys)
            if (name is not ("input_ids" or "attention_mask" or "decoder_input_ids"))
                throw new Failure(
                    $"{path} holds {name}; input_ids, attention_mask and decoder_input_ids are understood.");
        var ids = Matrix(path, file, "input_ids") ?? throw new Failure($"{path} holds no input_ids.");
        var mask = Matrix(path, file, "attention_mask");
        if (mask is not null && (mask.Length != ids.Length || mask[0].Length != ids[0].Length))
            throw new Failure($"{path}: attention_mask must have the shape of input_ids.");
        var inputs = ids.Select((row, i) => mask is null ? row : row[..RealTokens(path, mask[i], i)]).ToArray();

        var decoder = Matrix(path, file, "decoder_input_ids");
        if (decoder is not null && decoder.Length != ids.Length)
            throw new Failure($"{path}: decoder_input_ids has {decoder.Length} rows, input_ids {ids.Length}.");
        return new(ids, inputs, decoder);
    }

    private static int RealTokens(string path, int[] mask, int row)
    {
        var real = mask.AsSpan().IndexOf(0) is >= 0 and var end ? end : mask.Length;
        if (mask.AsSpan(real).ContainsAnyExcept(0) || mask.AsSpan(0, real).ContainsAnyExcept(1))
            throw new Failure(
                $"{path}: row {row} of attention_mask must be ones, then zeros; LongT5's blocks begin at the first "
                + "token, so padding goes to the right alone.");
        return real > 0 ? real : throw new Failure($"{path}: row {row} of attention_mask has no token at all.");
    }

    /// <summary>[rows, columns] of integers, or null where there is no such tensor.</summary>
    private static int[][]? Matrix(string path, Safetensors file, string name)
    {
        if (!file.Tensors.TryGetValue(name, out var tensor))
            return null;
        if (tensor.Shape is not [> 0 and <= int.MaxValue and var rows, > 0 and <= int.MaxValue and var columns])
            throw new Failure($"{path}: {name} must have two dimensions, neither of them 0, not "
                + $"[{string.Join(", ", tensor.Shape)}].");
        return [.. Enumerable.Range(0, (int)rows).Select(row => tensor.ToIntegers(row * columns, (int)columns))];
    }
}
