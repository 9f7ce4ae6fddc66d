using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;
using UglyToad.PdfPig.Tokens;

namespace LongT5.Documents.Pdf;

/// <summary>Reads PDF: letters to words, lines, columns, paragraphs and headings.</summary>
/// <remarks>
/// A file knows only where each glyph is drawn. What makes it text is found here from the distances between them, which
/// are compared with those of the same line, column and document; the file's own order of drawing decides where
/// distances do not.
/// </remarks>
static class PdfReader
{
    /// <summary>The most pages that a document may have.</summary>
    private const int MostPages = 20_000;

    /// <exception cref="BadFileException">It is damaged, needs a password, or holds no text.</exception>
    public static Document Read(Source source, ReadingOptions options)
    {
        try
        {
            using var pdf = PdfDocument.Open(source.Bytes, new ParsingOptions
            {
                UseActualText = true,
                SkipMissingFonts = true,
                Password = options.Password ?? "",
                FilterProvider = BoundedFilters.Instance,
            });
            return Read(source, pdf, options);
        }
        catch (PdfDocumentEncryptedException error)
        {
            throw source.Bad(options.Password is null
                ? "it is protected by a password, which is needed to read it: give it as password"
                : "it is protected by another password than the one given", error, needsPassword: true);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or BadFileException))
        {
            throw source.Bad($"the PDF is damaged or cut off and cannot be read ({Pages.Short(error)}); open it in a "
                + $"viewer and save it anew", error);
        }
    }

    private static Document Read(Source source, PdfDocument pdf, ReadingOptions options)
    {
        if (pdf.NumberOfPages > MostPages)
            throw source.Bad($"it has {pdf.NumberOfPages:N0} pages, and at most {MostPages:N0} are read; split it");
        FormLoops.Refuse(pdf);
        var language = Properties.Language(pdf);
        var reading = new Pages(source, pdf, options, language);
        if (Properties.ForbidsCopying(pdf))
            reading.Notes.Add("Its owner asks viewers not to copy its text; it was read all the same.");
        var pages = reading.Read();
        var (blocks, title) = Composition.Of(pages, Properties.Outline(pdf));
        return new(DocumentFormat.Pdf, blocks)
        {
            Title = Properties.Title(pdf) ?? title,
            Language = language,
            Pages = pdf.NumberOfPages,
            Notes = reading.Notes,
        };
    }
}
