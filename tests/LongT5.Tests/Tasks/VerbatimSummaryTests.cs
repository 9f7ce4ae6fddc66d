using CsCheck;
using LongT5.Generation;
using LongT5.Tasks;
using LongT5.Tests.Text;
using LongT5.Text;

namespace LongT5.Tests.Tasks;

/// <summary>Summaries of whole sentences of the text, from text to text.</summary>
public sealed class VerbatimSummaryTests
{
    private static readonly LongT5Model Pieces = LongT5Model.Load(TinyModel.Folder);
    private static readonly LongT5Model Bytes = LongT5Model.Load(TinyModel.FolderOfBytes);

    private static readonly string[] Words = ["the", "art", "of war", "U.S.", "e.g. a", "£4", "Zoë", "ﬁne", "<= 2 mm",
        "(in 2019)", "日本", "🙂", "no,", "“why”", "{x}", "</s>", "5.5", "it is"];

    private static readonly Gen<string> Sentence = Gen.Select(Gen.Int[0, Words.Length - 1].Array[1, 7], Gen.Int[0, 4],
        (words, end) => $"The {string.Join(' ', words.Select(word => Words[word]))} came"
            + new[] { ".", "!", "?", "...", ".”" }[end]);

    private static readonly Gen<string> Documents = Gen.Select(Sentence.Array[3, 9], Gen.Int[0, 5].Array[9],
        (sentences, spaces) => string.Concat(sentences.Select((sentence, i) => sentence
            + new[] { " ", "\n", "  ", "\n\n", "\n\nA HEADING\n\n", " " }[spaces[i]])));

    private static readonly Gen<SummaryOptions> Asked = Gen.Select(Gen.Int[0, 3], Gen.Int[30, 150], Gen.Int[0, 99],
        Gen.Bool, (kind, most, seed, inOrder) => new SummaryOptions
        {
            Quoting = inOrder ? Quoting.VerbatimInOrder : Quoting.Verbatim,
            Generation = new()
            {
                MaxNewTokens = most,
                MinNewTokens = seed % 3 == 0 ? most / 2 : null,
                NoRepeatNgramSize = seed % 5,
                NumBeams = kind is 1 or 2 ? 3 : 1,
                DoSample = kind > 1,
                Seed = seed,
                PromptLookupNumTokens = kind == 0 && seed % 2 == 0 ? 5 : null,
            },
        });

    [Fact]
    public void A_summary_is_whole_sentences_of_the_text_in_its_own_characters()
        => Gen.Select(Documents, Asked, Gen.Bool).Sample((text, options, ofBytes) =>
        {
            var summarizer = new Summarizer(ofBytes ? Bytes : Pieces);
            var summary = summarizer.Summarize(text, options);
            if (summary.Warnings.Any(warning => warning.Contains("not held", StringComparison.Ordinal))) return;
            var source = SentencesOf(text);
            Assert.NotEmpty(summary.Sentences);
            Assert.All(summary.Sentences, sentence => Assert.Contains(sentence, source));
            Assert.Equal(summary.Sentences.Distinct(), summary.Sentences);
            Assert.Equal(string.Join(' ', summary.Sentences), summary.Text);
            Assert.False(summary.IsOutputCut);
            Assert.Equal(0, summary.LeftAwayTokens);
            if (options.Quoting == Quoting.VerbatimInOrder)
                Assert.Equal(summary.Sentences.OrderBy(source.IndexOf), summary.Sentences);
            Assert.Equal(summary.Text, string.Concat(summarizer.StreamAsync(text, options).ToBlockingEnumerable()));
            if (options.Generation is not { DoSample: true })
                Assert.Equal(summary.Text, summarizer.SummarizeAll([text, text], options)[1].Text);
        }, iter: 60);

    [Theory]
    [InlineData("pieces")]
    [InlineData("bytes")]
    [InlineData("spiece.model")]
    public void Every_sentence_of_a_text_can_be_quoted_with_any_vocabulary(string name)
    {
        var tokenizer = name switch
        {
            "pieces" => Pieces.Tokenizer,
            "bytes" => Bytes.Tokenizer,
            _ => Tokenizer.Load(TextGoldens.Fixture(name)),
        };
        Documents.Where(text => !text.Contains("</s>", StringComparison.Ordinal)).Sample(text =>
        {
            const string Prefix = "summarize: ";
            var tokens = tokenizer.EncodeWithOffsets(Prefix + text);
            var source = new SourceText(tokenizer, Prefix + text, Prefix.Length, tokens);
            var sentences = source.Quotable(tokens.Ids);
            Assert.Equal(SentencesOf(text).Distinct(), sentences.Select(sentence => sentence.Text));
            var quotations = new Quotations(sentences.Select(sentence => sentence.Tokens), false, source.Separator);
            var writer = new QuotationWriter(quotations, sentences, tokenizer);
            var streamed = "";
            // Signs that a vocabulary lacks are one to it, and so may sentences be that differ in them.
            var apart = sentences.DistinctBy(sentence => string.Join(' ', sentence.Tokens)).Reverse().ToList();
            foreach (var (i, sentence) in apart.Index())
                foreach (var id in i == 0 ? sentence.Tokens : [.. source.Separator, .. sentence.Tokens])
                    streamed += writer.Add(id);
            streamed += writer.Finish(isCut: false);
            Assert.Equal(writer.Text, streamed);
            Assert.Equal(string.Join(' ', writer.Quoted), writer.Text);
            Assert.Equal(0, writer.LeftAway);
            Assert.Equal(apart.Select(sentence => sentence.Text), writer.Quoted);
        });
    }

    [Fact]
    public void What_a_limit_of_time_cuts_within_a_sentence_is_left_away()
    {
        var sentences = new List<(int[], string)> { ([5, 6], "One came."), ([7, 8, 9], "Two came.") };
        var writer = new QuotationWriter(new(sentences.Select(one => one.Item1)), sentences, Pieces.Tokenizer);
        Assert.Equal("One came.", string.Concat(new[] { 0, 5, 6, 7, 8 }.Select(writer.Add)));
        Assert.Equal("", writer.Finish(isCut: true));
        Assert.Equal(("One came.", 2), (writer.Text, writer.LeftAway));
    }

    [Fact]
    public void A_summary_that_is_begun_with_other_words_is_no_quotation()
    {
        var begun = new SummaryOptions { Generation = new() { MaxNewTokens = 20, DecoderInputIds = [[20]] } };
        const string Text = "The art of war came. It was no art, and it was not of war! That is the end of it all.";
        Assert.NotEqual("", new Summarizer(Pieces).Summarize(Text, begun).Text);
        Assert.Throws<ArgumentException>(
            () => new Summarizer(Pieces).Summarize(Text, begun with { Quoting = Quoting.Verbatim }));
    }

    private static List<string> SentencesOf(string text)
        => [.. Sentences.Split(text).Where(range => Sentences.IsWhole(text.AsSpan()[range]))
            .Select(range => string.Join(' ',
                text[range].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
}
