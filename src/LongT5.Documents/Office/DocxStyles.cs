using System.Globalization;
using System.Xml.Linq;

namespace LongT5.Documents.Office;

/// <summary>What the styles of a Word document make of a paragraph; ids differ by language, names do not.</summary>
sealed class DocxStyles
{
    private readonly Dictionary<string, XElement> _styles;

    /// <param name="root">The part "styles", or null where the package has none.</param>
    public DocxStyles(XElement? root)
    {
        _styles = (root?.Children("style") ?? []).GroupBy(style => style.Value("styleId") ?? "")
            .ToDictionary(group => group.Key, group => group.First());
        Language = root?.Descendants().FirstOrDefault(e => e.Name.LocalName == "lang")?.Value("val");
    }

    /// <summary>The language that text has where nothing else is said.</summary>
    public string? Language { get; }

    /// <summary>A paragraph's kind and level; null where it is generated (a table of contents or of figures).</summary>
    /// <param name="properties">Its <c>w:pPr</c>, or null.</param>
    public (BlockKind Kind, int Level)? KindOf(XElement? properties)
    {
        var chain = Chain(properties?.Child("pStyle")?.Value("val")).ToList();
        var own = properties is null ? chain : [properties, .. chain];
        var names = chain.Select(style => style.Child("name")?.Value("val")?.ToLowerInvariant() ?? "").ToList();
        if (names.Any(StyleNames.IsGenerated))
            return null;
        if (First(own, "outlineLvl") is { } outline and < 9)
            return (BlockKind.Heading, outline + 1);
        if (names.Select(StyleNames.KindOf).FirstOrDefault(kind => kind is not null) is { } named)
            return named;
        return First(own, "numId") is > 0
            ? (BlockKind.ListItem, (First(own, "ilvl") ?? 0) + 1) : (BlockKind.Paragraph, 0);
    }

    /// <summary>Whether a paragraph is the document's title.</summary>
    public bool IsTitle(XElement? properties)
        => Chain(properties?.Child("pStyle")?.Value("val"))
            .Any(style => string.Equals(style.Child("name")?.Value("val"), "title",
                StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether what has this style, of a paragraph or of a run, is not shown.</summary>
    public bool IsHidden(string? style)
        => Chain(style).Select(one => one.Child("rPr")?.Child("vanish"))
            .FirstOrDefault(vanish => vanish is not null) is { } said
            && IsOn(said);

    /// <summary>An on-off property: on when it stands there without a word.</summary>
    public static bool IsOn(XElement property) => property.Value("val") is not ("0" or "false" or "off");

    /// <summary>A style and those it is based on; a circle ends.</summary>
    private IEnumerable<XElement> Chain(string? id)
    {
        for (var depth = 0; depth < 16 && id is not null && _styles.TryGetValue(id, out var style); depth++)
        {
            yield return style;
            id = style.Child("basedOn")?.Value("val");
        }
    }

    /// <summary>
    /// The nearest value of a numeric paragraph property, in the properties themselves or in a style's.
    /// </summary>
    private static int? First(List<XElement> own, string property)
    {
        foreach (var one in own)
        {
            var properties = one.Name.LocalName == "style" ? one.Child("pPr") : one;
            var found = properties?.Child(property) ?? properties?.Child("numPr")?.Child(property);
            if (found is not null && int.TryParse(found.Value("val"), CultureInfo.InvariantCulture, out var value))
                return value;
        }
        return null;
    }
}
