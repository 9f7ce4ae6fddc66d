using LongT5.Generation;
using LongT5.Hub;
using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

/// <summary>For each sentence of a summary the passages of the text that were read for it.</summary>
public class EvidenceTests
{
    private const string Text = """
        The heart pumps blood through the body.
        Arteries carry blood away from the heart. Veins bring it back! In 1628 William Harvey described the circulation
        of the blood. Before him, Galen had taught that the liver makes blood. Nobody believed Harvey at first.
        Capillaries join the smallest arteries to the smallest veins. Their walls are one cell thick.
        """;

    private static readonly LongT5Model Tiny = LongT5Model.Load(TinyModel.Folder);
    private static readonly LongT5Model Embedded = LongT5Model.Load(ModelLocation.Resolve(null));
    private static readonly string Long = string.Concat(Enumerable.Range(1, 60)
        .Select(i => $"Sentence number {i} is about the art of war in the year {1000 + 7 * i}. "));

    private static readonly SummaryOptions Asked = new() { Evidence = EvidenceMode.Passages };

    [Fact]
    public void Nothing_is_looked_for_unless_it_is_asked_for()
        => Assert.Null(new Summarizer(Tiny).Summarize(Long).Evidence);

    [Theory]
    [InlineData(EvidenceMode.Passages)]
    [InlineData(EvidenceMode.Causal)]
    public void Every_sentence_has_a_list_of_whole_sentences_of_the_text_best_first(EvidenceMode mode)
    {
        var summary = new Summarizer(Tiny).Summarize(Long,
            new() { Evidence = mode, Generation = new() { MaxNewTokens = 80, MinNewTokens = 60 } });
        Assert.Equal(summary.Sentences.Count, summary.Evidence!.Count);
        foreach (var passages in summary.Evidence)
        {
            Assert.Equal(passages.OrderByDescending(passage => passage.Weight), passages);
            Assert.All(passages, passage =>
            {
                Assert.Equal(Long[passage.Start..passage.End], passage.Text);
                Assert.Matches(@"^Sentence number \d+ is about the art of war in the year \d+\.$", passage.Text);
                Assert.InRange(passage.Weight, 0, 1);
            });
        }
    }

