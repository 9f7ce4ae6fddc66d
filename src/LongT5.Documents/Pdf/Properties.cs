using UglyToad.PdfPig;
using UglyToad.PdfPig.Outline;
using UglyToad.PdfPig.Tokens;
using UglyToad.PdfPig.Util;

namespace LongT5.Documents.Pdf;

/// <summary>What a file says of itself beside its pages.</summary>
static class Properties
{
    private const int MayCopy = 1 << 4;  // bit 5 of /P

    /// <summary>Its title, unless it is what a program writes when nobody gave one.</summary>
    public static string? Title(PdfDocument pdf)
    {
        var title = pdf.Information.Title?.Trim();
        if (string.IsNullOrEmpty(title) || title.Length > 300 || title.Contains('\uFFFD')) return null;
        var isFile = title.Contains("Microsoft ", StringComparison.Ordinal)
            || title.StartsWith("untitled", StringComparison.OrdinalIgnoreCase)
            || Path.GetExtension(title) is { Length: > 2 and < 6 } && !title.Contains(' ');
        return isFile ? null : title;
    }

    /// <summary>Its language, a BCP 47 tag.</summary>
    public static string? Language(PdfDocument pdf)
        => pdf.Structure.Catalog.CatalogDictionary.TryGet(NameToken.Lang, out var token)
            && token is IDataToken<string> { Data.Length: > 0 } tag ? tag.Data : null;

    /// <summary>Its owner set a password that forbids what anybody can do all the same.</summary>
    public static bool ForbidsCopying(PdfDocument pdf)
    {
        if (!pdf.IsEncrypted || pdf.Structure.Trailer.EncryptionToken is not { } token) return false;
        var encryption = token is IndirectReferenceToken reference
            ? pdf.Structure.GetObject(reference.Data)?.Data as DictionaryToken : token as DictionaryToken;
        return encryption?.GetLongOrDefault(NameToken.P) is { } permissions && (permissions & MayCopy) == 0;
    }

    /// <summary>The levels of the headings in its outline, by their letters.</summary>
    public static Dictionary<string, int> Outline(PdfDocument pdf)
    {
        var outline = new Dictionary<string, int>();
        try
        {
            if (pdf.TryGetBookmarks(out var bookmarks, true))
                foreach (var node in bookmarks.GetNodes())
                    outline.TryAdd(Headings.Plain(node.Title), node.Level + 1);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A damaged outline costs its levels and nothing else.
            outline.Clear();
        }
        outline.Remove("");
        return outline;
    }
}
