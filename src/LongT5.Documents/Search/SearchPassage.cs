using LongT5.Text;

namespace LongT5.Documents.Search;

/// <summary>A piece of a document that a search can find: whole sentences of one section.</summary>
/// <param name="Start">Where it begins in <see cref="Document.Text"/>, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Section">The heading that it stands under; null before the first.</param>
/// <param name="Page">The page or slide that it begins on, from 1; null where the format has none.</param>
/// <param name="Text">Its words.</param>
public sealed record SearchPassage(int Start, int End, string? Section, int? Page, string Text)
{
    // About 200 tokens: what one question is likely to be about.
    private const int Most = 900;

    /// <summary>The passages of a document, in order; together they are its text.</summary>
    /// <remarks>
    /// A passage ends before a heading; at a paragraph once it is half as long as it may be; and where the next
    /// sentence would make it longer than that. A longer sentence is a passage of its own.
    /// </remarks>
    public static IReadOnlyList<SearchPassage> Of(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var blocks = document.Blocks.Where(block => block.End > block.Start).ToLookup(block => block.Start);
        var passages = new List<SearchPassage>();
        var (start, end, hasBody) = (0, 0, false);
        foreach (var sentence in Sentences.Split(document.Text))
        {
            var (from, to) = (sentence.Start.Value, sentence.End.Value);
            var kinds = blocks[from].Select(block => block.Kind).ToList();
            var isHeading = kinds.Contains(BlockKind.Heading);
            if (isHeading && hasBody || kinds.Count > 0 && end - start > Most / 2 || to - start > Most)
                Add();
            if (end == start)
                start = from;
            (end, hasBody) = (to, hasBody || !isHeading);
        }
        Add();
        return passages;

        void Add()
        {
            if (end > start)
            {
                var place = document.PlaceOf(start);
                passages.Add(new(start, end, place.Section, place.Page, document.Text[start..end]));
            }
            (start, hasBody) = (end, false);
        }
    }
}
