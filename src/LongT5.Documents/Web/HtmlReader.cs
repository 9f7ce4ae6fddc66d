using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace LongT5.Documents.Web;

/// <summary>Web pages: the article, without what stands around it.</summary>
static class HtmlReader
{
    public static Document Read(Source source)
    {
        var text = HtmlEncoding.Decode(source.Bytes);
        if (Xhtml.Is(text)) text = Xhtml.ToHtml(text);
        var page = Parse(text, source);
        var (blocks, note) = Article.Of(page);
        return new(DocumentFormat.Html, blocks)
        {
            Title = TitleOf(page),
            Language = page.DocumentElement.GetAttribute("lang") ?? page.DocumentElement.GetAttribute("xml:lang"),
            Notes = note is null ? [] : [note],
        };
    }

    /// <summary>HTML as a tree; whatever is wrong with it is mended as browsers do it.</summary>
    /// <exception cref="BadFileException">It is nested far deeper than any page.</exception>
    public static IHtmlDocument Parse(string text, Source source)
        => HtmlDepth.IsSound(text) ? new HtmlParser().ParseDocument(text)
            : throw source.Bad("it is nested too deeply, or an element has too many attributes, as in no page that "
                + "was written to be read");

    private static string? TitleOf(IHtmlDocument page)
        => page.QuerySelector("meta[property='og:title']")?.GetAttribute("content") is { Length: > 0 } title ? title
            : string.IsNullOrWhiteSpace(page.Title) ? null : page.Title.Trim();
}
