using System.Text.Json;
using LongT5.Text;

namespace LongT5.Tests.Text;

/// <summary>T5's own vocabulary against everything that was recorded of it; it lies in the data sets, not in this repository.</summary>
public sealed class T5VocabularyTests
{
    public static bool Here => Goldens.Whole && Goldens.Data is not null;

    private static readonly Lazy<Tokenizer> Slow = new(() => Tokenizer.Load(TextGoldens.T5("sd3", "spiece.model")));

    [Fact(Skip = "Needs LONGT5_GOLDENS and LONGT5_DATA.", SkipUnless = nameof(Here))]
    public void Every_line_agrees_with_the_slow_tokenizer()
        => EveryLine("slow", text => Slow.Value.Encode(text));

    [Fact(Skip = "Needs LONGT5_GOLDENS and LONGT5_DATA.", SkipUnless = nameof(Here))]
    public void Every_line_agrees_with_the_slow_tokenizer_in_its_legacy_behaviour()
    {
        var legacy = Tokenizer.Load(TextGoldens.T5("sd3", "spiece.model"), new() { Legacy = true });
        EveryLine("slow_legacy", text => legacy.Encode(text));
    }

    [Theory(Skip = "Needs LONGT5_GOLDENS and LONGT5_DATA.", SkipUnless = nameof(Here))]
    [InlineData("decoded", true)]
    [InlineData("decoded_all", false)]
    public void Every_line_is_decoded_as_by_the_slow_tokenizer(string field, bool skipSpecialTokens)
    {
        var wrong = TextGoldens.Lines("tokenizer.jsonl")
            .Select(line => (Expected: line.Text(field), Found: Slow.Value.Decode(line.Ints("slow"), skipSpecialTokens)))
            .Where(pair => pair.Expected != pair.Found);
        Assert.Empty(wrong);
    }

    private static void EveryLine(string field, Func<string, int[]> encode)
    {
        var wrong = TextGoldens.Lines("tokenizer.jsonl")
            .Where(line => !encode(line.Text("text")).AsSpan().SequenceEqual(line.Ints(field)))
            .Select(line => $"{line.Text("text")}: {string.Join(' ', line.Ints(field))} but {string.Join(' ', encode(line.Text("text")))}");
        Assert.Empty(wrong);
    }
}
