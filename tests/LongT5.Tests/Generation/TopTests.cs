using CsCheck;
using LongT5.Generation;
using LongT5.Generation.Rules;

namespace LongT5.Tests.Generation;

public class TopTests
{
    [Fact]
    public void The_best_are_those_that_a_stable_sort_puts_first()
        => Gen.Select(Gen.Int[0, 9].Array[0, 200], Gen.Int[1, 80], Gen.Int[-3, 3]).Sample((values, count, add) =>
        {
            float[] scores = [.. values.Select(value => (float)value)];
            var top = new Top(count);
            top.OfferAll(scores, add, 100);
            top.Sort();
            var expected = scores.Select((score, i) => new Ranked(score + add, 100 + i))
                .OrderByDescending(entry => entry.Value).Take(count);
            Assert.Equal(expected, Enumerable.Range(0, top.Count).Select(i => top[i]));
        });

    [Fact]
    public void A_ranking_gives_the_tokens_from_the_best_to_the_worst()
        => Gen.Int[0, 9].Array[0, 60].Sample(values =>
        {
            float[] keys = [.. values.Select(value => value == 0 ? float.NegativeInfinity : value)];
            var ranking = new Ranking();
            ranking.Fill(keys);
            var found = new List<int>();
            while (ranking.TryNext(out var token))
                found.Add(token);
            Assert.Equal(Enumerable.Range(0, keys.Length).Where(i => keys[i] > 0).OrderByDescending(i => keys[i]),
                found);
        });

    [Fact]
    public void Random_numbers_are_a_function_of_seed_and_place()
    {
        var random = new Philox(7);
        Assert.Equal(random.Uniform(1, 2, 3), new Philox(7).Uniform(1, 2, 3));
        var all = Enumerable.Range(0, 1000).Select(i => random.Uniform((uint)i % 10, (uint)i / 10, 0)).ToList();
        Assert.Equal(1000, all.Distinct().Count());
        Assert.InRange(all.Average(), 0.47, 0.53);
        Assert.All(all, one => Assert.InRange(one, 0, 1));
    }
}
