namespace LongT5.Documents;

/// <summary>Tables as text, whatever format they come from.</summary>
static class TableText
{
    /// <summary>A table of rows of cells, each a list of blocks: a line a row, a tab between cells.</summary>
    public static Block Of(IEnumerable<IReadOnlyList<IReadOnlyList<Block>>> rows)
        => new(BlockKind.Table,
            string.Join('\n', rows.Select(row => string.Join('\t', row.Select(Cell).Where(text => text.Length > 0)))));

    /// <summary>
    /// Whether it only places things on a page: one cell wide, or cells as a page has them, with headings or much text.
    /// </summary>
    public static bool IsLayout(IReadOnlyList<IReadOnlyList<IReadOnlyList<Block>>> rows)
        => rows.All(row => row.Count(cell => cell.Count > 0) <= 1) || rows.Any(row => row.Any(IsPage));

    private static bool IsPage(IReadOnlyList<Block> cell)
        => cell.Any(block => block.Kind == BlockKind.Heading) || cell.Count > 2
            && cell.Sum(block => block.Text.Length) > 500;

    private static string Cell(IReadOnlyList<Block> blocks)
        => string.Join(' ', blocks.Select(block => ReadingText.Of(block.Text, block.Kind))
            .Where(text => text.Length > 0))
            .Replace('\n', ' ');
}
