using System.Text.Json;
using LongT5.Text;

namespace LongT5.Tests.Text;

/// <summary>
/// T5's own vocabulary against everything that was recorded of it; it lies in the data sets, not in this repository.
/// </summary>
public sealed class T5VocabularyTests
{
    private const string Missing = "LONGT5_GOLDENS and LONGT5_DATA name the recorded results and T5's vocabulary.";

    public static bool Here => Goldens.Whole;

    private static readonly Lazy<Tokenizer> Slow =
        new(() => Tokenizer.Load(TextGoldens.Data("t5_tokenizer", "sd3", "spiece.model")));

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void Every_line_agrees_with_the_slow_tokenizer()
        => EveryLine("slow", text => Slow.Value.Encode(text));

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void Every_line_agrees_with_the_slow_tokenizer_in_its_legacy_behaviour()
    {
        var legacy = Tokenizer.Load(TextGoldens.Data("t5_tokenizer", "sd3", "spiece.model"), new() { Legacy = true });
        EveryLine("slow_legacy", text => legacy.Encode(text));
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here))]
    [InlineData("decoded", true)]
    [InlineData("decoded_all", false)]
    public void Every_line_is_decoded_as_by_the_slow_tokenizer(string field, bool skipSpecialTokens)
    {
        var wrong = TextGoldens.Lines("tokenizer.jsonl")
            .Select(
                line => (Expected: line.Text(field), Found: Slow.Value.Decode(line.Ints("slow"), skipSpecialTokens)))
            .Where(pair => pair.Expected != pair.Found);
        Assert.Empty(wrong);
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here))]
    [InlineData("sd3")]
    [InlineData("flux")]
    public void Every_line_agrees_with_the_fast_tokenizer(string serialisation)
    {
        var fast = Tokenizer.Load(TextGoldens.Data("t5_tokenizer", serialisation, "tokenizer.json"));
        EveryLine(serialisation, text => fast.Encode(text));
    }

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void Offsets_agree_with_the_fast_tokenizer()
    {
        var fast = Tokenizer.Load(TextGoldens.Data("t5_tokenizer", "sd3", "tokenizer.json"));
        var wrong = new List<string>();
        foreach (var line in TextGoldens.Lines("tokenizer.jsonl")
            .Where(line => line.TryGetProperty("offsets_sd3", out _)))
        {
            var text = line.Text("text");
            var expected = line.GetProperty("offsets_sd3").EnumerateArray()
                .Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()));
            var found = fast.EncodeWithOffsets(text).Offsets.Select(
                at => (CodePoints(text, at.Start), CodePoints(text, at.End)));
            if (!expected.SequenceEqual(found))
                wrong.Add($"{text}: {string.Join(' ', expected)} but {string.Join(' ', found)}");
        }
        Assert.Empty(wrong);
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here))]
    [InlineData("decoded_fast", false)]
    [InlineData("decoded_fast_cleaned", true)]
    public void Every_line_is_decoded_as_by_the_fast_tokenizer(string field, bool cleanUp)
    {
        var fast = Tokenizer.Load(TextGoldens.Data("t5_tokenizer", "sd3", "tokenizer.json"));
        var wrong = TextGoldens.Lines("tokenizer.jsonl")
            .Select(line => (Expected: line.Text(field), Found: fast.Decode(line.Ints("sd3"), cleanUp: cleanUp)))
            .Where(pair => pair.Expected != pair.Found);
        Assert.Empty(wrong);
    }

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void Pairs_truncation_and_random_ids_agree()
    {
        var fast = Tokenizer.Load(TextGoldens.Data("t5_tokenizer", "sd3", "tokenizer.json"));
        var more = TextGoldens.Document("tokenizer-more.json");
        foreach (var pair in more.GetProperty("pairs").EnumerateArray())
        {
            Assert.Equal(pair.Ints("slow"), Slow.Value.EncodePair(pair.Text("a"), pair.Text("b")));
            Assert.Equal(pair.Ints("sd3"), fast.EncodePair(pair.Text("a"), pair.Text("b")));
            Assert.Equal(pair.Ints("truncated_16"), Slow.Value.Encode(pair.Text("a"), maxLength: 16));
        }
        foreach (var ids in more.GetProperty("random_ids").EnumerateArray())
        {
            Assert.Equal(ids.Text("slow"), Slow.Value.Decode(ids.Ints("ids")));
            Assert.Equal(ids.Text("fast"), fast.Decode(ids.Ints("ids")));
        }
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here))]
    [InlineData("t5_tokenizer/golden_spm.jsonl", "t5_tokenizer/sd3/spiece.model")]
    [InlineData("sentencepiece_tests/golden_test_model.jsonl", "sentencepiece_tests/test_model.model")]
    [InlineData("sentencepiece_tests/golden_test_ja_model.jsonl", "sentencepiece_tests/test_ja_model.model")]
    public void Bare_sentencepiece_agrees(string golden, string model)
    {
        var path = TextGoldens.Data(model);
        var tokenizer = Tokenizer.Load(path, new() { Legacy = true, Sentinels = 0, SpecialTokensInText = false });
        var wrong = new List<string>();
        foreach (var line in File.ReadLines(TextGoldens.Data(golden))
            .Select(line => JsonDocument.Parse(line).RootElement))
        {
            var ids = tokenizer.Encode(line.Text("text"), addEnd: false);
            if (!ids.AsSpan().SequenceEqual(line.Ints("ids")))
                wrong.Add($"{line.Text("text")}: {string.Join(' ', line.Ints("ids"))} but {string.Join(' ', ids)}");
        }
        Assert.Empty(wrong);
    }

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void Long_documents_have_as_many_tokens_as_SentencePiece_counted()
    {
        foreach (var document in JsonDocument.Parse(
            File.ReadAllText(TextGoldens.Data("longdocs", "INDEX.json"))).RootElement.EnumerateArray())
        {
            var text = File.ReadAllText(TextGoldens.Data("longdocs", document.Text("file")));
            Assert.Equal(document.GetProperty("t5_tokens").GetInt32(), Slow.Value.Encode(text, addEnd: false).Length);
        }
    }

    private static int CodePoints(string text, int end) => text.AsSpan(0, end).EnumerateRunes().Count();

    private static void EveryLine(string field, Func<string, int[]> encode)
    {
        var wrong = TextGoldens.Lines("tokenizer.jsonl")
            .Where(line => !encode(line.Text("text")).AsSpan().SequenceEqual(line.Ints(field)))
            .Select(line => $"{line.Text("text")}: {string.Join(' ', line.Ints(field))} but "
                + $"{string.Join(' ', encode(line.Text("text")))}");
        Assert.Empty(wrong);
    }
}

static class Runes
{
    public static int Count(this System.Text.SpanRuneEnumerator runes)
    {
        var count = 0;
        foreach (var _ in runes) count++;
        return count;
    }
}
