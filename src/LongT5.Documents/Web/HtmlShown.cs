using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace LongT5.Documents.Web;

/// <summary>What of HTML a reader sees as text, and what stands on lines of its own.</summary>
static partial class HtmlShown
{
    private static readonly HashSet<string> LeftOut =
    [
        "head", "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "canvas", "audio",
        "video", "map",
        "svg", "button", "input", "select", "datalist", "option", "optgroup", "textarea", "nav", "rt", "rp",
        "annotation",
        "annotation-xml", "del", "title", "meter", "progress", "noembed", "noframes", "frameset",
    ];

    private static readonly HashSet<string> Blocks =
    [
        "address", "article", "aside", "body", "center", "details", "dialog", "div", "dl", "fieldset", "figure",
        "footer", "form",
        "header", "hgroup", "html", "legend", "main", "p", "section", "summary", "tbody", "td", "tfoot", "th", "thead",
        "tr", "search",
        "ul", "ol", "dl", "table", "menu",
    ];

    /// <summary>
    /// What only helps on the page itself: skip links, permalinks, edit links, words for screen readers.
    /// </summary>
    private static readonly string[] HelperClasses =
    [
        "mw-editsection", "mw-jump-link", "noprint", "headerlink", "permalink", "anchor-link", "sr-only",
        "visually-hidden",
        "screen-reader-text", "skip-link", "footnote-back", "footnote-backref", "footnote-back-ref", "navbox",
        "copyright", "rights",
    ];

    /// <summary>Parts of a book that are about the book.</summary>
    private static readonly string[] BookMatter =
        ["pagebreak", "toc", "landmarks", "page-list", "copyright-page", "imprint", "colophon", "cover", "backlink",
            "loi", "lot"];

    /// <summary>Whether an element stands on lines of its own.</summary>
    public static bool IsBlock(string name) => Blocks.Contains(name);

    /// <summary>Whether it is not shown, or is no part of the text.</summary>
    public static bool IsLeftOut(IElement element)
    {
        var name = element.LocalName;
        if (LeftOut.Contains(name) || element.HasAttribute("hidden") && element.GetAttribute("hidden") != "until-found")
            return true;
        if (element.Attributes.Length == 0) return false;
        return element.GetAttribute("aria-hidden") == "true"
            || element.GetAttribute("style") is { } style && Invisible().IsMatch(style)
            || name == "dialog" && !element.HasAttribute("open")
            || HelperClasses.Any(element.ClassList.Contains)
            || Types(element).Any(BookMatter.Contains)
            || name is "a" or "sup" && IsMark(element);
    }

    /// <summary>Whether it is a foot- or endnote, or holds them all.</summary>
    public static bool IsNote(IElement element)
        => Types(element).Any(type => type is "footnote" or "footnotes" or "endnote" or "endnotes" or "rearnote"
            or "rearnotes")
            || element.LocalName is "section" or "div" or "aside" or "ol" && element.ClassList.Contains("footnotes");

    /// <summary>What EPUB and ARIA say an element is.</summary>
    public static IEnumerable<string> Types(IElement element)
        => $"{element.GetAttribute("epub:type")} {element.GetAttribute("role")}".Split(' ',
            StringSplitOptions.RemoveEmptyEntries)
            .Select(type => type.StartsWith("doc-", StringComparison.Ordinal) ? type[4..] : type);

    /// <summary>A link to a note, back from it, or to the place itself: a sign and no word.</summary>
    private static bool IsMark(IElement element)
    {
        if (Types(element).Any(type => type is "noteref" or "backlink")) return true;
        var text = element.TextContent.Trim();
        if (text.Length > 8) return false;
        var link = element.LocalName == "a" ? element : element.QuerySelector("a");
        if (link?.GetAttribute("href")?.Contains('#', StringComparison.Ordinal) is not true) return false;
        return PlaceSign().IsMatch(text)
            || NoteSign().IsMatch(text) && (element.LocalName == "sup" || element.QuerySelector("sup") is not null
                || element.ParentElement?.LocalName == "sup");
    }

    [GeneratedRegex(
        @"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|max-height\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])",
        RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"\A(?:[¶#§∞🔗↩↑^⁋\uFE0E\uFE0F]+|↩.?)\z")]
    private static partial Regex PlaceSign();

    [GeneratedRegex(@"\A[\[(]?(?:\d{1,4}|[a-zA-Z]|[ivxl]{1,6}|[*†‡§‖¶]+|n\. ?\d+|note \d+)[\])]?\z")]
    private static partial Regex NoteSign();
}
