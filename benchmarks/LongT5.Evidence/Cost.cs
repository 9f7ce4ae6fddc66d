using System.Diagnostics;
using System.Globalization;
using LongT5.Tasks;

namespace LongT5.Evidence;

/// <summary>
/// How long evidence takes beside the writing of the same text, where no sentence stands in its source.
/// </summary>
static class Cost
{
    /// <summary>Medians over cases: seconds of writing, and evidence as a share of it. The first case only warms up.
    /// </summary>
    public static string Measure(
        LongT5Model model, int beams, IEnumerable<Case> cases, IReadOnlyList<EvidenceWeights> ways)
    {
        var (writing, evidence) = (new List<double>(), ways.Select(_ => new List<double>()).ToArray());
        foreach (var (sentences, text) in cases.Select(one => (one.Sentences, one.Text)))
        {
            var tokens = model.Tokenizer.EncodeWithOffsets(text);
            var count = sentences.Sum(sentence => model.Tokenizer.Encode(sentence, addEnd: false).Length);
            var source = new SourceSentences(text, 0, tokens, tokens.Ids);
            var clock = Stopwatch.StartNew();
            TimeSpan? read = null;
            model.Generate([tokens.Ids], new() { MinNewTokens = count, MaxNewTokens = count, NumBeams = beams },
                _ => read ??= clock.Elapsed);
            writing.Add((clock.Elapsed - read!.Value).TotalSeconds);
            model.Start(tokens.Ids, session =>
            {
                foreach (var (way, times) in ways.Zip(evidence))
                {
                    clock.Restart();
                    new EvidenceSearch(model, source, way)
                        .Weigh(sentences, session, 0, _ => true, CancellationToken.None);
                    times.Add(clock.Elapsed.TotalSeconds);
                }
                return true;
            }, null, CancellationToken.None);
        }
        var shares = evidence.Select(times => Median(times.Zip(writing, (one, all) => one / all).Skip(1)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{beams} beams: {Median(writing.Skip(1)):0.000} s; evidence {string.Join(" and ", shares
                .Select(share => share.ToString("P1", CultureInfo.InvariantCulture)))} of it\n");
    }

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted[sorted.Length / 2];
    }
}
