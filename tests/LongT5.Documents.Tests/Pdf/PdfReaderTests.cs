namespace LongT5.Documents.Tests.Pdf;

public class PdfReaderTests
{
    private static readonly string[] Left =
    [
        "The left column is read before the right one", "because its lines stand under each other and",
        "a strip of white runs down beside all of them,", "whatever the lines on its other side may say,",
        "and only when it has come to its end the eye", "goes up again and finds the other column.",
    ];

    private static readonly string[] Right =
    [
        "In the right column another paragraph stands,", "whose lines are level with those of the left",
        "one, so that a reader of rows would mix them", "and make nonsense of two plain paragraphs,",
        "which is what happens in many programs that", "people use to look into their papers.",
    ];

    [Fact]
    public void Two_columns_are_read_one_after_the_other()
        => Assert.Equal([string.Join(' ', Left), string.Join(' ', Right)],
            Texts(new PdfSheets().Page().Lines(60, 700, Left).Lines(320, 700, Right).Read()));

    [Fact]
    public void The_rows_of_a_table_are_read_cell_by_cell()
    {
        var sheet = new PdfSheets().Page();
        string[][] rows = [["Region", "Stations", "Depth"], ["North shelf", "14", "220 m"],
            ["South shelf", "9", "185 m"], ["Inner basin", "23", "71 m"]];
        for (var i = 0; i < rows.Length; i++)
            for (var k = 0; k < 3; k++)
                sheet.Line(80 + 120 * k, 700 - 14 * i, rows[i][k]);
        var table = Assert.Single(sheet.Read().Blocks);
        Assert.Equal(BlockKind.Table, table.Kind);
        Assert.Equal(string.Join('\n', rows.Select(row => string.Join(" | ", row))), table.Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_head_of_a_table_may_stand_in_the_middle_of_its_columns(int lines)
    {
        var sheet = new PdfSheets().Page().Line(60, 680, "Depths of the regions.");
        sheet.Line(119, 660, "Region", 10, true).Line(277, 660, "Stations", 10, true);
        if (lines == 1) sheet.Line(427, 660, "Mean depth", 10, true);
        else sheet.Line(440, 666, "Mean", 10, true).Line(438, 654, "depth", 10, true);
        string[][] rows = [["North shelf", "14", "220 m"], ["South shelf", "9", "185 m"], ["Inner basin", "23", "71 m"]];
        for (var i = 0; i < rows.Length; i++)
            for (var k = 0; k < 3; k++)
                sheet.Line(60 + 160 * k, 636 - 14 * i, rows[i][k]);
        var document = sheet.Line(60, 580, "They were taken in May.").Read();
        Assert.Equal([BlockKind.Paragraph, BlockKind.Table, BlockKind.Paragraph],
            document.Blocks.Select(block => block.Kind));
        Assert.Equal("Region | Stations | Mean depth\nNorth shelf | 14 | 220 m\nSouth shelf | 9 | 185 m\nInner basin | 23 | 71 m",
            document.Blocks[1].Text);
    }

    [Fact]
    public void A_bold_line_in_several_groups_is_no_heading()
        => Assert.DoesNotContain(new PdfSheets().Page().Lines(60, 760, Left).Line(60, 670, "Region", 10, true)
            .Line(200, 670, "Stations", 10, true).Line(320, 670, "Mean depth", 10, true).Lines(60, 640, Right).Read().Blocks,
            block => block.Kind == BlockKind.Heading);

    [Fact]
    public void Few_words_that_were_drawn_apart_to_fill_their_lines_are_no_table()
    {
        string[] lines = ["words that fill a narrow line", "of some text and go on as", "far too long", "but few words",
            "set wide apart", "until they have come to an end"];
        var sheet = new PdfSheets().Page();
        for (var i = 0; i < lines.Length; i++) sheet.Justified(60, 185, 724 - 12 * i, lines[i]);
        Assert.Equal(string.Join(' ', lines), sheet.Read().Text);
    }

    [Theory]
    [InlineData(1.6)]
    [InlineData(2.5)]
    [InlineData(7)]
    public void Words_without_blanks_between_are_parted_by_the_gaps_of_their_line(double gap)
    {
        const string Text = "words of one line that was set as tight or wide as it had to be";
        Assert.Equal(Text, new PdfSheets().Page().Words(60, 700, Text, gap).Read().Text);
    }

    [Fact]
    public void Letter_spaced_words_stay_whole()
    {
        Assert.Equal("THE WORLD IN REVIEW", new PdfSheets().Page().Spaced(60, 700, "THE WORLD IN REVIEW", 3)
            .Read().Text);
    }

    [Fact]
    public void Words_broken_at_a_lines_end_are_joined_as_the_document_writes_them()
        => Assert.Equal("The know ledge of a well-known author is knowledge, and self-made, well-known and plain.",
            new PdfSheets().Page().Lines(60, 700, "The know ledge of a well-known author is know-",
                "ledge, and self-made, well-", "known and plain.").Read().Text);

    [Fact]
    public void A_sentence_goes_on_over_the_end_of_a_page_and_what_pages_repeat_is_furniture()
    {
        var sheet = new PdfSheets();
        for (var page = 1; page <= 4; page++)
            sheet.Page().Line(60, 800, "Notes of the society").Line(500, 800, $"{16 + page}")
                .Lines(60, 700,
                    $"Page {Named(page)} begins in the middle of a sentence that had begun on the page before it,",
                    $"and it ends before the sentence of page {Named(page)} has come to what it wanted to say, since");
        var document = sheet.Read();
        Assert.Equal(4, document.Pages);
        Assert.DoesNotContain("society", document.Text);
        Assert.DoesNotContain("17", document.Text);
        Assert.Equal(4, document.Blocks.Count(block => block.Kind == BlockKind.Furniture));
        Assert.Contains("wanted to say, since Page two begins", document.Text);
    }

    [Fact]
    public void A_large_first_letter_belongs_to_its_word()
        => Assert.Equal("The subject of this essay is not what people call the liberty of the will, but another, "
            + "which is hardly ever spoken of, and this is why.",
            new PdfSheets().Page().Line(60, 690, "T", 32)
                .Line(82, 702, "he subject of this essay is not what people call")
                .Line(82, 690, "the liberty of the will, but another, which is")
                .Line(60, 678, "hardly ever spoken of, and this is why.").Read().Text);

    [Fact]
    public void Larger_lines_are_headings_and_the_largest_are_the_highest()
    {
        var document = new PdfSheets().Page().Line(60, 760, "Waves that meet", 20)
            .Line(60, 730, "Two special cases", 14)
            .Lines(60, 700, "Pure constructive interference occurs when two identical waves",
                "arrive at the same point exactly in phase.").Read();
        Assert.Equal([("Waves that meet", 1), ("Two special cases", 2)],
            document.Sections.Select(section => (section.Heading, section.Level)));
        Assert.Equal("Waves that meet", document.Title);
    }

    [Theory]
    [InlineData("What Is Power?", false, true)]
    [InlineData("Who Speaks for the Trees?", false, true)]
    [InlineData("What is power?", true, true)]
    [InlineData("What power is", true, true)]
    [InlineData("What is power?", false, false)]
    [InlineData("Is that Peter?", false, false)]
    [InlineData("But who?", false, false)]
    public void A_line_in_the_size_of_the_text_is_a_heading_where_it_is_bold_or_a_question_set_as_a_title(
        string line, bool bold, bool isHeading)
    {
        var document = new PdfSheets().Page().Lines(60, 760, Left).Line(60, 680, line, 10, bold)
            .Lines(60, 660, Right).Read();
        Assert.Equal([BlockKind.Paragraph, isHeading ? BlockKind.Heading : BlockKind.Paragraph, BlockKind.Paragraph],
            document.Blocks.Select(block => block.Kind));
        Assert.Equal(line, document.Blocks[1].Text);
    }

    [Fact]
    public void A_bold_heading_stands_apart_from_text_that_follows_it_at_once()
    {
        var document = new PdfSheets().Page().Lines(60, 760, Left).Line(60, 688, "What is power?", 10, true)
            .Lines(60, 676, Right).Read();
        Assert.Equal((BlockKind.Heading, "What is power?"), (document.Blocks[1].Kind, document.Blocks[1].Text));
    }

    [Fact]
    public void A_footnote_stands_behind_its_section_and_its_sign_is_not_read()
    {
        var document = new PdfSheets().Page()
            .Lines(60, 700, "The word is used here in the sense of population genetics").Line(305, 704, "1", 6)
            .Line(310, 700, "and in no other,")
            .Lines(60, 688, "as all of its readers know who have read the first chapter before.")
            .Line(60, 100, "1", 6).Line(64, 97, "Not in its everyday sense, whatever this may be.", 8)
            .Page().Lines(60, 700, "On the second page the text goes on with another paragraph, which",
                "has two lines as well, and ends here.").Read();
        Assert.Equal([BlockKind.Paragraph, BlockKind.Paragraph, BlockKind.Footnote],
            document.Blocks.Select(block => block.Kind));
        Assert.Contains("population genetics and in no other, as all", document.Text);
        Assert.EndsWith("1 Not in its everyday sense, whatever this may be.", document.Text);
    }

    [Fact]
    public void Numbers_beside_the_lines_are_furniture()
    {
        var sheet = new PdfSheets();
        for (var page = 0; page < 2; page++)
        {
            sheet.Page();
            for (var i = 0; i < (page == 0 ? 12 : 3); i++)
                sheet.Line(40, 700 - 20 * i, $"{12 * page + i + 1}", 7)
                    .Line(70, 700 - 20 * i,
                        $"line {Named(i)} of a manuscript that a reviewer shall read and judge soon");
        }
        var document = sheet.Read();
        Assert.DoesNotContain(document.Text, char.IsDigit);
    }

    [Fact]
    public void Items_are_told_by_their_bullets()
    {
        var document = new PdfSheets().Page().Line(60, 700, "•")
            .Line(75, 700, "Read the terms of reference before the first meeting, and")
            .Line(75, 688, "read them again after it.").Line(60, 676, "•").Line(75, 676, "Write down each decision.")
            .Read();
        Assert.Equal([BlockKind.ListItem, BlockKind.ListItem], document.Blocks.Select(block => block.Kind));
        Assert.Equal(["Read the terms of reference before the first meeting, and read them again after it.",
            "Write down each decision."], Texts(document));
    }

    [Fact]
    public void Letters_that_were_printed_twice_are_read_once()
        => Assert.Equal("bold by overprinting", new PdfSheets().Page().Line(60, 700, "bold by overprinting")
            .Line(60.4, 700, "bold by overprinting").Read().Text);

    [Fact]
    public void What_nobody_sees_is_not_read()
        => Assert.Equal("What everybody sees.", new PdfSheets().Page().Line(60, 700, "What everybody sees.")
            .White(60, 680, "white on white").Invisible(60, 660, "drawn without ink").Line(60, 640, "too small", 0.5)
            .Line(60, -40, "off the page").Read().Text);

    [Fact]
    public void Slides_that_are_shown_step_by_step_are_read_once()
        => Assert.Equal(["The first point of the talk.", "The second point of it."],
            Texts(new PdfSheets().Page().Line(60, 700, "The first point of the talk.")
                .Page().Line(60, 700, "The first point of the talk.").Line(60, 660, "The second point of it.").Read()));

    [Fact]
    public void A_table_of_contents_is_furniture()
    {
        var document = new PdfSheets().Page().Line(60, 760, "Contents", 16).Line(60, 730, "Early years ............ 3")
            .Line(60, 718, "Late years ............ 17")
            .Page().Line(60, 760, "Early years", 16).Line(60, 730, "They were long.").Read();
        Assert.Equal("Early years\n\nThey were long.", document.Text);
    }

    private static IEnumerable<string> Texts(Document document)
        => document.Blocks.Where(block => block.Kind != BlockKind.Furniture).Select(block => block.Text);

    private static string Named(int number)
        => new[] { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven" }[number];
}
