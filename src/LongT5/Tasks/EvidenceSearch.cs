// Shapes: S sentences of the source, H heads, V vocabulary.

using LongT5.Generation;
using LongT5.Model;

namespace LongT5.Tasks;

/// <summary>Finds the passages that were read for each sentence of a summary.</summary>
/// <remarks>
/// A sentence that stands in the source is its own evidence. For any other, the words it shares with each sentence of
/// the source and the attention that the decoder pays to it are weighed together. To see that attention the summary is
/// fed to the decoder once more when it is written, many tokens at a time.
/// </remarks>
sealed class EvidenceSearch(LongT5Model model, SourceSentences source, EvidenceMode mode)
{
    private const int MostPassages = 3;
    private const int Checked = 5;
    private const double LeastShare = 0.3;

    private readonly Lazy<WordOverlap> _words = new(() => new(source));

    /// <summary>The passages of each sentence, best first; of one that has none of its words in the source, none.
    /// </summary>
    /// <param name="sentences">The sentences of a summary, in order.</param>
    /// <param name="session">Over what was read; null where it is known that all stand in it.</param>
    /// <param name="input">Which input of the session.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public IReadOnlyList<IReadOnlyList<Passage>> Of(
        IReadOnlyList<string> sentences, EngineSession? session, int input, CancellationToken cancellation)
    {
        var standing = sentences.Select(source.Standing).ToArray();
        var last = Array.FindLastIndex(standing, range => range is null);
        var found = new IReadOnlyList<Passage>[sentences.Count];
        var chain = session is null || last < 0 ? null : new ForcedChain(model, session, input);
        for (var i = 0; i < found.Length; i++)
        {
            var ids = i > last ? [] : model.Tokenizer.Encode(sentences[i], addEnd: false);
            if (standing[i] is { } range)
            {
                found[i] = [.. Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value)
                    .Select(at => source.Passage(at, 1))];
                if (i < last) chain?.Feed(ids, null, cancellation);
                continue;
            }
            found[i] = Read(sentences[i], ids, chain, cancellation);
        }
        return found;
    }

    private Passage[] Read(string sentence, int[] ids, ForcedChain? chain, CancellationToken cancellation)
    {
        var weights = _words.Value.Shares(sentence);
        if (chain is null || ids.Length == 0) return Best(weights);
        var probe = new CrossAttentionProbe(model.Config, source.Bounds);
        chain.Feed(ids, probe, cancellation);
        var attention = Attention(probe);
        for (var s = 0; s < weights.Length; s++) weights[s] = (weights[s] + attention[s]) / 2;
        return Best(mode == EvidenceMode.Causal ? Lost(weights, ids.Length, chain, cancellation) : weights);
    }

    // [S]: of the likeliest, their weight and the share of a token's probability that is lost without them.
    private double[] Lost(double[] weights, int tokens, ForcedChain chain, CancellationToken cancellation)
    {
        var lost = new double[weights.Length];
        var all = chain.LogProbability(0..0, cancellation);
        foreach (var s in Enumerable.Range(0, lost.Length).OrderByDescending(s => weights[s]).Take(Checked))
        {
            var without = chain.LogProbability(source.Bounds[s]..source.Bounds[s + 1], cancellation);
            lost[s] = (weights[s] + Math.Max(0, 1 - Math.Exp((without - all) / tokens))) / 2;
        }
        return lost;
    }

    private Passage[] Best(double[] weights)
    {
        var best = Enumerable.Range(0, weights.Length).OrderByDescending(s => weights[s]).Take(MostPassages).ToArray();
        return [.. best.Where(s => weights[s] > LeastShare * weights[best[0]]).Select(s => source.Passage(s, weights[s]))];
    }

    // [S]: the share of each sentence in all attention.
    private double[] Attention(CrossAttentionProbe probe)
    {
        var sums = new double[source.Count];
        for (var layer = 0; layer < model.Config.NumDecoderLayers; layer++)
            for (var head = 0; head < model.Config.NumHeads; head++)
                for (var s = 0; s < sums.Length; s++)
                    sums[s] += probe.Sums(layer, head)[s];
        var all = sums.Sum();
        for (var s = 0; s < sums.Length && all > 0; s++) sums[s] /= all;
        return sums;
    }
}
