namespace LongT5.Cli.Flags;

/// <summary>
/// Flags that may stand alone or with one word of a few: what follows is that word or a file, and not taken for the
/// one where it is the other.
/// </summary>
static class OptionalWords
{
    // The first word is what the flag says alone.
    private static readonly Dictionary<string, string[]> Flags = new()
    {
        ["--verbatim"] = ["any-order", "in-order"],
        ["--evidence"] = ["passages", "causal"],
    };

    /// <summary>The arguments with the word that a flag alone stands for.</summary>
    public static string[] Complete(string[] args)
        => [.. args.Select((arg, i) => Flags.TryGetValue(arg, out var words)
            && !words.Contains(args.ElementAtOrDefault(i + 1)) ? $"{arg}={words[0]}" : arg)];
}
