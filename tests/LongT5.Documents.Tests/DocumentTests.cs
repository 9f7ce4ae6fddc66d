using CsCheck;

namespace LongT5.Documents.Tests;

public class DocumentTests
{
    private static readonly Gen<Block> Blocks = Gen.Select(
        Gen.Enum<BlockKind>(), Gen.Int[0, 4]
            .Select(i => new[] { "One word.", " \u00AD", "ﬁne\tand  wide", "two\n\nlines", "" }[i]), Gen.Int[1, 4],
        (kind, text, level) => new Block(kind, text) { Level = level });

    [Fact]
    public void Every_block_of_the_text_stands_where_it_says()
        => Blocks.Array[0, 12].Sample(blocks =>
        {
            var document = new Document(DocumentFormat.Docx, blocks);
            Assert.All(document.Blocks, block => Assert.Equal(
                block.Kind == BlockKind.Furniture ? "" : block.Text, document.Text[block.Start..block.End]));
            Assert.Equal(
                string.Join("\n\n", document.Blocks.Where(block => block.Kind != BlockKind.Furniture)
                    .Select(block => block.Text)),
                document.Text);
        });

    [Fact]
    public void A_section_ends_where_a_heading_of_its_rank_begins()
    {
        var document = new Document(DocumentFormat.Docx,
        [
            Heading("A", 1), new(BlockKind.Paragraph, "a"), Heading("A1", 2), new(BlockKind.Paragraph, "a1"),
            Heading("B", 1),
        ]);
        Assert.Equal(["A", "A1", "B"], document.Sections.Select(section => section.Heading));
        Assert.Equal("A\n\na\n\nA1\n\na1\n\n", document.Text[document.Sections[0].Start..document.Sections[0].End]);
        Assert.Equal("A1\n\na1\n\n", document.Text[document.Sections[1].Start..document.Sections[1].End]);
        Assert.Equal([0, 0, 1, 1, 2], document.Blocks.Select(block => block.Section ?? -1));
    }

    [Fact]
    public void A_place_is_the_section_and_the_page_of_the_block_that_stands_there()
    {
        var document = new Document(DocumentFormat.Pdf,
        [
            new(BlockKind.Paragraph, "Before.") { Page = 1 }, Heading("Methods", 1) with { Page = 2 },
            new(BlockKind.Furniture, "Running head") { Page = 3 }, new(BlockKind.Paragraph, "We looked.") { Page = 3 },
        ]);
        Assert.Equal(new(null, 1), document.PlaceOf(0));
        Assert.Equal(new("Methods", 3), document.PlaceOf(document.Text.IndexOf("looked", StringComparison.Ordinal)));
        Assert.Equal(new(null, null), document.PlaceOf(document.Text.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => document.PlaceOf(document.Text.Length + 1));
    }

    [Fact]
    public void Ligatures_are_letters_and_soft_hyphens_are_gone()
        => Assert.Equal("find the first effect", Text(BlockKind.Paragraph, "ﬁnd the\u00A0ﬁrst ef\u00ADfect"));

    [Fact]
    public void Code_keeps_its_indentation()
        => Assert.Equal("if (x)\n    y();", Text(BlockKind.Code, "if (x)\n\ty();\n"));

    [Fact]
    public void Plain_text_stays_as_it_is()
        => Gen.Int[0, 4].Select(i => new[] { "a", "\n", "\r\n", " ", "b c" }[i]).Array[0, 12].Sample(parts =>
        {
            var text = string.Concat(parts);
            var document = Document.OfPlainText(text, []);
            Assert.Equal(text, document.Text);
            Assert.All(document.Blocks, block => Assert.Equal(block.Text, text[block.Start..block.End]));
            Assert.Equal(
                text.Replace("\r", "", StringComparison.Ordinal).Split('\n').Count(line => line.Trim().Length > 0),
                document.Blocks.Sum(block => block.Text.Split('\n').Length));
        });

    private static Block Heading(string text, int level) => new(BlockKind.Heading, text) { Level = level };

    private static string Text(BlockKind kind, string text)
        => new Document(DocumentFormat.Docx, [new(kind, text)]).Text;
}
