using System.Xml.Linq;

namespace LongT5.Documents.Zip;

/// <summary>The parts of an Office Open XML package and how they refer to each other.</summary>
static class OfficeRelations
{
    /// <summary>The part that holds the document itself, or null where the package names none.</summary>
    public static string? MainDocument(Package package)
        => Of(package, "").FirstOrDefault(one => one.Kind == "officeDocument")?.Target;

    /// <summary>What a part refers to inside the package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="part">The part's name; "" for the package itself.</param>
    public static IReadOnlyList<Relation> Of(Package package, string part)
    {
        var slash = part.LastIndexOf('/') + 1;
        var relations = $"{part[..slash]}_rels/{part[slash..]}.rels";
        return !package.Has(relations) ? [] : [.. package.Xml(relations).Elements()
            .Where(one => (string?)one.Attribute("TargetMode") != "External")
            .Select(one => new Relation(
                (string?)one.Attribute("Id") ?? "",
                ((string?)one.Attribute("Type") ?? "").Split('/')[^1],
                Package.Resolve(part, (string?)one.Attribute("Target") ?? "") ?? ""))
            .Where(one => package.Has(one.Target))];
    }
}

/// <summary>One reference of a part.</summary>
/// <param name="Id">How the part calls it.</param>
/// <param name="Kind">The last word of its type: styles, footnotes, slide, ...</param>
/// <param name="Target">The name of the part that it leads to.</param>
sealed record Relation(string Id, string Kind, string Target);
