using LongT5.Tasks;
using LongT5.Tasks.Parts;
using LongT5.Text;

namespace LongT5.Tests.Tasks;

/// <summary>Texts that are longer than what a model was trained to read.</summary>
public class LongTextTests
{
    private static readonly LongT5Model Model = LongT5Model.Load(TinyModel.Folder);
    private static readonly Summarizer Summarizer = new(Model);
    private static readonly string Document = string.Join("\n\n", Enumerable.Range(1, 12).Select(paragraph =>
        string.Join(' ', Enumerable.Range(1, 5)
            .Select(i => $"Sentence {i} of paragraph {paragraph} is about the art of war."))));

    private static readonly SummaryOptions Quoted = new()
    {
        Long = LongInput.Merge,
        MaxInputTokens = 600,
        Quoting = Quoting.Verbatim,
        Generation = new() { MaxNewTokens = 400 },
    };

    private static readonly SummaryOptions Short = Quoted with
    {
        MaxInputTokens = 200,
        Generation = new() { MaxNewTokens = 150 },
    };

    [Fact]
    public void Parts_are_the_text_begin_at_paragraphs_and_are_of_nearly_equal_length()
    {
        var parts = TextParts.Of(new(Model.Tokenizer, Document), 600);
        Assert.Equal(Document, string.Concat(parts.Select(part => Document[part])));
        Assert.All(parts.Skip(1), part => Assert.Equal("\n\n", Document[(part.Start.Value - 2)..part.Start.Value]));
        var lengths = parts.Select(part => Model.Tokenizer.Encode(Document[part]).Length).ToList();
        Assert.All(lengths, length => Assert.InRange(length, 300, 600));
    }

    [Fact]
    public void A_part_begins_at_a_section_rather_than_at_a_nearer_paragraph()
    {
        var counted = new CountedText(Model.Tokenizer, Document);
        var heading = Document.IndexOf("Sentence 1 of paragraph 6", StringComparison.Ordinal);
        var text = new InputText(Document)
        {
            Breaks = [.. TextParts.Paragraphs(Document).Select(one => one.Start == heading
                ? one with { Level = 2, Heading = "Six" } : one)],
        };
        var room = 2 * counted.Tokens / 3;
        Assert.Equal(heading, TextParts.Of(new(Model.Tokenizer, text), room)[1].Start.Value);
        var half = TextParts.Of(counted, room)[1].Start.Value;
        Assert.Equal(Document.IndexOf("Sentence 1 of paragraph 7", StringComparison.Ordinal), half);
    }

    [Fact]
    public void No_part_begins_within_a_sentence_whatever_the_room()
    {
        var counted = new CountedText(Model.Tokenizer, Document);
        var starts = Sentences.Split(Document).Select(sentence => sentence.Start.Value).ToHashSet();
        foreach (var room in new[] { 80, 101, 150, 233, 400, 1000, 2000 })
        {
            var parts = TextParts.Of(counted, room);
            Assert.All(parts, part => Assert.Contains(part.Start.Value, starts));
            Assert.All(parts, part => Assert.InRange(Model.Tokenizer.Encode(Document[part]).Length, 1, room));
        }
    }

    [Fact]
    public void A_text_without_sentences_is_parted_between_words()
    {
        var text = string.Join(' ', Enumerable.Repeat("war", 500));
        var parts = TextParts.Of(new(Model.Tokenizer, text), 100);
        Assert.Equal(text, string.Concat(parts.Select(part => text[part])));
        Assert.All(parts, part => Assert.InRange(Model.Tokenizer.Encode(text[part]).Length, 1, 101));
    }

