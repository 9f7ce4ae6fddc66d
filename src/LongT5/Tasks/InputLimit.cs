using LongT5.Machine;

namespace LongT5.Tasks;

/// <summary>The most tokens that are read at once, and why no more.</summary>
/// <param name="Tokens">The prefix and the end token among them; from 2 on.</param>
/// <param name="Reason">The end of a sentence.</param>
/// <param name="IsOfMemory">Whether it is for want of memory.</param>
sealed record InputLimit(int Tokens, string Reason, bool IsOfMemory)
{
    /// <param name="model">The model.</param>
    /// <param name="options">What is asked, resolved.</param>
    /// <param name="sharers">How many texts share the memory evenly, this one among them.</param>
    /// <exception cref="InsufficientMemoryException">No token fits.</exception>
    public static InputLimit Of(LongT5Model model, TextOptions options, int sharers)
    {
        if (options.MaxInputTokens is { } asked)
            ArgumentOutOfRangeException.ThrowIfLessThan(asked, 2, nameof(options.MaxInputTokens));
        // Under a scheduler it is all that there is for requests, not what others leave: they end.
        var memory = (model.Scheduler is { Memory: var all } ? Math.Min(options.MaxMemory ?? all, all)
            : options.MaxMemory ?? MemoryBudget.Shared.Room) / sharers;
        var fits = model.Engine.LongestInput(memory, Sequences(options), MostNewTokens(options));
        if (fits < 2)
            throw new InsufficientMemoryException(
                $"{memory >> 20} MiB of memory are not enough for a single token; free some, or ask for fewer beams.");
        return (options.MaxInputTokens, options.ModelMaxInputTokens) switch
        {
            _ when options.Long is LongInput.Whole or LongInput.Fuse =>
                new(fits, $"{memory >> 20} MiB of memory hold no more", true),
            ({ } most, _) when most <= fits => new(most, "that is the limit given", false),
            (null, { } most) when most <= fits => new(most,
                "this model makes no sense of more; a greatest input of your own reads more all the same", false),
            _ => new(fits, $"{memory >> 20} MiB of memory hold no more", true),
        };
    }

    /// <summary>Sequences that the decoder keeps.</summary>
    public static int Sequences(TextOptions options)
        => Math.Max(options.Generation.NumBeams ?? 1, options.Generation.NumReturnSequences ?? 1);

    /// <summary>The most tokens that may be written.</summary>
    public static int MostNewTokens(TextOptions options)
        => options.Generation.MaxNewTokens ?? options.Generation.MaxLength ?? 0;
}
