namespace LongT5.Text;

/// <summary>
/// How ids are made from a text, and a text from ids: T5's tokenizers come in two kinds that differ in rare cases.
/// </summary>
abstract class TokenScheme(string[] pieces, SpecialTokens special)
{
    /// <summary>The text of every id, sentinels included; empty for an id that has none.</summary>
    public string[] Pieces { get; } = pieces;

    public SpecialTokens Special { get; } = special;

    /// <summary>Whether an end token that the text itself wrote is enough.</summary>
    public abstract bool KeepsWrittenEnd { get; }

    /// <summary>Whether an end token is added at all.</summary>
    public abstract bool AddsEnd { get; }

    /// <summary>Adds the tokens of a text, without an end token.</summary>
    public abstract void Encode(string text, TokenList output);

    /// <summary>The text of some ids, all of which have a piece.</summary>
    public abstract string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens);
}
