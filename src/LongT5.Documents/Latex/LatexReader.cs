using System.Text;

namespace LongT5.Documents.Latex;

/// <summary>LaTeX sources: the text that they set, without running TeX.</summary>
/// <remarks>
/// Files that <c>\input</c> names are read where they lie in the folder of the document or below it, and nowhere else.
/// Macros that the document defines are expanded, up to a limit; others are passed over, their arguments read.
/// </remarks>
static class LatexReader
{
    public static Document Read(Source source)
    {
        var text = PlainText.Decode(source.Bytes, source.Name, out var note);
        var input = new LatexInput(text, source);
        var walk = new LatexText(input);
        walk.Run();
        return new(DocumentFormat.Latex, walk.Blocks)
        {
            Title = walk.Title is { Length: > 0 } title ? ReadingText.Of(title, BlockKind.Heading) : null,
            Notes = [.. note is null ? [] : (string[])[note], .. input.Notes],
        };
    }
}
