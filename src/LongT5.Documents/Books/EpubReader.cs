using System.Xml.Linq;
using LongT5.Documents.Office;
using LongT5.Documents.Web;
using LongT5.Documents.Zip;

namespace LongT5.Documents.Books;

/// <summary>EPUB 2 and 3: the chapters of the spine in its order.</summary>
/// <remarks>
/// Tables of contents, page numbers, covers, imprints and what is out of the linear order are left out.
/// </remarks>
static class EpubReader
{
    public static Document Read(Source source)
    {
        using var package = new Package(source);
        var opf = package.Xml("META-INF/container.xml").Descendants()
            .FirstOrDefault(one => one.Name.LocalName == "rootfile")
            ?.Value("full-path") ?? throw source.Bad("its container names no package: it is no sound EPUB");
        var book = package.Xml(opf, ignoreDoctype: true);
        var chapters = Chapters(book, opf).ToList();
        var locked = Encrypted(package);
        if (chapters.Any(locked.Contains))
            throw source.Bad("its chapters are encrypted for a reading system (DRM), and are not opened");

        var blocks = new List<Block>();
        var missing = new List<string>();
        var read = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var chapter in chapters)
            if (!package.Has(chapter))
                missing.Add(chapter);
            else if (read.Add(chapter))
                blocks.AddRange(Chapter(HtmlEncoding.Decode(package.Bytes(chapter)), source));
        return new(DocumentFormat.Epub, blocks)
        {
            Title = Metadata(book, "title"),
            Language = Metadata(book, "language"),
            Notes = [.. Notes(chapters, read.Count, missing)],
        };
    }

    private static List<Block> Chapter(string xhtml, Source source)
    {
        var page = HtmlReader.Parse(Xhtml.ToHtml(xhtml), source);
        return page.Body is { } body && !HtmlShown.IsLeftOut(body) ? HtmlBlocks.Of(body) : [];
    }

    /// <summary>The names of the parts that the spine reads, in its order; a path out of the book becomes "".</summary>
    private static IEnumerable<string> Chapters(XElement book, string opf)
    {
        var items = (book.Child("manifest")?.Children("item") ?? []).ToLookup(item => item.Value("id"));
        foreach (var reference in book.Child("spine")?.Children("itemref") ?? [])
            if (reference.Value("linear") != "no" && items[reference.Value("idref")].FirstOrDefault() is { } item
                && item.Value("media-type") is null or "application/xhtml+xml" or "text/html" or "text/x-oeb1-document"
                && item.Value("properties")?.Split(' ').Contains("nav") is not true)
                yield return Package.Resolve(opf, item.Value("href") ?? "") ?? "";
    }

    /// <summary>The parts that only a reading system with a key can read; garbled fonts are no obstacle.</summary>
    private static HashSet<string> Encrypted(Package package)
        => !package.Has("META-INF/encryption.xml") ? []
            : [.. package.Xml("META-INF/encryption.xml").Descendants()
                .Where(one => one.Name.LocalName == "CipherReference")
                .Select(one => Package.Resolve("", one.Value("URI") ?? "") ?? "")];

    private static string? Metadata(XElement book, string name)
        => book.Child("metadata")?.Descendants()
            .FirstOrDefault(one => one.Name.LocalName == name)?.Value.Trim() is { Length: > 0 } value
            ? value : null;

    private static IEnumerable<string> Notes(List<string> chapters, int read, List<string> missing)
    {
        if (missing.Count > 0)
            yield return $"{missing.Count} of its {chapters.Count} chapters are not in the book and are left out.";
        if (read + missing.Count < chapters.Count)
            yield return "it repeats chapters; each is read once.";
    }
}
