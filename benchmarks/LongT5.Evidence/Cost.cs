using System.Globalization;
using LongT5.Generation;
using LongT5.Tasks;

namespace LongT5.Evidence;

/// <summary>
/// How long evidence takes beside the writing of the same text, where no sentence stands in its source: time of the
/// processor, which counts nothing of what else a machine does.
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
            int[] ids = [0, .. sentences.SelectMany(sentence => model.Tokenizer.Encode(sentence, addEnd: false))];
            var source = new SourceSentences(text, 0, tokens, tokens.Ids);
            TimeSpan? read = null;
            var options = new GenerationOptions
            {
                MinNewTokens = ids.Length - 1,
                MaxNewTokens = ids.Length - 1,
                NumBeams = beams,
                DecoderStartTokenId = ids[0],
            };
            model.Run([tokens.Ids], options.Resolve(), _ => read ??= Now, null, CancellationToken.None,
                after: (session, all) =>
                {
                    writing.Add((Now - read!.Value).TotalSeconds);
                    // As if it had written the sentences: as long a path, and it takes as long to look at.
                    var written = all[0] with { Ids = ids };
                    foreach (var (way, times) in ways.Zip(evidence))
                    {
                        var start = Now;
                        new EvidenceSearch(model, source, way)
                            .Weigh(sentences, session, 0, _ => true, CancellationToken.None, written);
                        times.Add((Now - start).TotalSeconds);
                    }
                }, keepsQueries: true);
        }
        var shares = evidence.Select(times => Median(times.Zip(writing, (one, all) => one / all).Skip(1)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{beams} beams: {Median(writing.Skip(1)):0.000} s; evidence {string.Join(" and ", shares
                .Select(share => share.ToString("P1", CultureInfo.InvariantCulture)))} of it\n");
    }

    private static TimeSpan Now => Environment.CpuUsage.TotalTime;

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted[sorted.Length / 2];
    }
}
