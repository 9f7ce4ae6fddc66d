using System.Xml;
using System.Xml.Linq;

namespace LongT5.Documents;

/// <summary>
/// XML as a tree of elements: no document type, nothing from outside, no nesting that would exhaust a stack.
/// </summary>
static class XmlTree
{
    private const int Deepest = 250;

    /// <summary>The root of a document in XML.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="part">How to name it in an error.</param>
    /// <param name="source">The document that it belongs to.</param>
    /// <param name="ignoreDoctype">Pass over a document type unread instead of
    /// refusing it; its entities stay unknown.</param>
    /// <exception cref="BadFileException">It is not well-formed, or one of these things.</exception>
    public static XElement Load(byte[] bytes, string part, Source source, bool ignoreDoctype = false)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = ignoreDoctype ? DtdProcessing.Ignore : DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CheckCharacters = false,
        };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), settings);
            return Load(reader, part, source);
        }
        catch (XmlException exception) when (exception.Message.Contains("DTD", StringComparison.Ordinal))
        {
            throw source.Bad($"{part} declares a document type (DTD) with entities of its own, which are not read",
                exception);
        }
        catch (XmlException exception)
        {
            throw source.Bad($"{part} is damaged XML: {exception.Message}", exception);
        }
    }

    private static XElement Load(XmlReader reader, string part, Source source)
    {
        XElement? root = null, current = null;
        while (reader.Read())
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (reader.Depth > Deepest)
                        throw source.Bad($"{part} is nested more than {Deepest} levels deep, as no document is");
                    var element = new XElement(XName.Get(reader.LocalName, reader.NamespaceURI));
                    current?.Add(element);
                    root ??= element;
                    var isOpen = !reader.IsEmptyElement;
                    while (reader.MoveToNextAttribute())
                        if (reader.NamespaceURI != XNamespace.Xmlns.NamespaceName)
                            element.SetAttributeValue(XName.Get(reader.LocalName, reader.NamespaceURI), reader.Value);
                    current = isOpen ? element : current;
                    break;
                case XmlNodeType.EndElement:
                    current = current?.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace
                    or XmlNodeType.Whitespace:
                    current?.Add(new XText(reader.Value));
                    break;
            }
        return root ?? throw source.Bad($"{part} holds no XML element");
    }
}
