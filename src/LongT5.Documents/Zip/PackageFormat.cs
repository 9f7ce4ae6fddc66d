namespace LongT5.Documents.Zip;

/// <summary>Which format a zip archive holds.</summary>
static class PackageFormat
{
    /// <summary>By what the archive says of itself (mimetype), or by the part that the format must have.</summary>
    /// <exception cref="BadFileException">It is damaged, or holds no document that is read.</exception>
    public static DocumentFormat Of(Source source)
    {
        using var package = new Package(source);
        var said = package.Has("mimetype") ? package.Text("mimetype").Trim() : "";
        return said switch
        {
            "application/epub+zip" => DocumentFormat.Epub,
            "application/vnd.oasis.opendocument.text" or "application/vnd.oasis.opendocument.text-template" =>
                DocumentFormat.Odt,
            _ when said.StartsWith("application/vnd.oasis.opendocument", StringComparison.Ordinal)
                => throw source.Bad(
                    $"it is an OpenDocument file of another kind ({said}); of these only texts (ODT) are read"),
            _ when package.Has("META-INF/container.xml") => DocumentFormat.Epub,
            _ when OfficePart(package) is { } format => format,
            _ when package.Has("xl/workbook.xml") =>
                throw source.Bad("it is a spreadsheet (XLSX), which is not read; save it as PDF or CSV"),
            _ =>
                throw source.Bad("it is a zip archive without a document in it (no part of a DOCX, PPTX, ODT or "
                    + "EPUB); unpack it first"),
        };
    }

    private static DocumentFormat? OfficePart(Package package)
        => OfficeRelations.MainDocument(package) is not { } main ? null
            : main.StartsWith("ppt/", StringComparison.OrdinalIgnoreCase) ? DocumentFormat.Pptx
            : main.StartsWith("word/", StringComparison.OrdinalIgnoreCase) ? DocumentFormat.Docx
            : null;
}
