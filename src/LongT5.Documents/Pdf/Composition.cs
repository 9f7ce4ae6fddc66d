namespace LongT5.Documents.Pdf;

/// <summary>From the rows of all pages to the blocks of a document.</summary>
static class Composition
{
    /// <summary>
    /// Blocks in reading order with the furniture at the end, and the title that the first page shows.
    /// </summary>
    /// <param name="pages">All pages; they are taken apart.</param>
    /// <param name="outline">Levels of the headings that the file names, by their letters.</param>
    public static (List<Block> Blocks, string? Title) Of(List<PageRows> pages, IReadOnlyDictionary<string, int> outline)
    {
        LineNumbers.Take(pages);
        Overlays.Take(pages);
        var furniture = Furniture.Take(pages);
        var columns = pages.SelectMany(page => page.Sideways.Prepend(page.Rows)).SelectMany(Columns.Of).ToList();
        furniture.AddRange(Contents.Take(columns));
        var face = Typeface.Of(columns);
        var passages = new List<Passage>();
        foreach (var page in columns.GroupBy(column => column.Lines[0].Page))
        {
            var middle = (page.Max(column => column.Lines[0].Y) + page.Min(column => column.Lines[^1].Y)) / 2;
            foreach (var column in page)
            {
                var found = Paragraphs.Of(column, face);
                Notes.Mark(found, face, middle);
                passages.AddRange(found);
            }
        }
        new Headings(face, outline).Mark(passages);
        MarkItems(passages);
        MarkCode(passages, face);

        var marks = Notes.Marks(passages);
        var hyphens = new Hyphens(columns.SelectMany(column => column.Lines).Select(line => line.Text));
        var blocks = Flow.Join(passages).Select(passage => Block(passage, hyphens, marks)).ToList();
        var title = blocks.Where(block => block is { Kind: BlockKind.Heading, Page: 1 })
            .MinBy(block => block.Level)?.Text;
        blocks.AddRange(furniture.Select(line => new Block(BlockKind.Furniture, line.Text) { Page = line.Page }));
        blocks.AddRange(
            pages.SelectMany(
                page => page.Stamps.Select(stamp => new Block(BlockKind.Furniture, stamp) { Page = page.Number })));
        return (blocks, title);
    }

    private static void MarkItems(List<Passage> passages)
    {
        foreach (var passage in passages.Where(passage => passage.Kind == BlockKind.Paragraph && !passage.IsFloat))
            if (Markers.IsBullet(passage.FirstText) || Markers.IsNumber(passage.FirstText))
                (passage.Kind, passage.Level) = (BlockKind.ListItem, 1);
    }

    /// <summary>
    /// Several lines of letters that are all equally wide, in a document that is not set so as a whole.
    /// </summary>
    private static void MarkCode(List<Passage> passages, Typeface face)
    {
        if (face.IsFixed) return;
        foreach (var passage in passages.Where(passage => passage.Kind is BlockKind.Paragraph or BlockKind.ListItem))
            if (passage.Lines.Count > 1 && passage.Lines.All(line => line.Is(FontStyle.Fixed)))
                (passage.Kind, passage.Level) = (BlockKind.Code, 0);
    }

    /// <summary>Lines as they stand, begun as far in as they are.</summary>
    private static string Code(Passage passage)
    {
        var margin = passage.AllLines.Min(line => line.X0);
        return string.Join('\n', passage.AllLines.Select(line
            => new string(' ', (int)Math.Round((line.X0 - margin) / (0.6 * line.Size))) + line.Text));
    }

    private static Block Block(Passage passage, Hyphens hyphens, IReadOnlySet<(int, string)> marks)
    {
        var text = passage.Kind == BlockKind.Code ? Code(passage)
            : passage.Cells is { } cells ? string.Join('\n', cells.Select(row => string.Join('\t', row)))
            : hyphens.Joined(passage.AllLines.Select(line => Contents.WithoutLeaders(line.TextWithout(marks))));
        if (passage.Kind == BlockKind.ListItem) text = Markers.WithoutBullet(text);
        return new(passage.Kind, text) { Page = passage.Lines[0].Page, Level = passage.Level };
    }
}