    [Fact]
    public void What_is_written_is_the_same_to_the_last_bit_with_evidence_as_without()
    {
        GenerationOptions[] ways =
        [
            new() { MaxNewTokens = 50 }, new() { MaxNewTokens = 50, NumBeams = 3 },
            new() { MaxNewTokens = 50, DoSample = true, Seed = 7 },
            new() { MaxNewTokens = 50, NumBeams = 1, PromptLookupNumTokens = 6 },
        ];
        foreach (var type in new ElementType?[] { null, ElementType.BF16, ElementType.I8 })
        {
            using var model = LongT5Model.Load(TinyModel.Folder, engine: new() { WeightType = type });
            foreach (var generation in ways)
            {
                var options = new SummaryOptions { Generation = generation, CutAnywhere = true };
                var plain = new Summarizer(model).Summarize(Long, options);
                foreach (var mode in new[] { EvidenceMode.Passages, EvidenceMode.Causal })
                {
                    var traced = new Summarizer(model).Summarize(Long, options with { Evidence = mode });
                    Assert.Equal((plain.Text, plain.Score), (traced.Text, traced.Score));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Evidence_of_what_was_just_written_is_that_of_the_same_text_when_it_is_traced(int beams)
    {
        var options = Asked with
        {
            Quoting = Quoting.Free,
            Generation = new() { NumBeams = beams, NoRepeatNgramSize = 3, MinNewTokens = 100, MaxNewTokens = 120 },
        };
        var summary = new Summarizer(Embedded).Summarize(Long, options);
        var traced = new Summarizer(Embedded).Trace(Long, summary.Text, options);
        Assert.Contains(summary.Evidence!, passages => passages[0].Weight < 1);
        foreach (var (passages, expected) in summary.Evidence!.Zip(traced.Evidence!))
        {
            Assert.Equal(expected.Select(passage => passage.Start), passages.Select(passage => passage.Start));
            foreach (var (passage, same) in passages.Zip(expected))
                Assert.Equal(same.Weight, passage.Weight, 1e-3);
        }
    }

    [Fact]
    public void Texts_that_are_summarised_together_have_the_evidence_of_each_alone()
    {
        var summarizer = new Summarizer(Tiny);
        var options = Asked with { Generation = new() { MaxNewTokens = 60 } };
        string[] texts = [Long, Long[..400], Long[900..2100]];
        var together = summarizer.SummarizeAll(texts, options);
        foreach (var (text, summary) in texts.Zip(together))
            Assert.Equal(summarizer.Summarize(text, options).Evidence!, summary.Evidence!);
    }

    [Fact]
    public async Task A_summary_that_is_streamed_has_its_evidence_at_the_end()
    {
        Summary? whole = null;
        await foreach (var _ in new Summarizer(Embedded).StreamAsync(Text, Asked, summary => whole = summary,
            cancellation: TestContext.Current.CancellationToken)) { }
        Assert.Equal(whole!.Sentences.Count, whole.Evidence!.Count);
    }

    [Fact]
    public void A_sentence_that_stands_in_the_text_is_its_own_evidence_line_breaks_apart()
    {
        var summary = new Summarizer(Embedded).Trace(Text,
            "In 1628 William Harvey described the circulation of the blood. Veins bring it back!");
        Assert.Equal(["In 1628 William Harvey described the circulation\nof the blood."],
            summary.Evidence![0].Select(passage => passage.Text));
        Assert.Equal((Text.IndexOf("Veins", StringComparison.Ordinal), 1.0),
            (summary.Evidence[1].Single().Start, summary.Evidence[1].Single().Weight));
    }

    [Fact]
    public void A_text_that_is_its_own_summary_is_its_own_evidence()
    {
        var summary = new Summarizer(Embedded).Summarize(Text, Asked);
        Assert.Equal(Text.Trim(), summary.Text);
        Assert.Equal(summary.Sentences, summary.Evidence!.Select(passages => passages.Single().Text));
    }

    [Theory]
    [InlineData(EvidenceMode.Passages)]
    [InlineData(EvidenceMode.Causal)]
    public void A_sentence_in_other_words_leads_to_the_sentence_that_it_was_made_from(EvidenceMode mode)
    {
        var summary = new Summarizer(Embedded).Trace(Text,
            "Harvey wrote of circulating blood in 1628. A capillary's walls are a cell thick.",
            new() { Evidence = mode });
        Assert.StartsWith("In 1628 William Harvey", summary.Evidence![0][0].Text, StringComparison.Ordinal);
        Assert.Equal("Their walls are one cell thick.", summary.Evidence[1][0].Text);
    }

    [Fact]
    public void A_sentence_made_of_two_leads_to_both_and_one_made_of_one_to_one()
    {
        var summary = new Summarizer(Embedded).Trace(Text,
            "Veins bring blood back and the walls of capillaries are one cell thick. "
                + "Harvey was not believed at first.");
        Assert.Equal(["Their walls are one cell thick.", "Veins bring it back!"],
            summary.Evidence![0].Take(2).Select(passage => passage.Text).Order(StringComparer.Ordinal));
        Assert.Equal(["Nobody believed Harvey at first."], summary.Evidence[1].Select(passage => passage.Text));
    }

    [Fact]
    public void Where_nothing_of_the_text_was_read_there_is_no_evidence()
    {
        var nothing = new SummaryOptions { MaxInputTokens = 2, Prefix = "Art of war: ", Long = LongInput.Cut };
        Assert.Equal([[]], new Summarizer(Tiny).Trace(Long, "War.", nothing).Evidence!);
    }

    [Fact]
    public void A_traced_summary_stays_as_it_is()
    {
        var summary = new Summarizer(Embedded).Trace(Text, " Harvey,\n in 1628.  ");
        Assert.Equal(" Harvey,\n in 1628.  ", summary.Text);
        Assert.Throws<ArgumentException>(() => new Summarizer(Embedded).Trace(Text, " "));
    }

    [Fact]
    public void What_was_not_read_is_no_evidence()
    {
        var summary = new Summarizer(Tiny).Trace(Long, "Sentence number 60 is about the art of war.",
            new() { MaxInputTokens = 400, Long = LongInput.Cut });
        Assert.True(summary.IsInputCut);
        var read = Long.IndexOf("Sentence number 15 ", StringComparison.Ordinal);
        Assert.All(summary.Evidence![0], passage => Assert.InRange(passage.End, 1, read));
    }
}
