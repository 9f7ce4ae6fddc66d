using System.Numerics.Tensors;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>Beam search, as the reference has done it since its version 4.50; with or without sampling.</summary>
/// <remarks>
/// Scores are float32 like the reference's, so that near ties fall alike. What the reference carries as scores of
/// -1e9 (beams before the first step, hypotheses not there yet) is simply absent here.
/// </remarks>
sealed class Beams : Search
{
    private readonly int _vocabulary;
    private readonly Philox _random;
    private readonly Top _top;
    private readonly List<Hypothesis> _finished = [];
    private Beam[] _live, _next;
    private int _count = 1, _agreed;

    public Beams(Settings settings, LogitRule[] rules, StopStrings? stops, int vocabulary)
        : base(settings, rules, stops)
    {
        _vocabulary = vocabulary;
        _random = new(settings.Seed);
        _live = [.. Enumerable.Range(0, settings.Beams).Select(_ => new Beam())];
        _next = [.. Enumerable.Range(0, settings.Beams).Select(_ => new Beam())];
        // Even if the best of all beams end with each end token, as many as there are beams go on.
        _top = new(Math.Max(2, 1 + settings.EndTokens.Length) * settings.Beams);
        _agreed = settings.Prompt.Length;
    }

    public override ReadOnlySpan<int> Agreed
        => Done ? Winner : (_finished.Count > 0 ? _finished[0].Ids : _live[0].Ids)[.._agreed];

    public override int Length => Done ? Winner.Length : _live[0].Ids.Length;

    private ArraySegment<Beam> Live => new(_live, 0, _count);

    private ReadOnlySpan<int> Winner => _finished.Count > 0 ? _finished[0].Ids : _live[0].Ids;

    public override void Propose(Feed feed)
    {
        if (Steps == 0)
            _live[0].Begin(Settings.Prompt, Before);
        var row = 0;
        foreach (var beam in Live)
            if (beam.Outlook is null)
            {
                beam.Propose(feed, Certain(beam.Ids), row);
                row += beam.Outlook!.Certain.Length + 1;
            }
    }

    /// <summary>Makes a step, and as many more as need nothing that is not known.</summary>
    public override void Accept(Span<float> logits, bool late)
    {
        Steps++;
        Read(logits);
        do
        {
            Rank(logits);
            var goesOn = Select(late);
            var length = _live[0].Ids.Length - Settings.Prompt.Length;
            var full = _finished.Count == Settings.Beams;
            Done = !goesOn || full && (Settings.EarlyStopping == EarlyStopping.WhenFull || !CanImprove(length));
        }
        while (!Done && Live.All(beam => beam.Outlook is not null));
        Dropped = true;
        Agree();
    }

    public override void Needs(List<int> nodes)
    {
        foreach (var beam in Live)
            nodes.Add(beam.Node);
    }

    public override void Found(List<int> nodes)
    {
        foreach (var found in _finished)
            nodes.Add(found.Node);
        if (Done && _finished.Count == 0)
            nodes.Add(_live[0].Node);
    }

    public override IEnumerable<Generated> Results(int input)
    {
        if (_finished.Count == 0)
            Finish(_live[0].Ids, _live[0].Score, GenerationEnd.Length, _live[0].Node);
        foreach (var found in _finished.Take(Settings.Returned))
            yield return new(input, found.Ids, found.Score, found.End,
                found.Ids.Length - Settings.Prompt.Length, Steps, DraftsTried: 0, DraftsKept: 0)
            { Node = found.Node };
    }

    /// <summary>Turns the rows of the beams that were fed into scores.</summary>
    private void Read(Span<float> logits)
    {
        foreach (var beam in Live)
        {
            if (beam.Outlook is not { IsRead: false } outlook)
                continue;
            for (var i = 0; i <= outlook.Certain.Length; i++)
            {
                var row = outlook.Row(logits, i, _vocabulary);
                LogSoftmax.Apply(row);
                Apply(beam.With(outlook.Certain.AsSpan(0, i)), row);
                if (float.IsNaN(TensorPrimitives.Max<float>(row)))
                    throw NotANumber();
                if (i < outlook.Certain.Length)
                    outlook.Scores[i] = row[outlook.Certain[i]];
            }
            outlook.Keep(logits, _vocabulary);
        }
    }

