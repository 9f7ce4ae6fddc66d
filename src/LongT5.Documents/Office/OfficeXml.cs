using System.Xml.Linq;

namespace LongT5.Documents.Office;

/// <summary>
/// Office Open XML by local names: its transitional and its strict form differ in their namespaces alone.
/// </summary>
static class OfficeXml
{
    /// <summary>The child elements of this name.</summary>
    public static IEnumerable<XElement> Children(this XElement element, string name)
        => element.Elements().Where(child => child.Name.LocalName == name);

    /// <summary>The first child element of this name.</summary>
    public static XElement? Child(this XElement element, string name)
    {
        foreach (var child in element.Elements())
            if (child.Name.LocalName == name)
                return child;
        return null;
    }

    /// <summary>The attribute of this name.</summary>
    public static string? Value(this XElement element, string name)
    {
        foreach (var attribute in element.Attributes())
            if (attribute.Name.LocalName == name)
                return attribute.Value;
        return null;
    }

    /// <summary>
    /// What is to be read of an element: one of the alternatives where it holds some, its children otherwise.
    /// </summary>
    public static IEnumerable<XElement> Shown(this XElement element)
        => element.Name.LocalName == "AlternateContent"
            ? (element.Child("Choice") ?? element.Child("Fallback"))?.Elements() ?? []
            : element.Elements();
}
