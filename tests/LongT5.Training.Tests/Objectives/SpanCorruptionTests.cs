using CsCheck;
using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Tests.Objectives;

public sealed class SpanCorruptionTests
{
    [Theory]
    [InlineData(3, 4096, 910, 4550)]
    [InlineData(5, 4096, 839, 4653)]
    [InlineData(10, 4096, 782, 4734)]
    [InlineData(20, 4096, 753, 4775)]
    [InlineData(3, 512, 114, 568)]
    public void The_text_that_fits_has_the_length_that_T5_computes(double span, int input, int target, int raw)
        => Assert.Equal(raw,
            new SpanCorruption { MeanSpan = span, PastSentinels = true }.RawLength(new(input, target)));

    [Fact]
    public void Input_and_target_together_are_the_text()
        => Gen.Select(Gen.Int[2, 400], Gen.Int[0, 1000]).Sample((length, seed) =>
        {
            var example = Make(new SpanCorruption(), length, seed);
            Assert.Equal(Enumerable.Range(100, length), Restored(example));
            Assert.Equal((1, 1), (example.Input[^1], example.Target[^1]));
        }, iter: 300);

    [Fact]
    public void With_more_spans_than_sentinels_the_spans_become_longer_unless_the_vocabulary_may_be_used()
    {
        var capped = Make(new SpanCorruption(), 4000, 7);
        Assert.Equal(100, capped.Input.Count(id => id > 32099 - 100));
        Assert.Equal(Enumerable.Range(100, 4000), Restored(capped));

        var past = Make(new SpanCorruption { PastSentinels = true }, 4000, 7);
        Assert.Equal(200, past.Input.Count(id => id > 32099 - 200));
    }

    static TokenizedExample Make(SpanCorruption objective, int length, int seed)
    {
        var dice = new Dice(seed);
        return (objective with { Encode = _ => [.. Enumerable.Range(100, length)] })
            .Make(new Dictionary<string, string[]> { ["text"] = ["any"] }, ref dice, new Room(5000, 5000))!;
    }

    static List<int> Restored(TokenizedExample example)
    {
        const int Sentinel = 30000;
        var hidden = new Dictionary<int, List<int>>();
        var last = new List<int>();
        foreach (var id in example.Target[..^1])
        {
            if (id > Sentinel) hidden[id] = last = [];
            else last.Add(id);
        }
        return [.. example.Input[..^1].SelectMany(id => id > Sentinel ? hidden[id] : [id])];
    }
}
