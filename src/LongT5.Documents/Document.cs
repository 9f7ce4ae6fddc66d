using System.Text;
using LongT5.Tasks;

namespace LongT5.Documents;

/// <summary>A document as a person would read it aloud: blocks in reading order, and the text that they make.</summary>
public sealed class Document
{
    private const string Parting = "\n\n";

    private readonly Lazy<IReadOnlyList<Block>> _blocks; // of plain text they are the text once more

    /// <summary>A document of these blocks; ranges and sections are found here.</summary>
    /// <param name="format">What it was read from.</param>
    /// <param name="blocks">In reading order; those without a word are left out.</param>
    public Document(DocumentFormat format, IEnumerable<Block> blocks)
    {
        Format = format;
        var text = new StringBuilder();
        var placed = new List<Block>();
        foreach (var block in blocks)
        {
            var words = ReadingText.Of(block.Text, block.Kind);
            if (words.Length == 0) continue;
            if (block.Kind == BlockKind.Furniture)
            {
                placed.Add(block with { Text = words, Start = text.Length, End = text.Length });
                continue;
            }
            if (text.Length > 0) text.Append(Parting);
            placed.Add(block with { Text = words, Start = text.Length, End = text.Length + words.Length });
            text.Append(words);
        }
        Text = text.ToString();
        (var sectioned, Sections) = Sectioned(placed, Text.Length);
        _blocks = new(sectioned);
    }

    private Document(string text)
    {
        Format = DocumentFormat.PlainText;
        Text = text;
        (_blocks, Sections) = (new(() => Paragraphs(text)), []);
    }

    /// <summary>Plain text: it stays as it is, and what blank lines part is a paragraph.</summary>
    public static Document OfPlainText(string text, IReadOnlyList<string>? notes = null)
        => new(text) { Notes = notes ?? [] };

    /// <summary>What it was read from.</summary>
    public DocumentFormat Format { get; }

    /// <summary>Its title, where the document says one.</summary>
    public string? Title { get; init; }

    /// <summary>Its language as the document says it (a BCP 47 tag), where it does.</summary>
    public string? Language { get; init; }

    /// <summary>How many pages or slides it has, where the format has any.</summary>
    public int? Pages { get; init; }

    /// <summary>What the reader must be told of how it was read: sentences without the document's name.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>All blocks in reading order.</summary>
    public IReadOnlyList<Block> Blocks => _blocks.Value;

    /// <summary>Every heading with what stands under it, in order.</summary>
    public IReadOnlyList<Section> Sections { get; }

    /// <summary>What a model reads: the blocks without the furniture, parted by blank lines.</summary>
    public string Text { get; }

    /// <summary>Where a piece of <see cref="Text"/> stands.</summary>
    /// <param name="start">Where it begins in the text.</param>
    /// <returns>Of the block that it begins in, or that begins next.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The text is shorter.</exception>
    public Place PlaceOf(int start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Text.Length);
        if (Format == DocumentFormat.PlainText) return new(null, null);
        var block = Blocks.FirstOrDefault(block => block.Kind != BlockKind.Furniture && block.End > start);
        return new(block?.Section is { } section ? Sections[section].Heading : null, block?.Page);
    }

    /// <summary>What a model is given: the text, and where its sections and paragraphs begin.</summary>
    public InputText Input => new(Text)
    {
        Breaks = Format == DocumentFormat.PlainText ? null : [.. Blocks.Where(block => block.End > block.Start)
            .Select(block => block.Kind == BlockKind.Heading
                ? new TextBreak(block.Start, block.Level, block.Text) : new TextBreak(block.Start))],
    };

    private static List<Block> Paragraphs(string text)
    {
        var blocks = new List<Block>();
        for (int at = 0, start = -1, end = 0; at <= text.Length;)
        {
            var line = text.AsSpan(at).IndexOf('\n') is >= 0 and var length ? length : text.Length - at;
            var isBlank = text.AsSpan(at, line).IsWhiteSpace();
            if (!isBlank)
                (start, end) = (start < 0 ? at : start, at + text.AsSpan(at, line).TrimEnd().Length);
            at += line + 1;
            if (start < 0 || !isBlank && at <= text.Length) continue;
            blocks.Add(new Block(BlockKind.Paragraph, text[start..end]) { Start = start, End = end });
            start = -1;
        }
        return blocks;
    }

    private static (IReadOnlyList<Block>, IReadOnlyList<Section>) Sectioned(List<Block> blocks, int length)
    {
        var sections = new List<Section>();
        var open = new Stack<int>();
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i] is { Kind: BlockKind.Heading } heading)
            {
                while (open.TryPeek(out var last) && sections[last].Level >= heading.Level)
                    sections[last] = sections[open.Pop()] with { End = heading.Start };
                open.Push(sections.Count);
                sections.Add(new Section(heading.Text, heading.Level, heading.Start, length));
            }
            if (open.TryPeek(out var inner)) blocks[i] = blocks[i] with { Section = inner };
        }
        return (blocks, sections);
    }
}
