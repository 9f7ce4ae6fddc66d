using System.Diagnostics;
using LongT5.Generation;

namespace LongT5.Serving;

/// <summary>A request: the tokens of an input, and how it is written on.</summary>
/// <param name="Ids">The input.</param>
/// <param name="Options">The rest.</param>
sealed record Asked(int[] Ids, GenerationOptions Options)
{
    /// <summary>Inputs of up to so many tokens are called short.</summary>
    public const int Short = 1000;

    public bool IsShort => Ids.Length <= Short;

    /// <summary>Does it, and gives the seconds until its first token and its last.</summary>
    public (double First, double Last) Run(LongT5Model model)
    {
        var (begun, first) = (Stopwatch.GetTimestamp(), 0.0);
        model.Generate([Ids], Options, _ => first = first > 0 ? first : Seconds(begun));
        return (first, Seconds(begun));
    }

    private static double Seconds(long begun) => Stopwatch.GetElapsedTime(begun).TotalSeconds;
}

/// <summary>Requests as they come: more short ones than long ones, greedy ones, beams and samples among them.</summary>
static class Mix
{
    private const int Shortest = 500;

    /// <summary>Tokens that are written on each.</summary>
    public const int Written = 64;

    /// <summary>Some requests, the same for the same seed; lengths are spread evenly by their logarithms.</summary>
    public static Asked[] Of(LongT5Config config, int count, int longest, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => One(config, random, Length(random, longest), i))];
    }

    /// <summary>A length as the mix has it.</summary>
    public static int Length(Random random, int longest)
        => (int)(Shortest * Math.Pow(longest / (double)Shortest, random.NextDouble()));

    /// <summary>A request of a given length.</summary>
    public static Asked One(LongT5Config config, Random random, int length, int way = 0)
    {
        var options = new GenerationOptions
        {
            NumBeams = 1,
            NoRepeatNgramSize = 0,
            MaxNewTokens = Written,
            MinNewTokens = Written,
        };
        return new([.. Enumerable.Range(1, length - 1).Select(_ => random.Next(3, config.VocabSize)), 1],
            (way % 4) switch
            {
                1 => options with { NumBeams = 4 },
                2 => options with { DoSample = true, Seed = way },
                _ => options,
            });
    }

    /// <summary>The value that so much of all values do not exceed.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}
