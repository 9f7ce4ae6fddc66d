namespace LongT5.Generation;

/// <summary>What one session is fed in a call that several share.</summary>
/// <param name="Session">The session.</param>
/// <param name="Parents">Node ids, roots, or ids that this very call is about to give.</param>
/// <param name="Tokens">The token fed after each parent.</param>
/// <param name="Logits">[n, V]: filled for the last n tokens.</param>
public readonly record struct SessionFeed(
    DecoderSession Session, ReadOnlyMemory<int> Parents, ReadOnlyMemory<int> Tokens, Memory<float> Logits);
