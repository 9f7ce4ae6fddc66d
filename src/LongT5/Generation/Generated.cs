namespace LongT5.Generation;

/// <summary>Why a sequence ended.</summary>
public enum GenerationEnd
{
    /// <summary>With one of the end tokens.</summary>
    EndToken,

    /// <summary>At the greatest length: it may be cut.</summary>
    Length,

    /// <summary>With one of the stop strings.</summary>
    StopString,

    /// <summary>When its time was over: it may be cut.</summary>
    Time,
}

/// <summary>One generated sequence.</summary>
/// <param name="Input">The input that it answers.</param>
/// <param name="Ids">Its tokens, from the start token to the end token, where it has one.</param>
/// <param name="Score">
/// Its log-probability, divided by (new tokens)^length_penalty. With beams that of the scores as the rules left them,
/// as in the reference; otherwise the model's own.
/// </param>
/// <param name="End">Why it ended.</param>
/// <param name="NewTokens">Tokens that were added to the start token and the given beginning.</param>
/// <param name="Steps">Calls of the decoder that it took; below
/// <paramref name="NewTokens"/> where drafts were kept.</param>
/// <param name="DraftsTried">Draft tokens that were checked.</param>
/// <param name="DraftsKept">Draft tokens that turned out to be what greedy decoding gives.</param>
public sealed record Generated(
    int Input, int[] Ids, float Score, GenerationEnd End, int NewTokens, int Steps, int DraftsTried, int DraftsKept)
{
    /// <summary>
    /// A node whose path begins with all tokens but the last; it is there as long as the session, if that keeps
    /// queries.
    /// </summary>
    internal int Node { get; init; }
}

/// <summary>What one step of the decoder brought for one input.</summary>
public readonly ref struct GenerationStep
{
    /// <summary>The input.</summary>
    public required int Input { get; init; }

    /// <summary>Calls of the decoder so far.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens generated so far, as far as one can tell: of the best beam, the first sample.</summary>
    public required int Length { get; init; }

    /// <summary>
    /// Tokens of the input's first sequence that have become final, after those of the steps before. None of them is
    /// ever taken back: all that can still win begins with them. The start token is the first.
    /// </summary>
    public required ReadOnlySpan<int> Final { get; init; }

    /// <summary>Whether the input has all its sequences.</summary>
    public required bool Done { get; init; }
}

/// <summary>Hears of each step of a generation, on the thread that generates.</summary>
public delegate void GenerationListener(GenerationStep step);
