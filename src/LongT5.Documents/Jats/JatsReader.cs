using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LongT5.Documents.Office;
using LongT5.Documents.Web;

namespace LongT5.Documents.Jats;

/// <summary>
/// Articles in the Journal Article Tag Suite (ANSI/NISO Z39.96): title, abstracts, sections, figures' captions, notes.
/// </summary>
/// <remarks>
/// References are furniture; letters of reviewers (sub-articles) and what describes the article are left out.
/// </remarks>
static partial class JatsReader
{
    public static Document Read(Source source)
    {
        // Publishers name letters by entities of a document type that is not read; HTML knows them all.
        var text = NamedEntity()
            .Replace(HtmlEncoding.Decode(source.Bytes), entity => WebUtility.HtmlDecode(entity.Value));
        var root = XmlTree.Load(Encoding.UTF8.GetBytes(Declaration().Replace(text, "")), "it", source,
            ignoreDoctype: true);
        var article = root.Name.LocalName == "article"
            ? root : root.Child("article") ?? throw source.Bad("it holds no article");

        var walk = new JatsText();
        var meta = article.Child("front")?.Child("article-meta");
        var title = meta?.Child("title-group")?.Child("article-title");
        if (title is not null) walk.AddHeading(title, 1);
        foreach (var summary in meta?.Elements().Where(one => one.Name.LocalName is "abstract" or "trans-abstract")
            ?? [])
            walk.AddSection(summary, 2, "Abstract");
        if (article.Child("body") is { } body) walk.AddBlocks(body, 1);
        if (article.Child("back") is { } back) walk.AddBlocks(back, 1);
        if (article.Child("floats-group") is { } floats) walk.AddBlocks(floats, 1);
        return new(DocumentFormat.Jats, walk.Blocks)
        {
            Title = title is null ? null : ReadingText.Of(JatsText.Inline(title), BlockKind.Heading),
            Language = article.Value("lang"),
            Notes = article.Child("sub-article") is null
                ? [] : ["the letters and answers published with the article are left out."],
        };
    }

    [GeneratedRegex(@"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")]
    private static partial Regex NamedEntity();

    [GeneratedRegex(@"\A\s*<\?xml[^>]*\?>")]
    private static partial Regex Declaration();
}
