using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace LongT5.Documents.Web;

/// <summary>XHTML as HTML: what XML may write and an HTML parser would misunderstand.</summary>
/// <remarks>Entities of a document type are never expanded: the type is left away unread.</remarks>
static partial class Xhtml
{
    /// <summary>Whether a text says that it is XML.</summary>
    public static bool Is(string text)
    {
        XmlProlog.Root(text, out var isXml);
        return isXml || text.AsSpan(0, Math.Min(text.Length, 2000))
            .Contains("http://www.w3.org/1999/xhtml", StringComparison.Ordinal);
    }

    /// <summary>
    /// The same document for an HTML parser: empty elements have an end, sections of characters are escaped.
    /// </summary>
    public static string ToHtml(string text)
    {
        var doctype = text.IndexOf("<!DOCTYPE", StringComparison.OrdinalIgnoreCase);
        if (doctype is >= 0 and < 4096)
            text = text.Remove(doctype, XmlProlog.AfterDoctype(text, doctype) - doctype);
        text = Cdata().Replace(text, section => WebUtility.HtmlEncode(section.Groups[1].Value));
        return EmptyElement().Replace(text, "<${name}${attributes}></${name}>");
    }

    [GeneratedRegex(@"<!\[CDATA\[(.*?)\]\]>", RegexOptions.Singleline)]
    private static partial Regex Cdata();

    /// <summary>An element that ends in itself and is none of those that HTML knows as empty.</summary>
    [GeneratedRegex(
        """<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)(?<name>[A-Za-z][\w:.-]*)(?<attributes>(?:\s+[^\s=<>/"']+(?:\s*=\s*(?:"[^"<]*"|'[^'<]*'))?)*)\s*/>""",
        RegexOptions.IgnoreCase)]
    private static partial Regex EmptyElement();
}
