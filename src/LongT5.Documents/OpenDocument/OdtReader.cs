using LongT5.Documents.Office;
using LongT5.Documents.Zip;

namespace LongT5.Documents.OpenDocument;

/// <summary>OpenDocument texts (ISO/IEC 26300).</summary>
/// <remarks>
/// Tracked changes count as accepted. Annotations, hidden text and generated
/// indexes are left out; notes come at the end.
/// </remarks>
static class OdtReader
{
    public static Document Read(Source source)
    {
        using var package = new Package(source);
        if (package.Has("META-INF/manifest.xml")
            && package.Xml("META-INF/manifest.xml").Descendants().Any(one => one.Name.LocalName == "encryption-data"))
            throw source.Bad(
                "it is protected by a password, and encrypted OpenDocument files are not opened; save it without one");
        var content = package.Xml("content.xml");
        var styles = new OdtStyles(content, package.Has("styles.xml") ? package.Xml("styles.xml") : null);
        var body = content.Child("body")?.Child("text")
            ?? throw source.Bad("its part content.xml has no text: it is no sound ODT");

        var text = new OdtText(styles);
        text.AddBlocks(body, 0);
        return new(DocumentFormat.Odt, [.. text.Blocks, .. text.Notes()])
        {
            Title = text.Title ?? MetaTitle(package),
            Language = styles.Language,
        };
    }

    private static string? MetaTitle(Package package)
        => package.Has("meta.xml")
            && package.Xml("meta.xml").Child("meta")?.Child("title")?.Value.Trim() is { Length: > 0 } title
                ? title : null;
}
