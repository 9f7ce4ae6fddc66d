using System.Numerics.Tensors;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// Of the k best tokens takes the one with the highest (1 - alpha) p - alpha s: p is its probability, s the largest
/// cosine between its last hidden state and that of any token before it (Su et al. 2022, contrastive search).
/// </summary>
/// <remarks>
/// A step feeds all candidates, whose states are needed; the logits after the one that is taken give the next ones. So
/// it has one step more than tokens. What a rule forbids is no candidate, however few are left; the reference fills up
/// with it.
/// </remarks>
sealed class Contrastive(Settings settings, LogitRule[] rules, StopStrings? stops, DecoderSession session)
    : Line(settings, rules, stops)
{
    private readonly Top _top = new(settings.Candidates);
    private readonly List<(int Token, float Probability, float LogProbability)> _candidates = [];
    /// <summary>Of the start token and each after it, the state with a length of 1: [C].</summary>
    private readonly List<float[]> _written = [];
    private int _first;

    public override void Propose(Feed feed)
    {
        if (Steps == 0)
        {
            base.Propose(feed);
            return;
        }
        _first = feed.Next;
        foreach (var (token, _, _) in _candidates)
            feed.Add(Node, token);
    }

    public override void Accept(Span<float> logits, bool late)
    {
        if (Steps++ == 0)
        {
            for (var ago = Settings.Prompt.Length - 2; ago >= 0; ago--)
                _written.Add(Direction(Before - ago));
            _written.Add(Direction(Node));
            Rank(logits);
            return;
        }
        var (chosen, best, state) = (0, float.NegativeInfinity, Array.Empty<float>());
        for (var i = 0; i < _candidates.Count; i++)
        {
            var direction = Direction(_first + i);
            var likeness = float.NegativeInfinity;
            foreach (var written in _written)
                likeness = Math.Max(likeness, TensorPrimitives.Dot<float>(direction, written));
            var score = (float)(1 - Settings.PenaltyAlpha) * _candidates[i].Probability
                - (float)Settings.PenaltyAlpha * likeness;
            if (float.IsNaN(score))
                throw NotANumber();
            if (score > best)
                (chosen, best, state) = (i, score, direction);
        }
        Node = _first + chosen;
        _written.Add(state);
        Dropped = _candidates.Count > 1;
        Append(_candidates[chosen].Token, _candidates[chosen].LogProbability, late);
        if (!Done)
            Rank(logits.Slice(chosen * session.VocabularySize, session.VocabularySize));
    }

    private protected override int Choose(Span<float> scores) => Best(scores);

    /// <summary>The candidates of the next step.</summary>
    private void Rank(Span<float> logits)
    {
        var scores = Ruled(logits);
        var all = LogSoftmax.LogSumExp(logits);
        var (best, sum) = LogSoftmax.SumOfExponentials(scores);
        _top.Clear();
        _top.OfferAll(scores, 0, 0);
        if (_top.Count == 0 && float.IsNegativeInfinity(best))
            throw new InvalidOperationException($"The options rule out every token after {Length}; allow more.");
        if (double.IsNaN(sum) || float.IsNaN(all))
            throw NotANumber();
        _top.Sort();
        _candidates.Clear();
        for (var i = 0; i < _top.Count; i++)
        {
            var (score, token) = _top[i];
            _candidates.Add((token, (float)(Math.Exp(score - best) / sum), logits[token] - all));
        }
    }

    /// <summary>A node's state with a length of 1; cosines are products of these.</summary>
    private float[] Direction(int node)
    {
        var state = session.State(node);
        var direction = new float[state.Length];
        if (TensorPrimitives.Norm(state) is var length and not 0)
            TensorPrimitives.Divide(state, length, direction);
        return direction;
    }
}
