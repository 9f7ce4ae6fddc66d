using System.Xml.Linq;
using LongT5.Documents.Office;

namespace LongT5.Documents.OpenDocument;

/// <summary>What the styles of an OpenDocument text make of a paragraph: automatic ones lead to named ones.</summary>
sealed class OdtStyles
{
    private readonly Dictionary<(string Family, string Name), XElement> _styles = [];

    /// <param name="parts">The roots of content.xml and styles.xml.</param>
    public OdtStyles(params IEnumerable<XElement?> parts)
    {
        foreach (var style in parts.OfType<XElement>().SelectMany(part => part.Elements())
            .Where(group => group.Name.LocalName is "automatic-styles" or "styles")
            .SelectMany(group => group.Elements()))
            if (style.Name.LocalName is "style" && style.Value("name") is { } name)
                _styles.TryAdd((style.Value("family") ?? "", name), style);
            else if (style.Name.LocalName == "default-style" && style.Value("family") == "paragraph")
                Language ??= LanguageOf(style);
    }

    /// <summary>The language that text has where nothing else is said.</summary>
    public string? Language { get; }

    /// <summary>A paragraph's kind and level by its style.</summary>
    public (BlockKind Kind, int Level) KindOf(string? style)
    {
        foreach (var name in Names(style))
            switch (name)
            {
                case "Title":
                    return (BlockKind.Heading, 1);
                case "Subtitle":
                    return (BlockKind.Heading, 2);
                case "Caption" or "Illustration" or "Table" or "Drawing" or "Figure" or "Text":
                    return (BlockKind.Caption, 0);
                case "Quotations":
                    return (BlockKind.Quotation, 0);
                case "Preformatted_20_Text":
                    return (BlockKind.Code, 0);
            }
        return (BlockKind.Paragraph, 0);
    }

    /// <summary>Whether a paragraph is the document's title.</summary>
    public bool IsTitle(string? style)
        => Names(style).Contains("Title");

    /// <summary>Whether what has this style is not shown.</summary>
    /// <param name="family">"paragraph", "text" or "section".</param>
    /// <param name="style">Its name.</param>
    public bool IsHidden(string family, string? style)
        => Chain(family, style).SelectMany(one => one.Elements()).Select(properties => properties.Value("display"))
            .FirstOrDefault(display => display is not null) == "none";

    /// <summary>The name of a paragraph's style and of those that it is based on.</summary>
    private IEnumerable<string?> Names(string? style)
        => Chain("paragraph", style).Select(one => one.Value("parent-style-name")).Prepend(style);

    private IEnumerable<XElement> Chain(string family, string? name)
    {
        for (var depth = 0; depth < 16 && name is not null
            && _styles.TryGetValue((family, name), out var style); depth++)
        {
            yield return style;
            name = style.Value("parent-style-name");
        }
    }

    private static string? LanguageOf(XElement style)
        => style.Elements().FirstOrDefault(one => one.Value("language") is not null) is { } properties
            ? (properties.Value("language"), properties.Value("country")) switch
            {
                ("none" or null, _) => null,
                (var language, "none" or null) => language,
                var (language, country) => $"{language}-{country}",
            }
            : null;
}
