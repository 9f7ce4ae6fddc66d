// Shapes: S sentences of the source.

using LongT5.Generation;
using LongT5.Model;

namespace LongT5.Tasks;

/// <summary>Finds the passages that were read for each sentence of a summary.</summary>
/// <remarks>
/// A sentence that stands in the source is its own evidence. For any other, the words it shares with each sentence of
/// the source and the attention that the decoder pays to it are weighed together. That attention is looked at when all
/// is written: from what each token asked, where the session kept it, or else by feeding the summary to the decoder
/// once more, many tokens at a time.
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="source">What was read.</param>
/// <param name="weights">What counts how much.</param>
sealed class EvidenceSearch(LongT5Model model, SourceSentences source, EvidenceWeights weights)
{
    private const int MostPassages = 3;
    private const int MostHidden = 5;
    private const double LeastOfBest = 0.2;

    private readonly Lazy<WordOverlap> _words = new(() => new(source));

    /// <summary>Whether what was written must be fed once more in any case.</summary>
    public bool NeedsFeeding => weights.Loss > 0;

    /// <summary>The passages of each sentence, best first.</summary>
    /// <param name="sentences">The sentences of a summary, in order.</param>
    /// <param name="session">Over what was read; null where it is known that all stand in it.</param>
    /// <param name="input">Which input of the session.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <param name="written">How the session wrote them, if it did and kept its queries.</param>
    public IReadOnlyList<IReadOnlyList<Passage>> Of(
        IReadOnlyList<string> sentences, EngineSession? session, int input, CancellationToken cancellation,
        Generated? written = null)
    {
        if (source.Count == 0) return [.. sentences.Select(_ => Array.Empty<Passage>())];
        var standing = sentences.Select(source.Standing).ToArray();
        var read = Array.FindLastIndex(standing, range => range is null) + 1;
        var weighed = read == 0 || session is null ? []
            : Weigh([.. sentences.Take(read)], session, input, i => standing[i] is null, cancellation, written);
        return [.. standing.Select((range, i) => range is { } own
            ? [.. Enumerable.Range(0, source.Count).Take(own).Select(s => source.Passage(s, 1))] : weighed[i])];
    }

    /// <summary>The passages of each sentence that is wanted, whether it stands in the source or not.</summary>
    /// <inheritdoc cref="Of"/>
    public IReadOnlyList<IReadOnlyList<Passage>> Weigh(
        IReadOnlyList<string> sentences, EngineSession session, int input, Func<int, bool> isWanted,
        CancellationToken cancellation, Generated? written = null)
    {
        int[][] ids = [.. sentences.Select(sentence => model.Tokenizer.Encode(sentence, addEnd: false))];
        var places = written is null || NeedsFeeding ? null : Places(ids, isWanted, written.Ids);
        var chain = places is null ? new ForcedChain(model, session, input) : null;
        var heads = new HeadTrust(model.Config);
        var found = new IReadOnlyList<Passage>[sentences.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var probe = isWanted(i) && ids[i].Length > 0 ? new CrossAttentionProbe(model.Config, source.Bounds) : null;
            if (ids[i].Length > 0) chain?.Feed(ids[i], probe, cancellation);
            if (probe is not null && places is not null)
                session.Look(written!.Node, places[i], probe, cancellation);
            found[i] = probe is null ? [] : Best(sentences[i], ids[i].Length, probe, heads, chain, cancellation);
        }
        return found;
    }

    // Where on the path of what was written the tokens are that lead to those of each wanted sentence; null where one
    // of them was not written in these tokens.
    private static Range[]? Places(int[][] ids, Func<int, bool> isWanted, ReadOnlySpan<int> written)
    {
        var places = new Range[ids.Length];
        var from = 1;
        for (var i = 0; i < places.Length; i++)
        {
            if (!isWanted(i)) continue;
            var at = written[from..].IndexOf(ids[i]);
            if (at < 0) return null;
            places[i] = (from + at - 1)..(from + at - 1 + ids[i].Length);
            from += at + ids[i].Length;
        }
        return places;
    }

    private List<Passage> Best(
        string sentence, int tokens, CrossAttentionProbe probe, HeadTrust heads, ForcedChain? chain,
        CancellationToken cancellation)
    {
        var words = _words.Value.With(sentence);
        var seen = heads.Row(probe, tokens, words.Shares());                          // [S]
        for (var s = 0; s < seen.Length; s++) seen[s] *= weights.Attention;
        var all = Sum(words, seen);
        if (chain is not null && NeedsFeeding) AddLoss(seen, all, tokens, chain, cancellation);

        var passages = new List<Passage>();
        var left = Enumerable.Range(0, source.Count).ToHashSet();
        while (passages.Count < MostPassages && left.Count > 0)
        {
            all = Sum(words, seen);
            var best = left.MaxBy(s => (all[s], -s));
            var weight = all[best] / weights.Sum;
            if (passages.Count > 0 && weight < LeastOfBest * passages[0].Weight) break;
            passages.Add(source.Passage(best, weight));
            left.Remove(best);
            words.Cover(best);
        }
        return passages;
    }

    // To the likeliest the share of a token's probability, on average, that is lost where they are hidden.
    private void AddLoss(double[] seen, double[] all, int tokens, ForcedChain chain, CancellationToken cancellation)
    {
        var with = chain.LogProbability(0..0, cancellation);
        foreach (var s in Enumerable.Range(0, all.Length).OrderByDescending(s => all[s]).Take(MostHidden))
        {
            var without = chain.LogProbability(source.Bounds[s]..source.Bounds[s + 1], cancellation);
            seen[s] += weights.Loss * Math.Max(0, 1 - Math.Exp((without - with) / tokens));
        }
    }

    // [S]
    private double[] Sum(WordOverlap.Shared words, double[] seen)
        => [.. words.Shares().Zip(seen, (share, other) => weights.Words * share + other)];
}

/// <summary>What counts how much for a passage.</summary>
/// <param name="Words">That it has all words of the sentence.</param>
/// <param name="Attention">That all attention of heads that are to be trusted went to it.</param>
/// <param name="Loss">That the sentence would be impossible without it.</param>
sealed record EvidenceWeights(double Words, double Attention, double Loss)
{
    /// <summary>As <c>docs/decisions/evidence.md</c> has measured it.</summary>
    public static EvidenceWeights Passages { get; } = new(1, 0.5, 0);

    /// <summary>The same with what the sentence loses.</summary>
    public static EvidenceWeights Causal { get; } = Passages with { Loss = 0.2 };

    /// <summary>All of them.</summary>
    public double Sum => Words + Attention + Loss;
}
