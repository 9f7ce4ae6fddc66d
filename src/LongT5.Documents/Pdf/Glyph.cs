namespace LongT5.Documents.Pdf;

/// <summary>A letter (or what a font draws in one piece) as it stands on a page, in points, with upward y.</summary>
/// <param name="Text">What it says; white space where the file itself wrote a blank.</param>
/// <param name="X0">Where its advance begins.</param>
/// <param name="X1">Where its advance ends.</param>
/// <param name="Y">Its baseline.</param>
/// <param name="Size">Its font size as drawn.</param>
/// <param name="Style">How its font looks.</param>
/// <param name="Order">Its place in the file's own order of drawing.</param>
readonly record struct Glyph(string Text, double X0, double X1, double Y, double Size, FontStyle Style, int Order)
{
    public bool IsBlank => string.IsNullOrWhiteSpace(Text);

    public double Middle => (X0 + X1) / 2;
}

/// <summary>What a reader sees of a font.</summary>
[Flags]
enum FontStyle
{
    Plain = 0,
    Bold = 1,
    Fixed = 2,
}
