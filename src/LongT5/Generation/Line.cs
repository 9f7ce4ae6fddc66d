using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>A search that follows a single sequence: greedy decoding, sampling, drafts.</summary>
/// <remarks>
/// A draft is kept as far as it is what would be chosen anyway, and the choice after it comes for free; so the tokens
/// are the same with any draft. What must follow is a draft that is always kept.
/// </remarks>
abstract class Line(Settings settings, LogitRule[] rules, StopStrings? stops) : Search(settings, rules, stops)
{
    private readonly List<int> _ids = [.. settings.Prompt];
    private float[] _scores = [];
    private int[] _draft = [];
    private double _logProbability;
    private GenerationEnd _end;
    private int _draftsTried, _draftsKept;

    /// <summary>The node of the last token but one: what the last one is fed after.</summary>
    private protected int Node { get; set; } = int.MinValue;

    private protected ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    public override ReadOnlySpan<int> Agreed => Ids;

    public override int Length => _ids.Count;

    public override void Propose(Feed feed)
    {
        Node = feed.Add(Node == int.MinValue ? Before : Node, _ids[^1]);
        _draft = Certain(Ids) is { IsEmpty: false } certain ? certain.ToArray() : Draft();
        var parent = Node;
        foreach (var token in _draft)
            parent = feed.Add(parent, token);
    }

    public override void Accept(Span<float> logits, bool late)
    {
        Steps++;
        int vocabulary = logits.Length / (_draft.Length + 1), kept = 0;
        for (; ; kept++, Node++)
        {
            Grow(logits.Slice(kept * vocabulary, vocabulary), late);
            var over = Done && !Settings.ReferenceDrafts;
            if (over || kept == _draft.Length || Ids[^1] != _draft[kept])
                break;
        }
        _draftsTried += _draft.Length;
        _draftsKept += kept;
        Dropped = kept < _draft.Length;
    }

    public override void Needs(List<int> nodes) => nodes.Add(Node);

    public override void Found(List<int> nodes)
    {
        if (Done)
            nodes.Add(Node);
    }

    public override IEnumerable<Generated> Results(int input)
    {
        var added = _ids.Count - Settings.Prompt.Length;
        var score = (float)(_logProbability / Math.Pow(added, Settings.LengthPenalty));
        yield return new(input, [.. _ids], score, _end, added, Steps, _draftsTried, _draftsKept) { Node = Node };
    }

    /// <summary>Tokens that may well come next; they are checked in the same step.</summary>
    private protected virtual int[] Draft() => [];

    /// <summary>The token to go on with, by the scores as the rules left them.</summary>
    private protected abstract int Choose(Span<float> scores);

    /// <summary>Goes on by one token.</summary>
    private protected void Grow(Span<float> logits, bool late)
    {
        var scores = Ruled(logits);
        var all = LogSoftmax.LogSumExp(logits);
        var token = Choose(scores);
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
        for (var i = 0; i < scores.Length; i++)
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
