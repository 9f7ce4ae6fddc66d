using LongT5.Documents.Pdf;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace LongT5.Documents.Tests.Pdf;

/// <summary>Small PDF files made by the tests: lines at chosen places, in the standard fonts.</summary>
sealed class PdfSheets : IDisposable
{
    private readonly PdfDocumentBuilder _builder = new();
    private readonly PdfDocumentBuilder.AddedFont _plain, _bold;
    private PdfPageBuilder? _page;

    public PdfSheets()
    {
        _plain = _builder.AddStandard14Font(Standard14Font.TimesRoman);
        _bold = _builder.AddStandard14Font(Standard14Font.TimesBold);
    }

    public void Dispose() => _builder.Dispose();

    public PdfSheets Page()
    {
        _page = _builder.AddPage(PageSize.A4);
        return this;
    }

    /// <summary>A line whose blanks are letters of the file.</summary>
    public PdfSheets Line(double x, double y, string text, double size = 10, bool bold = false)
    {
        _page!.AddText(text, size, new PdfPoint(x, y), bold ? _bold : _plain);
        return this;
    }

    /// <summary>Lines under each other.</summary>
    public PdfSheets Lines(double x, double y, params string[] lines)
    {
        for (var i = 0; i < lines.Length; i++) Line(x, y - 12 * i, lines[i]);
        return this;
    }

    /// <summary>A line whose words stand at a distance, in points, without blanks, as TeX sets them.</summary>
    public PdfSheets Words(double x, double y, string text, double gap, double size = 10)
    {
        foreach (var word in text.Split(' '))
            x = _page!.AddText(word, size, new PdfPoint(x, y), _plain).Max(letter => letter.EndBaseLine.X) + gap;
        return this;
    }

    /// <summary>A line whose words were drawn apart evenly to fill the room between two edges.</summary>
    public PdfSheets Justified(double x0, double x1, double y, string text)
    {
        var words = text.Split(' ');
        var widths = words.Select(word => _page!.MeasureText(word, 10, new PdfPoint(0, 0), _plain)
            .Max(letter => letter.EndBaseLine.X)).ToArray();
        return Words(x0, y, text, (x1 - x0 - widths.Sum()) / (words.Length - 1));
    }

    /// <summary>
    /// Letters with this much more between them than usual, in points, and as much more between words.
    /// </summary>
    public PdfSheets Spaced(double x, double y, string text, double more)
    {
        foreach (var letter in text)
            x = letter == ' '
                ? x + 2.5 + more : _page!.AddText(letter.ToString(), 10, new PdfPoint(x, y), _plain)[0].EndBaseLine.X
                    + more;
        return this;
    }

    public PdfSheets White(double x, double y, string text)
    {
        _page!.SetTextAndFillColor(255, 255, 255);
        Line(x, y, text);
        _page.SetTextAndFillColor(0, 0, 0);
        return this;
    }

    public PdfSheets Invisible(double x, double y, string text)
    {
        _page!.SetTextRenderingMode(TextRenderingMode.Neither);
        Line(x, y, text);
        _page.SetTextRenderingMode(TextRenderingMode.Fill);
        return this;
    }

    public byte[] Bytes() => _builder.Build();

    public Document Read() => Read(Bytes());

    public static Document Read(byte[] bytes) => PdfReader.Read(new Source("a.pdf", bytes), new());
}