    [Fact]
    public void A_text_counted_in_stretches_has_the_tokens_and_the_places_of_the_whole()
    {
        var text = string.Concat(Enumerable.Repeat(Document + "\n\n", 90)) + new string('x', 70_000) + " \U0001F600.";
        var tokens = Model.Tokenizer.EncodeWithOffsets(text);
        var counted = new CountedText(Model.Tokenizer, text[..text.IndexOf("xx", StringComparison.Ordinal)]);
        // Over a long text the sums of a segmentation are rounded, and a tie may fall otherwise.
        Assert.All(counted.Places, place => Assert.InRange(place.Start,
            tokens.Offsets[Math.Max(0, place.Token - PartedSummary.Slack)].Start,
            tokens.Offsets[place.Token + PartedSummary.Slack].End));
        Assert.Equal(Sentences.Split(counted.Text).Select(one => one.Start.Value),
            counted.Places.Select(place => place.Start));
        // A run without white space is cut where a stretch ends; the word begins anew there, which is a token or two.
        Assert.InRange(new CountedText(Model.Tokenizer, text).Tokens - tokens.Ids.Length, 0, 2 * (70_000 / 8192 + 1));
    }

    [Fact]
    public void No_part_is_blank_however_little_room_there_is()
    {
        var text = Document[..300].Replace(" ", "    ", StringComparison.Ordinal) + "   \n\n  ";
        foreach (var room in new[] { 2, 3, 5, 8 })
        {
            var parts = TextParts.Of(new(Model.Tokenizer, text), room);
            Assert.Equal(text, string.Concat(parts.Select(part => text[part])));
            Assert.All(parts, part => Assert.False(string.IsNullOrWhiteSpace(text[part])));
        }
    }

    [Fact]
    public void A_long_text_is_read_whole_in_parts_and_its_summary_quotes_all_of_them()
    {
        var summary = Summarizer.Summarize(Document, Quoted);
        Assert.Equal(0, summary.DroppedTokens);
        var parts = summary.Parts.Where(part => part.Level == 1).ToList();
        Assert.True(parts.Count > 2);
        Assert.Equal(Document, string.Concat(parts.Select(part => Document[part.Start..part.End])));
        Assert.All(parts, part => Assert.InRange(part.InputTokens, 1, 600));
        Assert.All(parts, part => Assert.All(Sentences.Texts(part.Text),
            sentence => Assert.Contains(sentence, Document[part.Start..part.End], StringComparison.Ordinal)));
        Assert.Equal(string.Join("\n\n", parts.Select(part => part.Text)), summary.Text);
    }

    [Fact]
    public void What_is_summarised_again_is_still_quoted_from_the_text()
    {
        var summary = Summarizer.Summarize(Document, Short);
        Assert.True(summary.Parts.Max(part => part.Level) > 1);
        Assert.All(summary.Sentences, sentence => Assert.Contains(sentence, Document, StringComparison.Ordinal));
        Assert.InRange(Model.Tokenizer.Encode(summary.Text).Length, 1, 151);
        Assert.All(summary.Parts, part => Assert.InRange(part.InputTokens, 1, 200));
    }

    [Fact]
    public void What_is_quoted_of_many_parts_is_of_all_of_the_text()
    {
        var summary = Summarizer.Summarize(Document, Short with { Generation = new() { MaxNewTokens = 250 } });
        Assert.True(summary.Parts.Max(part => part.Level) > 1);
        var thirds = summary.Sentences.CountBy(sentence
            => Document.IndexOf(sentence, StringComparison.Ordinal) * 3 / Document.Length).ToDictionary();
        Assert.All(Enumerable.Range(0, 3), third => Assert.True(
            5 * thirds.GetValueOrDefault(third) >= summary.Sentences.Count, string.Join(", ", thirds)));
    }

    [Theory]
    [InlineData(600, 400)]
    [InlineData(200, 150)]
    public void Evidence_of_a_merged_summary_is_of_the_whole_text(int room, int tokens)
    {
        var summary = Summarizer.Summarize(Document, Quoted with
        {
            MaxInputTokens = room,
            Evidence = EvidenceMode.Passages,
            Generation = new() { MaxNewTokens = tokens },
        });
        Assert.Equal(summary.Sentences.Count, summary.Evidence!.Count);
        Assert.All(summary.Sentences.Zip(summary.Evidence), one =>
        {
            var passage = Assert.Single(one.Second);
            Assert.Equal(one.First, passage.Text);
            Assert.Equal(one.First, Document[passage.Start..passage.End]);
            Assert.Equal(1, passage.Weight);
        });
    }

