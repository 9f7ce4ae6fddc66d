namespace LongT5.Text;

/// <summary>How a vocabulary is to be used where its files leave that open.</summary>
public sealed record TokenizerOptions
{
    /// <summary>
    /// Whether text behind a special token gets a space of its own, as T5 tokenizers had it before transformers 4.31.
    /// Only a spiece.model knows this choice; T5X, with which LongT5 was trained, does it without.
    /// </summary>
    public bool Legacy { get; init; }

    /// <summary>
    /// How many sentinels (<c>&lt;extra_id_0&gt;</c> and on) follow the pieces of a spiece.model, the last one first.
    /// Null: 100, or none if the vocabulary has its own.
    /// </summary>
    public int? Sentinels { get; init; }

    /// <summary>
    /// Whether <c>&lt;/s&gt;</c>, a sentinel or another special token that is written in a text counts as that token.
    /// False takes every text as mere text.
    /// </summary>
    public bool SpecialTokensInText { get; init; } = true;
}
