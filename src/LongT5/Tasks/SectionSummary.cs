namespace LongT5.Tasks;

/// <summary>Which pieces of a document have a summary of their own.</summary>
public enum SummaryBy
{
    /// <summary>What stands under each heading, up to the next one.</summary>
    Section,

    /// <summary>
    /// What stands under each heading of the highest level that has more than one, with all that belongs to it.
    /// </summary>
    Chapter,
}

/// <summary>A section of a document, and its summary.</summary>
/// <param name="Start">Where it begins in the text, in UTF-16 units: with its heading.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Heading">Its heading; null for what stands before the first one.</param>
/// <param name="Level">The level of the heading, from 1; 0 where there is none.</param>
/// <param name="Summary">Its summary, whose places are those of the whole text.</param>
public sealed record SectionSummary(int Start, int End, string? Heading, int Level, Summary Summary);