    [Fact]
    public void One_part_is_not_merged_with_itself()
    {
        var summary = Summarizer.Summarize(Document, Quoted with { MaxInputTokens = 100_000 });
        Assert.Empty(summary.Parts);
        Assert.Equal(Model.Tokenizer.Encode(Document).Length, summary.InputTokens);
    }

    [Fact]
    public void Summaries_that_do_not_become_shorter_end_it_and_it_says_so()
    {
        var endless = new SummaryOptions
        {
            Long = LongInput.Merge,
            MaxInputTokens = 60,
            CutAnywhere = true,
            Generation = new() { MinNewTokens = 100, MaxNewTokens = 100 },
        };
        var summary = Summarizer.Summarize(Document[..400], endless);
        Assert.Contains(summary.Warnings, warning => warning.Contains("no shorter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_streamed_of_a_long_text_is_what_is_summarised()
    {
        foreach (var options in new[] { Quoted, Short })
        {
            var streamed = "";
            Summary? whole = null;
            await foreach (var piece in Summarizer.StreamAsync(Document, options, done => whole = done))
                streamed += piece;
            Assert.Equal(whole!.Text, streamed);
            Assert.Equal(Summarizer.Summarize(Document, options).Text, streamed);
        }
    }

    [Fact]
    public void Progress_tells_which_part_of_how_many_is_read()
    {
        var heard = new List<GenerationProgress>();
        var summary = Summarizer.Summarize(Document, Quoted, new Reporter(heard.Add));
        Assert.All(heard, report => Assert.Equal(summary.Parts.Count, report.Parts));
        Assert.Equal(Enumerable.Range(1, summary.Parts.Count), heard.Select(report => report.Part).Distinct());
    }

    [Fact]
    public void The_same_bytes_come_of_any_number_of_threads()
    {
        var summaries = new[] { 1, 3 }.Select(threads =>
        {
            using var model = LongT5Model.Load(TinyModel.Folder, threads);
            return new Summarizer(model).Summarize(Document, Quoted).Text;
        });
        Assert.Single(summaries.Distinct());
    }

    [Fact]
    public void Fused_windows_are_read_by_one_decoder()
    {
        var fused = Summarizer.Summarize(Document, Quoted with { Long = LongInput.Fuse });
        Assert.Empty(fused.Parts);
        Assert.Equal(Model.Tokenizer.Encode(Document).Length, fused.InputTokens);
        var whole = Summarizer.Summarize(Document, Quoted with { Long = LongInput.Whole });
        Assert.Equal(fused.InputTokens, whole.InputTokens);
        Assert.NotEqual(whole.Score, fused.Score);
        Assert.Equal(whole.Score, Summarizer.Summarize(Document,
            Quoted with { Long = LongInput.Fuse, MaxInputTokens = 100_000 }).Score);
    }

    [Fact]
    public void Texts_summarised_together_are_merged_and_fused_as_alone()
    {
        string[] texts = [Document, Document[..900], Document[..1700]];
        foreach (var options in new[] { Quoted, Quoted with { Long = LongInput.Fuse } })
            Assert.Equal(texts.Select(text => Summarizer.Summarize(text, options).Text),
                Summarizer.SummarizeAll(texts, options).Select(summary => summary.Text));
    }

    [Fact]
    public void An_answer_is_fused_but_not_merged_and_each_window_has_the_question()
    {
        var answerer = new Answerer(Model);
        var limited = new TextOptions { MaxInputTokens = 600 };
        var refused = Assert.Throws<ArgumentException>(
            () => answerer.Answer("Who?", Document, limited with { Long = LongInput.Merge }));
        Assert.Contains("merge", refused.Message, StringComparison.Ordinal);
        Assert.Contains("fuse", refused.Message, StringComparison.Ordinal);
        var fused = answerer.Answer("Who?", Document, limited with { Long = LongInput.Fuse });
        Assert.Equal(Model.Tokenizer.Encode(Answerer.Prompt("Who?", Document)).Length, fused.InputTokens);
        var unsaid = answerer.Answer("Who?", Document, limited);
        Assert.Equal((fused.Text, fused.Score, 0), (unsaid.Text, unsaid.Score, unsaid.DroppedTokens));
        Assert.NotEqual(fused.Score, answerer.Answer("Who?", Document, limited with { Long = LongInput.Whole }).Score);
        var unknown = Assert.Throws<ArgumentException>(
            () => answerer.Answer("Who?", Document, new() { Long = LongInput.Fuse }));
        Assert.Contains("max_input_tokens", unknown.Message, StringComparison.Ordinal);
    }

    private static InputText Book
    {
        get
        {
            var text = "A Book\n\nIt is about the art of war. It is about life.\n\n";
            var breaks = new List<TextBreak> { new(0, 1, "A Book") };
            foreach (var (heading, level, body) in new[] { ("One", 2, Document[..300]),
                ("First of one", 3, Document[300..700]), ("Empty", 3, ""), ("Two", 2, Document) })
            {
                breaks.Add(new(text.Length, level, heading));
                text += $"{heading}\n\n{body}\n\n";
            }
            return new(text.TrimEnd()) { Breaks = breaks };
        }
    }

    [Fact]
    public void Each_section_has_a_summary_of_its_own_and_all_have_one()
    {
        var summary = Summarizer.Summarize(Book, Quoted with { By = SummaryBy.Section });
        Assert.Equal(["A Book", "One", "First of one", "Two"], summary.Sections.Select(section => section.Heading));
        Assert.Equal([1, 2, 3, 2], summary.Sections.Select(section => section.Level));
        Assert.Equal(Summarizer.Summarize(Book, Quoted).Text, summary.Text);
        Assert.All(summary.Sections, section => Assert.All(section.Summary.Sentences, sentence
            => Assert.Contains(sentence, Book.Text[section.Start..section.End], StringComparison.Ordinal)));
        Assert.True(summary.Sections[3].Summary.Parts.Count > 1);
        Assert.Equal(Book.Text.Length, summary.Sections[3].Summary.Parts[^1].End);
    }

    [Fact]
    public void A_chapter_is_what_stands_under_the_highest_headings_of_which_there_are_several()
    {
        var summary = Summarizer.Summarize(Book,
            Quoted with { By = SummaryBy.Chapter, Evidence = EvidenceMode.Passages });
        Assert.Equal(["A Book", "One", "Two"], summary.Sections.Select(section => section.Heading));
        Assert.Equal(Book.Text.IndexOf("Two\n", StringComparison.Ordinal), summary.Sections[1].End);
        Assert.All(summary.Sections, section => Assert.All(section.Summary.Evidence!.SelectMany(one => one), passage =>
        {
            Assert.Equal(passage.Text, Book.Text[passage.Start..passage.End]);
            Assert.InRange(passage.Start, section.Start, section.End);
        }));
    }

    [Fact]
    public void A_text_without_headings_has_one_summary_and_says_so()
    {
        var summary = Summarizer.Summarize(Document, Quoted with { By = SummaryBy.Section });
        Assert.Empty(summary.Sections);
        Assert.Contains(summary.Warnings, warning => warning.Contains("no headings", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(
            () => Summarizer.StreamAsync(Document, Quoted with { By = SummaryBy.Section }));
    }

    [Fact]
    public void A_part_that_was_finished_is_not_made_again()
    {
        using var scratch = new Cli.Scratch();
        var (file, whole) = (scratch["x.parts"], Summarizer.Summarize(Document, Quoted));
        var text = new InputText(Document) { PartsFile = file };
        using var stop = new CancellationTokenSource();
        var progress = new Reporter(report => { if (report.Part == 3) stop.Cancel(); });
        Assert.ThrowsAny<OperationCanceledException>(
            () => Summarizer.Summarize(text, Quoted, progress, stop.Token));
        Assert.Equal(2, File.ReadLines(file).Count());
        var heard = new List<int>();
        var resumed = Summarizer.Summarize(text, Quoted, new Reporter(report => heard.Add(report.Part)));
        Assert.DoesNotContain(1, heard);
        Assert.DoesNotContain(2, heard);
        Assert.Contains(3, heard);
        Assert.Equal(whole.Text, resumed.Text);
        Assert.Equal(whole.Parts, resumed.Parts);

        heard.Clear();
        Summarizer.Summarize(text, Quoted with { Quoting = Quoting.VerbatimInOrder },
            new Reporter(report => heard.Add(report.Part)));
        Assert.Contains(1, heard);

        File.WriteAllText(file, "{\"key\": 3}\nno JSON\n" + File.ReadAllText(file)[..500]);
        Assert.Equal(whole.Text, Summarizer.Summarize(text, Quoted).Text);
    }

    [Fact]
    public void A_section_that_was_finished_is_not_made_again()
    {
        using var scratch = new Cli.Scratch();
        var text = Book with { PartsFile = scratch["x.parts"] };
        var options = Quoted with { By = SummaryBy.Section, Evidence = EvidenceMode.Passages };
        var whole = Summarizer.Summarize(text, options);
        var heard = new List<int>();
        var again = Summarizer.Summarize(text, options, new Reporter(report => heard.Add(report.Part)));
        Assert.Empty(heard);
        Assert.Equal(whole.Sections.Select(section => section.Summary.Text),
            again.Sections.Select(section => section.Summary.Text));
        Assert.Equal(whole.Evidence!.SelectMany(one => one), again.Evidence!.SelectMany(one => one));
    }

    [Theory]
    [InlineData("models/long-t5-tglobal-base-16384-book-summary", 16384)]
    [InlineData("led-16k", 16384)]
    [InlineData("longt5-4096-8192", 8192)]
    [InlineData("long-t5-base", 0)]
    [InlineData("run-2023", 0)]
    [InlineData("V2-1000", 0)]
    public void A_name_tells_a_length(string name, int tokens)
        => Assert.Equal(tokens, TrainedLength.InName(name)?.Tokens ?? 0);

    [Fact]
    public void The_task_parameters_say_it_before_the_tokenizer_and_that_before_the_name()
    {
        using var scratch = new Cli.Scratch();
        var folder = TinyModel.Write(scratch["tiny-2048"]);
        Assert.Equal((2048, "its name, tiny-2048"), Said(folder));
        var config = Path.Combine(folder, "tokenizer_config.json");
        File.WriteAllText(config, """{"model_max_length": 1000000000000000019884624838656}""");
        Assert.Equal(2048, Said(folder).Tokens);
        File.WriteAllText(config, """{"model_max_length": 512}""");
        Assert.Equal(2048, Said(folder).Tokens);
        File.WriteAllText(config, """{"model_max_length": 4096}""");
        Assert.Equal((4096, "model_max_length of tokenizer_config.json"), Said(folder));
        var own = TinyModel.Write(scratch["tiny-1024"], """
            , "task_specific_params": {"summarization": {"max_input_tokens": 100}}
            """);
        Assert.Equal((100, "max_input_tokens of its task parameters"), Said(own));

        static (int Tokens, string Source) Said(string folder)
        {
            using var model = LongT5Model.Load(folder);
            return (model.TrainedLength!.Tokens, model.TrainedLength.Source);
        }
    }

    private sealed class Reporter(Action<GenerationProgress> hear) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => hear(value);
    }
}
