using System.IO.Compression;
using System.Text;

namespace LongT5.Documents.Tests;

/// <summary>Small documents made by the tests, and how they are read.</summary>
static class Made
{
    /// <summary>A zip archive of these parts.</summary>
    public static byte[] Zip(params (string Name, string Content)[] parts)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
            foreach (var (name, content) in parts)
            {
                using var part = archive.CreateEntry(name).Open();
                part.Write(Encoding.UTF8.GetBytes(content));
            }
        return bytes.ToArray();
    }

    /// <summary>A Word document with this body, and with more parts that its main part refers to.</summary>
    public static byte[] Docx(string body, params (string Kind, string Content)[] parts)
    {
        const string Space = "xmlns:w='urn:w' xmlns:r='urn:r' xmlns:mc='urn:mc' xmlns:v='urn:v'";
        return Zip(
        [
            ("_rels/.rels", Relations(("officeDocument", "word/document.xml"))),
            ("word/document.xml", $"<w:document {Space}><w:body>{body}</w:body></w:document>"),
            ("word/_rels/document.xml.rels", Relations([.. parts.Select(part => (part.Kind, part.Kind + ".xml"))])),
            .. parts.Select(part => ($"word/{part.Kind}.xml", $"<w:part {Space}>{part.Content}</w:part>")),
        ]);
    }

    /// <summary>An OpenDocument text with this body and these automatic styles.</summary>
    public static byte[] Odt(string body, string styles = "")
        => Zip(
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("content.xml", $"""
                <o:document-content xmlns:o='urn:o' xmlns:t='urn:t' xmlns:d='urn:d' xmlns:tb='urn:tb' xmlns:s='urn:s'>
                <o:automatic-styles>{styles}</o:automatic-styles><o:body><o:text>{body}</o:text></o:body></o:document-content>
                """));

    /// <summary>A book whose spine reads these chapters in this order; more parts may lie beside them.</summary>
    public static byte[] Epub(string[] spine, params (string Name, string Content)[] parts)
        => Zip(
        [
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml",
                "<container><rootfiles><rootfile full-path='OPS/book.opf'/></rootfiles></container>"),
            ("OPS/book.opf", $"""
                <package xmlns:dc='urn:dc'><metadata><dc:title>The book</dc:title><dc:language>en</dc:language></metadata>
                <manifest>{string.Concat(spine.Distinct().Select(name =>
                    $"<item id='{name}' href='{name}' media-type='application/xhtml+xml'/>"))}</manifest>
                <spine>{string.Concat(spine.Select(name => $"<itemref idref='{name}'/>"))}</spine></package>
                """),
            .. parts,
        ]);

    /// <summary>A chapter in XHTML.</summary>
    public static string Chapter(string body)
        => $"<html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body>{body}</body></html>";

    /// <summary>A relations part.</summary>
    public static string Relations(params (string Kind, string Target)[] relations)
        => $"<Relationships>{string.Concat(relations.Select((one, i) =>
            $"<Relationship Id='r{i}' Type='urn:x/{one.Kind}' Target='{one.Target}'/>"))}</Relationships>";

    /// <summary>What is read of these bytes.</summary>
    public static Document Read(byte[] bytes, string name = "a", ReadingOptions? options = null)
        => DocumentReader.Read(new MemoryStream(bytes), name, options);

    /// <summary>What is read of this text.</summary>
    public static Document Read(string text, string name = "a") => Read(Encoding.UTF8.GetBytes(text), name);

    /// <summary>Kind, level and words of each block, as short lines.</summary>
    public static string[] Outline(Document document)
        => [.. document.Blocks.Select(block => $"{block.Kind}{(block.Level > 0 ? block.Level : "")}: {block.Text}")];
}
