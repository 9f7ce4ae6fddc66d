namespace LongT5.Tasks;

/// <summary>A place in a text where a part of it may begin.</summary>
/// <param name="Start">In UTF-16 units.</param>
/// <param name="Level">The level of the heading that stands there, from 1; 0 where a paragraph begins.</param>
/// <param name="Heading">The words of that heading; null where there is none.</param>
public sealed record TextBreak(int Start, int Level = 0, string? Heading = null);

/// <summary>A text to work on, and what is known of it. A plain string is one of which nothing is known.</summary>
/// <param name="Text">The text.</param>
public sealed record InputText(string Text)
{
    /// <summary>
    /// Where sections and paragraphs begin, in order; null for wherever a blank line stands before. A place within a
    /// sentence is passed over.
    /// </summary>
    public IReadOnlyList<TextBreak>? Breaks { get; init; }

    /// <summary>
    /// A file for the summaries of parts that are finished, so that a run that is interrupted need not make them again;
    /// null for none. It is written as they come, and stays until the caller removes it.
    /// </summary>
    public string? PartsFile { get; init; }

    /// <summary>The text of a string.</summary>
    public static implicit operator InputText(string text) => FromString(text);

    /// <summary>The text of a string.</summary>
    public static InputText FromString(string text) => new(text);
}
