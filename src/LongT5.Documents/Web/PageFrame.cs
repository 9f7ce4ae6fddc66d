using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace LongT5.Documents.Web;

/// <summary>
/// What stands around the text of a page and between its paragraphs: navigation, advertisements, boxes of all kinds.
/// </summary>
static partial class PageFrame
{
    /// <summary>Whatever holds more than this share of the page's letters is no frame, whatever it is called.</summary>
    private const double LargestShare = 0.4;

    /// <summary>A group of links has this share of its letters in links, and few letters in each.</summary>
    private const double LinkShare = 0.75;
    private const int LongestLink = 60;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ad", "ads", "adsense", "advert", "advertisement", "advertising", "adslot", "sponsor", "sponsored", "promo",
        "promotion", "cookie",
        "cookies", "consent", "gdpr", "newsletter", "subscribe", "subscription", "signup", "paywall", "social", "share",
        "sharing", "related",
        "recommended", "recommendations", "trending", "comments", "commentlist", "disqus", "breadcrumb", "breadcrumbs",
        "pagination",
        "pager", "sidebar", "widgets", "menu", "navbar", "navigation", "nav", "popup", "modal", "overlay", "footer",
        "toc", "tagcloud",
        "tags", "blogroll", "searchbox", "search", "login", "feedback", "respond", "masthead", "topbar", "sidenav",
        "outbrain", "taboola", "printfooter", "catlinks",
    };

    private static readonly HashSet<string> Groups =
        ["div", "ul", "ol", "dl", "td", "table", "section", "header", "center", "tbody", "tr", "main", "article"];

    /// <summary>Takes what is not shown, and the frame, out of a page.</summary>
    public static void Remove(IHtmlDocument page)
    {
        foreach (var element in page.Body!.QuerySelectorAll("*").Where(HtmlShown.IsLeftOut).ToList())
            element.Remove();
        var sizes = new Dictionary<IElement, Size>();
        var whole = Measure(page.Body, false, sizes);
        Remove(page.Body, sizes, whole.Letters);
    }

    private static Size Measure(IElement element, bool isLink, Dictionary<IElement, Size> sizes)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var size = element.LocalName == "a" && element.HasAttribute("href") ? new Size(0, 0, 1) : default;
        isLink |= size.Links > 0;
        foreach (var child in element.ChildNodes)
            if (child is IElement inner)
                size += Measure(inner, isLink, sizes);
            else if (child is IText words && words.Data.AsSpan().Trim().Length is var letters)
                size += new Size(letters, isLink ? letters : 0, 0);
        return sizes[element] = size;
    }

    private static void Remove(IElement parent, Dictionary<IElement, Size> sizes, int whole)
    {
        foreach (var child in parent.Children.ToList())
            if (sizes[child].Letters <= LargestShare * whole && IsFrame(child, sizes[child]))
                child.Remove();
            else
                Remove(child, sizes, whole);
    }

    private static bool IsFrame(IElement element, Size size) => element.LocalName switch
    {
        "footer" or "form" => true,
        "aside" => !Words(element).Any(word => word is "note" or "tip" or "warning" or "admonition" or "footnote"),
        "header" => element.ParentElement?.LocalName == "body" && element.QuerySelector("h1") is null,
        "body" or "main" or "article" or ['h', >= '1' and <= '6'] => false,
        _ => element.GetAttribute("role") is "navigation" or "contentinfo" or "search" or "complementary"
            || HtmlShown.IsBlock(element.LocalName)
            && (element.ClassList.Contains("widget-area") || Words(element).Any(Names.Contains))
            || Groups.Contains(element.LocalName) && size.Links > 1 && size.LinkLetters > LinkShare * size.Letters
                && size.Letters < LongestLink * size.Links,
    };

    /// <summary>
    /// The words of an element's classes and id; the id of a section is made of its heading and says nothing.
    /// </summary>
    private static IEnumerable<string> Words(IElement element)
        => Parting().Split(element.ClassName ?? "").Concat(IsSection(element) ? [] : Parting().Split(element.Id ?? ""))
            .Where(word => word.Length > 0);

    private static bool IsSection(IElement element) => element.LocalName == "section"
        || element.ClassList.Contains("section");

    [GeneratedRegex(@"[\s_\-]+|(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Parting();

    /// <summary>How much an element says.</summary>
    private readonly record struct Size(int Letters, int LinkLetters, int Links)
    {
        public static Size operator +(Size a, Size b)
            => new(a.Letters + b.Letters, a.LinkLetters + b.LinkLetters, a.Links + b.Links);
    }
}
