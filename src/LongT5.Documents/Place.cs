namespace LongT5.Documents;

/// <summary>Where in a document something stands, as a person would say it.</summary>
/// <param name="Section">The heading of the innermost section; null before the first heading.</param>
/// <param name="Page">The page or slide, from 1, on which its paragraph begins; null where the format has none.</param>
public sealed record Place(string? Section, int? Page);
