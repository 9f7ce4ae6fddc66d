using LongT5.Generation;
using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

public class SummarizerTests
{
    private static readonly LongT5Model Model = LongT5Model.Load(TinyModel.Folder);
    private static readonly Summarizer Summarizer = new(Model);
    private static readonly string Document = string.Concat(Enumerable.Range(1, 40)
        .Select(i => $"Sentence number {i} is about the art of war. "));

    private static SummaryOptions Tokens(int most) => new() { Generation = new() { MaxNewTokens = most } };

    [Fact]
    public void A_summary_counts_what_was_read_and_written()
    {
        var summary = Summarizer.Summarize(Document, Tokens(12));
        Assert.Equal(Model.Tokenizer.Encode(Document).Length, summary.InputTokens);
        Assert.Equal(0, summary.DroppedTokens);
        Assert.False(summary.IsInputCut);
        Assert.InRange(summary.OutputTokens, 1, 12);
        Assert.Equal(summary.OutputTokens == 12, summary.IsOutputCut);
        Assert.True(summary.Timings.Total > TimeSpan.Zero);
        Assert.Equal(Words(summary.Text), summary.Sentences.SelectMany(Words));

        static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    [Theory]
    [InlineData(SummaryLength.Short, 64)]
    [InlineData(SummaryLength.Medium, 192)]
    [InlineData(SummaryLength.Long, 512)]
    public void A_length_is_a_number_of_tokens(SummaryLength length, int tokens)
    {
        Assert.Equal(tokens, length.Tokens());
        var summary = Summarizer.Summarize("The art of war.",
            new() { Length = length, Generation = new() { MinNewTokens = tokens } });
        Assert.Equal(tokens, summary.OutputTokens);
    }

    [Fact]
    public void Without_a_word_on_length_it_is_medium_and_never_the_silent_twenty()
        => Assert.True(
            Summarizer.Summarize("The art of war.", new() { Generation = new() { MinNewTokens = 100 } }).OutputTokens
                >= 100);

    [Fact]
    public void The_checkpoint_says_prefix_and_length_and_the_call_stands_above()
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Write(scratch["m"], """
            , "task_specific_params": {"summarization": {"prefix": "sum: ", "max_length": 8, "min_length": 8}, "summarization_long": {"prefix": "long: "}}
            """));
        var summarizer = new Summarizer(model);
        var said = summarizer.Summarize(Document);
        Assert.Equal(7, said.OutputTokens);
        Assert.Equal(model.Tokenizer.Encode("sum: " + Document).Length, said.InputTokens);
        Assert.Equal(model.Tokenizer.Encode("long: The art of war.").Length,
            summarizer.Summarize("The art of war.", new() { Length = SummaryLength.Long }).InputTokens);
        Assert.Equal(model.Tokenizer.Encode("The art of war.").Length,
            summarizer.Summarize("The art of war.", Tokens(9) with { Prefix = "" }).InputTokens);
    }

    [Fact]
    public void A_summary_that_the_model_finds_unlikely_is_told_of_unless_it_is_a_quotation()
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Write(scratch["m"],
            """, "task_specific_params": {"summarization": {"least_score": -0.001}}"""));
        bool IsToldOf(Quoting quoting)
            => new Summarizer(model).Summarize(Document, Tokens(30) with { Quoting = quoting }).Warnings.Any(
                warning => warning.Contains("unlikely", StringComparison.Ordinal));
        Assert.True(IsToldOf(Quoting.Free));
        Assert.False(IsToldOf(Quoting.Verbatim));
    }

    [Fact]
    public void A_text_beyond_the_limit_is_cut_at_a_sentence_and_says_so()
    {
        var summary = Summarizer.Summarize(Document, Tokens(4) with { MaxInputTokens = 200, Long = LongInput.Cut });
        Assert.True(summary.IsInputCut);
        Assert.Equal(Model.Tokenizer.Encode(Document).Length, summary.InputTokens + summary.DroppedTokens);
        Assert.Contains(summary.Warnings, warning => warning.Contains("only the first", StringComparison.Ordinal));
        var whole = Enumerable.Range(1, 40).Select(sentences => Model.Tokenizer.Encode(
            string.Concat(Enumerable.Range(1, sentences)
                .Select(i => $"Sentence number {i} is about the art of war. "))).Length);
        Assert.Equal(whole.Last(length => length <= 200), summary.InputTokens);
    }

    [Fact]
    public void A_model_that_says_how_much_it_understands_reads_no_more_unless_told()
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Write(scratch["m"], """
            , "task_specific_params": {"summarization": {"max_input_tokens": 100}}
            """));
        var summarizer = new Summarizer(model);
        var cut = summarizer.Summarize(Document, Tokens(4) with { Long = LongInput.Cut });
        Assert.True(cut.IsInputCut && cut.InputTokens <= 100);
        Assert.Contains(cut.Warnings, warning => warning.Contains("of your own reads more", StringComparison.Ordinal));
        Assert.Equal(model.Tokenizer.Encode(Document).Length,
            summarizer.Summarize(Document, Tokens(4) with { MaxInputTokens = 100_000 }).InputTokens);
    }

    [Fact]
    public void What_memory_does_not_hold_is_cut_and_too_little_memory_is_an_error()
    {
        var whole = Summarizer.Estimate(Document, Tokens(4));
        var summary = Summarizer.Summarize(Document, Tokens(4) with { MaxMemory = whole.Bytes - 40_000 });
        Assert.True(summary.IsInputCut);
        Assert.Contains(summary.Warnings,
            warning => warning.Contains("MiB of memory hold no more", StringComparison.Ordinal));
        Assert.Throws<InsufficientMemoryException>(
            () => Summarizer.Summarize(Document, Tokens(4) with { MaxMemory = 1000 }));
    }

    [Fact]
    public async Task What_is_streamed_is_what_is_summarised()
    {
        foreach (var beams in new[] { 1, 3 })
        {
            var options = new SummaryOptions { Generation = new() { MaxNewTokens = 24, NumBeams = beams } };
            Summary? whole = null;
            var streamed = "";
            await foreach (var piece in Summarizer.StreamAsync(Document, options, summary => whole = summary,
                cancellation: TestContext.Current.CancellationToken))
                streamed += piece;
            Assert.Equal(Summarizer.Summarize(Document, options).Text, streamed);
            Assert.Equal(streamed, whole!.Text);
        }
    }

    [Fact]
    public async Task Leaving_the_loop_or_cancelling_stops_the_work()
    {
        var endless = new SummaryOptions
        {
            CutAnywhere = true,
            Generation = new() { MinNewTokens = 1_000_000, MaxNewTokens = 1_000_000 }
        };
        await foreach (var _ in Summarizer.StreamAsync("The art of war.", endless,
            cancellation: TestContext.Current.CancellationToken))
            break;
        using var stop = new CancellationTokenSource();
        var progress = new Reporter(report => { if (report is { Phase: "writing", Done: > 3 }) stop.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Summarizer.SummarizeAsync("The art of war.", endless, progress, stop.Token));
    }

    [Fact]
    public void Progress_reads_every_layer_and_then_writes()
    {
        var heard = new List<GenerationProgress>();
        Summarizer.Summarize("The art of war.", Tokens(5), new Reporter(heard.Add),
            TestContext.Current.CancellationToken);
        Assert.Equal([("reading", 1.0), ("reading", 2.0)], heard.Take(2).Select(report => (report.Phase, report.Done)));
        Assert.All(heard.Skip(2), report => Assert.Equal("writing", report.Phase));
    }

    [Fact]
    public void Requests_at_once_give_what_they_give_alone()
    {
        var documents = Enumerable.Range(1, 12).Select(i => Document[..(i * 90)]).ToArray();
        var alone = documents.Select(text => Summarizer.Summarize(text, Tokens(16)).Text).ToArray();
        var together = new string[documents.Length];
        Parallel.For(0, documents.Length, new() { MaxDegreeOfParallelism = 4 },
            i => together[i] = Summarizer.Summarize(documents[i], Tokens(16)).Text);
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Wrong_calls_are_named()
    {
        Assert.Throws<ArgumentException>(() => Summarizer.Summarize(" "));
        Assert.Contains("length",
            Assert.Throws<ArgumentException>(
                () => Summarizer.Summarize("Text.", Tokens(5) with { Length = SummaryLength.Long })).Message);
        Assert.Throws<ArgumentException>(
            () => Summarizer.Summarize("Text.", new() { Generation = new() { NumBeams = 1, NumReturnSequences = 3 } }));
    }

    [Fact]
    public void A_text_that_the_vocabulary_does_not_know_gives_one_warning()
        => Assert.Contains("does not know",
            Assert.Single(Summarizer.Summarize("Искусство войны имеет большое значение для государства.",
                Tokens(3) with { CutAnywhere = true }).Warnings));

    [Fact]
    public void The_least_length_of_a_checkpoint_yields_to_a_short_text_and_that_of_the_call_does_not()
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Write(scratch["m"], """
            , "task_specific_params": {"summarization": {"max_new_tokens": 300, "min_new_tokens": 200}}
            """));
        var summarizer = new Summarizer(model);
        var tokens = model.Tokenizer.Encode(Document[..450]).Length;
        Assert.InRange(tokens, 201, 400);
        Assert.Equal(300,
            summarizer.Summarize(Document[..450],
                new() { CutAnywhere = true, Generation = new() { MinNewTokens = 300 } }).OutputTokens);
        Assert.True(summarizer.Settings().Generation.MinNewTokens == 200);
        var short_ = Document[..200];
        var back = summarizer.Summarize(short_);
        Assert.Equal(short_.Trim(), back.Text);
        Assert.Contains("given as it stands", Assert.Single(back.Warnings));
        Assert.Equal(0, back.OutputTokens);
    }

    [Fact]
    public async Task Verbatim_with_any_model_gives_whole_sentences_of_the_text_in_its_own_characters()
    {
        string[] sentences =
        [
            "The town spent £4 million on it, Zoë said.", "It is <= 2 mm from failing (in 2019)!",
            "The U.S. Army came late, e.g. in May.",
            "“They left.”", "A ﬁne of half\na crown was paid.", "“Why?” she asked, and left the {room} then.",
        ];
        var text = "A HEADING\n\n" + string.Join(' ', sentences) + "\n\nAnother heading";
        var stop = TestContext.Current.CancellationToken;
        foreach (var generation in new GenerationOptions[] { new() { MaxNewTokens = 60 },
            new() { MaxNewTokens = 90, NumBeams = 3 }, new() { MaxNewTokens = 70, DoSample = true, Seed = 3 } })
            foreach (var quoting in new[] { Quoting.Verbatim, Quoting.VerbatimInOrder })
            {
                var options = new SummaryOptions { Generation = generation, Quoting = quoting };
                var summary = Summarizer.Summarize(text, options, cancellation: stop);
                var rest = summary.Text;
                var taken = new List<int>();
                while (rest.Length > 0)
                {
                    var next = Array.FindIndex(sentences,
                        sentence => rest.StartsWith(sentence.Replace('\n', ' '), StringComparison.Ordinal));
                    Assert.True(next >= 0, summary.Text);
                    taken.Add(next);
                    rest = rest[sentences[next].Length..].TrimStart();
                }
                Assert.NotEmpty(taken);
                Assert.Equal(taken.Distinct(), taken);
                Assert.True(quoting == Quoting.Verbatim || taken.SequenceEqual(taken.Order()));
                Assert.False(summary.IsOutputCut);
                Assert.Equal(0, summary.LeftAwayTokens);
                var streamed = "";
                await foreach (var piece in Summarizer.StreamAsync(text, options, cancellation: stop))
                    streamed += piece;
                Assert.Equal(summary.Text, streamed);
            }
        var none = Summarizer.Summarize(text, Tokens(3) with { Quoting = Quoting.Verbatim }, cancellation: stop);
        Assert.Contains(none.Warnings,
            warning => warning.Contains("not held to whole sentences", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(
            () => Summarizer.Summarize(text, Tokens(9) with { Quoting = Quoting.Verbatim, CutAnywhere = true },
                cancellation: stop));
    }

    [Fact]
    public void A_text_without_a_word_is_refused()
        => Assert.Contains("nothing to read",
            Assert.Throws<ArgumentException>(() => Summarizer.Summarize("12\n\n\u200b - 13 -\n...")).Message);

    [Fact]
    public void A_list_without_sentences_is_told_of()
        => Assert.Contains(Summarizer.Summarize(string.Join('\n', Enumerable.Repeat("Milk\nBread rolls\nEggs", 90)),
            Tokens(3)).Warnings,
            warning => warning.StartsWith("no sentences are in this text", StringComparison.Ordinal));

    [Fact]
    public void Summaries_written_together_are_those_written_alone()
    {
        string[] texts = [Document, Document[..100], Document[..700]];
        Assert.Equal(texts.Select(text => Summarizer.Summarize(text, Tokens(20)).Text),
            Summarizer.SummarizeAll(texts, Tokens(20)).Select(summary => summary.Text));
    }

    private sealed class Reporter(Action<GenerationProgress> report) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => report(value);
    }
}
