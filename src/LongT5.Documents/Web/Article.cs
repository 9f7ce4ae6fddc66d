using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using SmartReader;

namespace LongT5.Documents.Web;

/// <summary>Finds the text of a page that it was opened for.</summary>
static class Article
{
    /// <summary>Of fewer letters than this share of the page's, an article is only a piece, and so is a page without its frame.</summary>
    private const double LeastArticle = 0.5, LeastPage = 0.25;

    /// <summary>The blocks of the article, or else of the page without its frame, and what to tell of it.</summary>
    public static (List<Block> Blocks, string? Note) Of(IHtmlDocument page)
    {
        var all = HtmlBlocks.Of(page.Body!);
        PageFrame.Remove(page);
        var whole = HtmlBlocks.Of(page.Body!);
        if (Letters(whole) < LeastPage * Letters(all))
            return (all, "the page is mostly links, and all of its text is read.");

        var found = new Reader("https://page.invalid/", page.DocumentElement.OuterHtml).GetArticle();
        var article = found.IsReadable && found.Content is { Length: > 0 } content
            ? HtmlBlocks.Of(new HtmlParser().ParseDocument(content).Body!) : [];
        if (Letters(article) < LeastArticle * Letters(whole))
            return (whole, "no article was found on the page, and all of its text but its frame is read.");
        return (WithTitle(article, whole), null);
    }

    /// <summary>An article without its first heading, which its finder takes for the title, gets it back.</summary>
    private static List<Block> WithTitle(List<Block> article, List<Block> whole)
        => whole.Find(block => block is { Kind: BlockKind.Heading, Level: 1 }) is { } title
            && !article.Exists(block => block.Kind == BlockKind.Heading && block.Text.Trim() == title.Text.Trim())
            ? [title, .. article] : article;

    private static int Letters(List<Block> blocks) => blocks.Sum(block => block.Text.Length);
}
