using LongT5.Documents;
using LongT5.Documents.Reports;
using LongT5.Tasks;

namespace LongT5.Browser.Tests;

/// <summary>Reports to look at.</summary>
static class Reports
{
    /// <summary>A report of two pages with every kind of block, three sentences, one of which is doubted.</summary>
    public static Report Usual { get; } = Of(new Document(DocumentFormat.Pdf,
    [
        new(BlockKind.Heading, "Annual report of the tram company") { Level = 1, Page = 1 },
        new(BlockKind.Paragraph, "The company carried 41 million passengers in 2031, a tenth more than in the year before. "
            + "Wages rose by ten per cent. Two lines were closed for repairs until May, and the depot in the north was "
            + "given a new roof.") { Page = 1 },
        new(BlockKind.Heading, "Results") { Level = 2, Page = 1 },
        new(BlockKind.Paragraph, "Fares brought in 62 million, which is 3 million more than the plan had foreseen. The "
            + "council paid the rest. Nobody expects that to change before the next election.") { Page = 1 },
        new(BlockKind.ListItem, "Electricity cost less than in any year since 2022") { Level = 1, Page = 1 },
        new(BlockKind.ListItem, "Spare parts cost more, most of all wheels") { Level = 1, Page = 1 },
        new(BlockKind.ListItem, "of which the greater part were ordered in 2029") { Level = 2, Page = 1 },
        new(BlockKind.ListItem, "1. Repairs that were put off are counted here") { Level = 1, Page = 1 },
        new(BlockKind.Table, "City | Trams | Passengers\nBergen | 12 | 4.1 million\nTrieste | 31 | 36.9 million") { Page = 2 },
        new(BlockKind.Caption, "Table 1: Trams and passengers by city") { Page = 2 },
        new(BlockKind.Heading, "Outlook") { Level = 2, Page = 2 },
        new(BlockKind.Quotation, "We shall not close the line to the harbour.") { Page = 2 },
        new(BlockKind.Paragraph, "So the chairwoman said in March. The line to the harbour stays open, and new trams come "
            + "in 2033. They are built in Graz, and each of them takes 240 people.") { Page = 2 },
        new(BlockKind.Code, "line 4: harbour - market - station\nline 7: station - university") { Page = 2 },
        new(BlockKind.Footnote, "1 Figures for Trieste are provisional.") { Page = 2 },
    ])
    { Title = "Annual report", Language = "en" },
        ("The company carried 41 million passengers in 2031, a tenth more than in the year before.",
            ["The company carried 41 million passengers in 2031"]),
        ("Fares brought in 64 million, 3 million more than planned, and the council paid the rest.",
            ["Fares brought in 62 million", "The council paid the rest."]),
        ("The line to the harbour stays open, and new trams come in 2033.",
            ["The line to the harbour stays open", "We shall not close the line"]));

    /// <summary>A report of a document and the sentences of its summary, each with words of its passages.</summary>
    public static Report Of(Document document, params (string Text, string[] Passages)[] sentences)
    {
        var all = Text.Sentences.Split(document.Text);
        Passage Find(string words) => all.Select(range => (range, text: document.Text[range]))
            .Where(one => one.text.Contains(words, StringComparison.Ordinal))
            .Select(one => new Passage(one.range.Start.Value, one.range.End.Value, one.text, 0.9)).First();
        return new(document, new Summary
        {
            Text = string.Join(' ', sentences.Select(one => one.Text)),
            Sentences = [.. sentences.Select(one => one.Text)],
            Evidence = [.. sentences.Select(one => one.Passages.Select(Find).ToList())],
            Doubts = [.. sentences.Index().Where(one => one.Item.Text.Contains("64 million"))
                .Select(one => new Doubt(DoubtKind.Number, one.Index, 17, 27, "the document does not have the number \u201c64 million\u201d"))],
        })
        {
            Name = "annual-report.pdf",
            Figures =
            [
                new("Model", "longt5-embedded"), new("Read", "4,311 tokens"), new("Written", "96 tokens"),
                new("Options", "num_beams 4, length medium"), new("Time", "1.9 s to read, 0.8 s to write"),
            ],
        };
    }
}
