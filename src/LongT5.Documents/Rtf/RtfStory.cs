using System.Text;
using LongT5.Documents.Office;

namespace LongT5.Documents.Rtf;

/// <summary>A text of its own within a document: the body, a note, a text box, a head or foot.</summary>
/// <param name="kind">What its paragraphs are where nothing else is said.</param>
/// <param name="styles">The names of paragraph styles by their numbers.</param>
sealed class RtfStory(BlockKind kind, IReadOnlyDictionary<int, string> styles)
{
    private readonly List<Block> _blocks = [];
    private readonly List<IReadOnlyList<IReadOnlyList<Block>>> _rows = [];
    private readonly List<IReadOnlyList<Block>> _row = [];
    private readonly List<Block> _cell = [], _boxes = [];

    /// <summary>What its paragraphs are where nothing else is said.</summary>
    public BlockKind Kind => kind;

    /// <summary>The words of the paragraph that is being read.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>Whether that paragraph has a list's mark before it.</summary>
    public bool HasMark { get; set; }

    /// <summary>Ends the paragraph.</summary>
    public void EndParagraph(RtfParagraph properties)
    {
        var words = Text.ToString();
        Text.Clear();
        var bullet = words.AsSpan().TrimStart() is ['•' or '·' or '▪' or '◦' or '–', ' ' or '\t', ..];
        var block = new Block(kind, bullet ? words.TrimStart()[1..] : words);
        var isItem = HasMark || bullet || properties.List > 0;
        HasMark = false;
        var style = styles.GetValueOrDefault(properties.Style, "");
        if (StyleNames.IsGenerated(style)) return;
        if (kind == BlockKind.Paragraph)
            block = properties.Outline is >= 0 and < 9 and var outline
                ? block with { Kind = BlockKind.Heading, Level = outline + 1 }
                : StyleNames.KindOf(style) is var (named, level) ? block with { Kind = named, Level = level }
                : isItem ? block with { Kind = BlockKind.ListItem, Level = properties.ListLevel + 1 }
                : block;
        if (properties.IsInTable)
        {
            if (words.AsSpan().Trim().Length > 0) _cell.Add(block);
            _cell.AddRange(_boxes);
        }
        else
        {
            EndTable();
            _blocks.Add(block);
            _blocks.AddRange(_boxes);
        }
        _boxes.Clear();
    }

    /// <summary>Ends a cell of a table.</summary>
    public void EndCell(RtfParagraph properties)
    {
        EndParagraph(properties with { IsInTable = true });
        _row.Add([.. _cell]);
        _cell.Clear();
    }

    /// <summary>Ends a row of a table.</summary>
    public void EndRow()
    {
        if (_row.Count > 0) _rows.Add([.. _row]);
        _row.Clear();
    }

    /// <summary>Blocks of a text box, which stand behind the paragraph that it hangs on.</summary>
    public void Add(IEnumerable<Block> blocks) => _boxes.AddRange(blocks);

    /// <summary>Ends it all.</summary>
    public IReadOnlyList<Block> Finish(RtfParagraph properties)
    {
        EndParagraph(properties with { IsInTable = false });
        EndTable();
        return _blocks;
    }

    private void EndTable()
    {
        EndRow();
        if (_rows.Count == 0) return;
        if (TableText.IsLayout(_rows)) _blocks.AddRange(_rows.SelectMany(row => row).SelectMany(cell => cell));
        else _blocks.Add(TableText.Of([.. _rows]));
        _rows.Clear();
    }
}

/// <summary>What holds for a paragraph.</summary>
/// <param name="Style">The number of its style.</param>
/// <param name="Outline">Its outline level from 0; -1 for body text.</param>
/// <param name="List">The list that it belongs to; 0 for none.</param>
/// <param name="ListLevel">How deep in the list, from 0.</param>
/// <param name="IsInTable">Whether it stands in a cell.</param>
sealed record RtfParagraph(int Style = 0, int Outline = -1, int List = 0, int ListLevel = 0, bool IsInTable = false);
