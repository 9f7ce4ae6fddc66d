using LongT5.Kernels;
using LongT5.Model;
using LongT5.Model.Mixers;

namespace LongT5.Tests.Model;

/// <summary>The buckets and blocks of the published models, number by number.</summary>
public sealed class RelativePositionTests
{
    /// <summary>The distance at which each bucket begins, for 32 buckets and a greatest distance of 128.</summary>
    private static readonly int[] s_bothWays = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91];
    private static readonly int[] s_past =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77,
        87, 99, 113,
    ];

    [Fact]
    public void Buckets_begin_where_the_reference_begins_them()
    {
        for (var distance = 0; distance <= 100_000; distance += distance < 300 ? 1 : 997)
        {
            var both = s_bothWays.Count(start => start <= distance) - 1;
            Assert.Equal(both, RelativePosition.Bucket(-distance, 32, 128, causal: false));
            if (distance > 0)
                Assert.Equal(16 + both, RelativePosition.Bucket(distance, 32, 128, causal: false));
            Assert.Equal(s_past.Count(start => start <= distance) - 1,
                RelativePosition.Bucket(-distance, 32, 128, causal: true));
            Assert.Equal(0, RelativePosition.Bucket(distance, 32, 128, causal: true));
        }
    }

    [Fact]
    public void Any_buckets_stay_in_their_table_and_never_fall_with_distance()
    {
        for (var buckets = 4; buckets <= 70; buckets++)
        {
            for (var maxDistance = buckets / 2 + 1; maxDistance < 400; maxDistance += 13)
            {
                Assert.Null(RelativePosition.Problem(buckets, maxDistance));
                var last = 0;
                for (var distance = 0; distance < 500; distance++)
                {
                    var bucket = RelativePosition.Bucket(-distance, buckets, maxDistance, causal: true);
                    Assert.InRange(bucket, last, buckets - 1);
                    last = bucket;
                    Assert.InRange(RelativePosition.Bucket(distance, buckets, maxDistance, causal: false), 0,
                        buckets - 1);
                }
                Assert.Equal(buckets - 1, last);
            }
        }
    }

    [Theory]
    [InlineData(3, 128, "relative_attention_num_buckets"), InlineData(32, 16, "relative_attention_max_distance")]
    public void Buckets_that_cannot_be_are_named(int buckets, int maxDistance, string field)
        => Assert.Contains(field, RelativePosition.Problem(buckets, maxDistance), StringComparison.Ordinal);

    [Fact]
    public unsafe void What_is_out_of_reach_is_masked()
    {
        using var table = new NativeBuffer(2 * 8);
        for (var i = 0; i < 16; i++)
            table.Pointer[i] = i;
        using var biases = RelativePosition.Both(table.Pointer, heads: 2, buckets: 8, maxDistance: 16,
            reach: 3, margin: 2);
        for (var head = 0; head < 2; head++)
        {
            for (var distance = -5; distance <= 5; distance++)
            {
                var expected = Math.Abs(distance) > 3 ? float.NegativeInfinity
                    : 2 * RelativePosition.Bucket(distance, 8, 16, causal: false) + head;
                Assert.Equal(expected, biases.Pointer[head * 11 + 5 + distance]);
            }
        }
    }

    [Theory]
    [InlineData(8, 3, new[] { 0, 0, 0, 1, 1, 1, 1, 1 }), InlineData(6, 3, new[] { 0, 0, 0, 1, 1, 1 })]
    [InlineData(5, 3, new[] { 0, 0, 0, 0, 0 }), InlineData(2, 3, new[] { -1, -1 }),
        InlineData(3, 16, new[] { -1, -1, -1 })]
    public void Tokens_left_over_belong_to_the_last_full_block(int tokens, int size, int[] blocks)
    {
        var actual = new GlobalBlocks(tokens, size);
        Assert.Equal(blocks, Enumerable.Range(0, tokens).Select(actual.Of));
        Assert.Equal(blocks.Max() + 1, actual.Count);
    }
}
