using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>A search that follows a single sequence: greedy decoding, sampling, drafts.</summary>
abstract class Line(Settings settings, LogitRule[] rules, StopStrings? stops) : Search(settings, rules, stops)
{
    private readonly List<int> _ids = [.. settings.Prompt];
    private float[] _scores = [];
    private double _logProbability;
    private GenerationEnd _end;

    /// <summary>The node of the last token but one: what the last one is fed after.</summary>
    private protected int Node { get; set; } = int.MinValue;

    private protected int DraftsTried { get; set; }

    private protected int DraftsKept { get; set; }

    private protected ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    public override ReadOnlySpan<int> Agreed => Ids;

    public override int Length => _ids.Count;

    public override void Propose(Feed feed) => Node = feed.Add(Parent, _ids[^1]);

    public override void Accept(Span<float> logits, bool late)
    {
        Steps++;
        Grow(logits, late);
    }

    public override void Needs(List<int> nodes) => nodes.Add(Node);

    public override IEnumerable<Generated> Results(int input)
    {
        int added = _ids.Count - Settings.Prompt.Length;
        float score = (float)(_logProbability / Math.Pow(added, Settings.LengthPenalty));
        yield return new(input, [.. _ids], score, _end, added, Steps, DraftsTried, DraftsKept);
    }

    private protected int Parent => Node == int.MinValue ? Before : Node;

    /// <summary>The token to go on with, by the scores as the rules left them.</summary>
    private protected abstract int Choose(Span<float> scores);

    /// <summary>Goes on by one token.</summary>
    private protected void Grow(Span<float> logits, bool late)
    {
        var scores = Ruled(logits);
        float all = LogSoftmax.LogSumExp(logits);
        int token = Choose(scores);
        Append(token, logits[token] - all, late);
    }

    /// <summary>The scores as the rules leave them, good until the next call; the logits stay as they are.</summary>
    private protected Span<float> Ruled(Span<float> logits)
    {
        if (Rules.Length == 0)
            return logits;
        if (_scores.Length == 0)
            _scores = new float[logits.Length];
        logits.CopyTo(_scores);
        Apply(Ids, _scores);
        return _scores;
    }

    /// <summary>Adds a token and its log-probability.</summary>
    private protected void Append(int token, double logProbability, bool late)
    {
        _logProbability += logProbability;
        _ids.Add(token);
        if (EndOf(Ids, late) is { } end)
        {
            _end = end;
            Done = true;
        }
    }

    /// <summary>
    /// The first of the best. A plain loop, since a vectorised one takes longer to compile than a text to write.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected static int Best(ReadOnlySpan<float> scores)
    {
        var (at, best) = (0, float.NegativeInfinity);
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] <= best)
                continue;
            (at, best) = (i, scores[i]);
            if (float.IsNaN(best))
                throw NotANumber();
        }
        return at;
    }
}
