using System.Xml.Linq;
using LongT5.Documents.Zip;

namespace LongT5.Documents.Office;

/// <summary>Word documents (ECMA-376, WordprocessingML).</summary>
/// <remarks>
/// Tracked changes count as accepted. Comments, hidden text and generated contents are left out; notes come at the end,
/// text boxes behind the paragraph they hang on; heads and feet of pages are furniture.
/// </remarks>
static class DocxReader
{
    public static Document Read(Source source)
    {
        using var package = new Package(source);
        var main = OfficeRelations.MainDocument(package)
            ?? throw source.Bad("it names no main part: it is no sound Word document");
        var relations = OfficeRelations.Of(package, main);
        var styles = new DocxStyles(Part("styles"));
        var body = package.Xml(main).Child("body")
            ?? throw source.Bad($"its part {main} has no body: it is no sound Word document");

        var text = new DocxText(styles, Part("footnotes"), Part("endnotes"));
        text.AddBlocks(body);
        var notes = text.Notes();
        var furniture = relations.Where(one => one.Kind is "header" or "footer")
            .SelectMany(one => DocxText.Furniture(styles, package.Xml(one.Target)));
        return new(DocumentFormat.Docx, [.. text.Blocks, .. notes, .. furniture])
        {
            Title = text.Title ?? CoreTitle(package),
            Language = styles.Language,
        };

        XElement? Part(string kind)
            => relations.FirstOrDefault(one => one.Kind == kind) is { } part ? package.Xml(part.Target) : null;
    }

    /// <summary>The title among the properties of the file.</summary>
    public static string? CoreTitle(Package package)
        => OfficeRelations.Of(package, "").FirstOrDefault(one => one.Kind == "core-properties") is { } core
            && package.Xml(core.Target).Child("title")?.Value.Trim() is { Length: > 0 } title ? title : null;
}
