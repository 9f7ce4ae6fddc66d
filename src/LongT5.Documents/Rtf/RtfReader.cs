namespace LongT5.Documents.Rtf;

/// <summary>
/// Rich Text Format 1.9: paragraphs, headings by outline and style, lists, tables, notes, text boxes.
/// </summary>
/// <remarks>
/// Heads and feet are furniture; deleted and hidden text, annotations and generated contents are left out.
/// </remarks>
static class RtfReader
{
    public static Document Read(Source source)
    {
        var text = new RtfText();
        foreach (var token in RtfToken.Read(source.Bytes))
            text.Take(token);
        return new(DocumentFormat.Rtf, text.Finish());
    }
}
