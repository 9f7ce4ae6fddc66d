using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using SmartReader;

namespace LongT5.Documents.Web;

/// <summary>Finds the text of a page that it was opened for.</summary>
static class Article
{
    /// <summary>
    /// Of fewer letters than this share of the page's, an article is only a piece, and so is a page without its frame.
    /// </summary>
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
        return (WithHeadings(article, whole), null);
    }

    /// <summary>
    /// The finder of articles takes the first heading away and lowers the
    /// others: they come back as they are on the page.
    /// </summary>
    private static List<Block> WithHeadings(List<Block> article, List<Block> whole)
    {
        var levels = whole.Where(block => block.Kind == BlockKind.Heading).GroupBy(block => block.Text.Trim())
            .ToDictionary(group => group.Key, group => group.First());
        var blocks = article.ConvertAll(block => block.Kind == BlockKind.Heading
            ? levels.GetValueOrDefault(block.Text.Trim(), block) : block);
        return levels.Values.FirstOrDefault(block => block.Level == 1) is { } title && !blocks.Contains(title)
            ? [title, .. blocks] : blocks;
    }

    private static int Letters(List<Block> blocks) => blocks.Sum(block => block.Text.Length);
}
