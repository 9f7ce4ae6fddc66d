namespace LongT5.Documents.Pdf;

/// <summary>Letters that stand together, in the order in which they are read.</summary>
/// <param name="Text">Its letters in logical order.</param>
/// <param name="X0">Its left end.</param>
/// <param name="X1">Its right end.</param>
/// <param name="Y">Its baseline.</param>
/// <param name="Size">The size of most of its letters.</param>
/// <param name="Style">The look that all its letters share.</param>
/// <param name="Order">The place of its first letter in the file's own order.</param>
sealed record Word(string Text, double X0, double X1, double Y, double Size, FontStyle Style, int Order)
{
    /// <summary>It touches the word to its left: no blank stands between them.</summary>
    public bool IsGlued { get; init; }

    /// <summary>It stands above the line in a smaller size, as the mark of a note does.</summary>
    public bool IsRaised { get; init; }
}