    /// <summary>Ranks all continuations of all live beams; with sampling, draws as many without putting back.</summary>
    private void Rank(Span<float> logits)
    {
        _top.Clear();
        for (var i = 0; i < _count; i++)
        {
            var beam = _live[i];
            if (beam.Certain is { } only)
                Offer(only.Token, only.Score, i);
            else if (beam.Outlook!.Choices(logits, _vocabulary) is var row && Settings.Samples)
                for (var token = 0; token < row.Length; token++)
                    Offer(token, row[token], i);
            else
                _top.OfferAll(row, beam.Score, i * _vocabulary);
        }
        _top.Sort();
        for (var i = 0; i < _top.Count; i++)
        {
            ref var entry = ref _top[i];
            var beam = _live[entry.Index / _vocabulary];
            entry.Value = beam.Score
                + (beam.Certain?.Score ?? beam.Outlook!.Choices(logits, _vocabulary)[entry.Index % _vocabulary]);
        }
    }

    /// <summary>
    /// Offers one continuation. The k largest of log-probability plus Gumbel noise are k draws without putting back.
    /// </summary>
    private void Offer(int token, float score, int beam)
    {
        if (float.IsNegativeInfinity(score))
            return;
        double noise = 0;
        if (Settings.Samples)
        {
            var length = _live[beam].Ids.Length - Settings.Prompt.Length;
            var uniform = _random.Uniform((uint)beam, (uint)length, (uint)token);
            noise = -Math.Log(-Math.Log(uniform + double.Epsilon));
        }
        _top.Offer((float)(score + _live[beam].Score + noise), beam * _vocabulary + token);
    }

    /// <summary>Parts the ranked continuations into finished hypotheses and the beams of the next step.</summary>
    /// <returns>Whether any goes on.</returns>
    private bool Select(bool late)
    {
        for (var rank = 0; rank < _top.Count; rank++)
        {
            ref var entry = ref _top[rank];
            var beam = _live[entry.Index / _vocabulary];
            var ids = beam.With(entry.Index % _vocabulary);
            if (EndOf(ids, late) is not { } end)
                continue;
            // An end that is not among the best makes room for the next, but is no result.
            if (rank < Settings.Beams && entry.Value > float.NegativeInfinity)
                Finish(ids, entry.Value, end, beam.Node);
            entry.Value = float.NegativeInfinity;
        }
        if (Settings.Samples)
            _top.Sort();

        var going = 0;
        for (var rank = 0; rank < _top.Count && going < Settings.Beams; rank++)
            if (_top[rank] is { Value: > float.NegativeInfinity } entry)
                _next[going++].Continue(_live[entry.Index / _vocabulary], entry.Index % _vocabulary, entry.Value);
        if (going > 0)
        {
            (_live, _next) = (_next, _live);
            _count = going;
        }
        return going > 0;
    }

    private void Finish(ReadOnlySpan<int> ids, float logProbability, GenerationEnd end, int node)
    {
        var score = logProbability / (float)Math.Pow(ids.Length - Settings.Prompt.Length, Settings.LengthPenalty);
        var place = _finished.Count;
        while (place > 0 && _finished[place - 1].Score < score)
            place--;
        if (place == Settings.Beams)
            return;
        _finished.Insert(place, new(ids.ToArray(), score, end, node));
        if (_finished.Count > Settings.Beams)
            _finished.RemoveAt(Settings.Beams);
    }

    /// <summary>Whether a live beam may yet be better than the worst finished hypothesis.</summary>
    private bool CanImprove(int length)
    {
        if (Settings.EarlyStopping == EarlyStopping.Never && Settings.LengthPenalty > 0)
            length = Settings.MaxLength - Settings.Prompt.Length;
        return _live[0].Score / (float)Math.Pow(length, Settings.LengthPenalty) > _finished[^1].Score;
    }

    /// <summary>What all live beams and the best finished hypothesis share cannot change any more.</summary>
    private void Agree()
    {
        var first = _live[0].Ids;
        var shared = _finished.Count > 0 ? first.CommonPrefixLength(_finished[0].Ids) : first.Length;
        foreach (var beam in Live)
            shared = Math.Min(shared, first.CommonPrefixLength(beam.Ids));
        _agreed = shared;
    }

    private readonly record struct Hypothesis(int[] Ids, float Score, GenerationEnd End, int Node);
}
