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
        _live[0].Begin(settings.Prompt);
        _agreed = settings.Prompt.Length;
    }

    public override ReadOnlySpan<int> Agreed
        => Done ? Winner : (_finished.Count > 0 ? _finished[0].Ids : _live[0].Ids)[.._agreed];

    public override int Length => Done ? Winner.Length : _live[0].Ids.Length;

    private ReadOnlySpan<int> Winner => _finished.Count > 0 ? _finished[0].Ids : _live[0].Ids;

    public override void Propose(Feed feed)
    {
        for (int i = 0; i < _count; i++)
            _live[i].Node = feed.Add(Steps == 0 ? Before : _live[i].Node, _live[i].Ids[^1]);
    }

    public override void Accept(Span<float> logits, bool late)
    {
        Rank(logits);
        Steps++;
        bool goesOn = Select(late);
        int length = _live[0].Ids.Length - Settings.Prompt.Length;
        bool full = _finished.Count == Settings.Beams;
        Done = !goesOn || full && (Settings.EarlyStopping == EarlyStopping.WhenFull || !CanImprove(length));
        Dropped = true;
        Agree();
    }

    public override void Needs(List<int> nodes)
    {
        for (int i = 0; i < _count; i++)
            nodes.Add(_live[i].Node);
    }

    public override IEnumerable<Generated> Results(int input)
    {
        if (_finished.Count == 0)
            Finish(_live[0].Ids, _live[0].Score, GenerationEnd.Length);
        foreach (var found in _finished.Take(Settings.Returned))
            yield return new(input, found.Ids, found.Score, found.End,
                found.Ids.Length - Settings.Prompt.Length, Steps, DraftsTried: 0, DraftsKept: 0);
    }

    /// <summary>Ranks all continuations of all live beams; with sampling, draws as many without putting back.</summary>
    private void Rank(Span<float> logits)
    {
        _top.Clear();
        for (int i = 0; i < _count; i++)
        {
            var row = logits.Slice(i * _vocabulary, _vocabulary);
            LogSoftmax.Apply(row);
            Apply(_live[i].Ids, row);
            if (float.IsNaN(TensorPrimitives.Max<float>(row)))
                throw NotANumber();
            if (Settings.Samples)
                Draw(row, i);
            else
                _top.OfferAll(row, _live[i].Score, i * _vocabulary);
        }
        _top.Sort();
        for (int i = 0; i < _top.Count; i++)
        {
            ref var entry = ref _top[i];
            entry.Value = logits[entry.Index] + _live[entry.Index / _vocabulary].Score;
        }
    }

    /// <summary>The k largest of log-probability plus Gumbel noise are k draws without putting back.</summary>
    private void Draw(ReadOnlySpan<float> row, int beam)
    {
        for (int token = 0; token < row.Length; token++)
        {
            if (float.IsNegativeInfinity(row[token]))
                continue;
            double uniform = _random.Uniform((uint)beam, (uint)Steps, (uint)token);
            double noise = -Math.Log(-Math.Log(uniform + double.Epsilon));
            _top.Offer((float)(row[token] + _live[beam].Score + noise), beam * _vocabulary + token);
        }
    }

    /// <summary>Parts the ranked continuations into finished hypotheses and the beams of the next step.</summary>
    /// <returns>Whether any goes on.</returns>
    private bool Select(bool late)
    {
        for (int rank = 0; rank < _top.Count; rank++)
        {
            ref var entry = ref _top[rank];
            var ids = _live[entry.Index / _vocabulary].With(entry.Index % _vocabulary);
            if (EndOf(ids, late) is not { } end)
                continue;
            // An end that is not among the best makes room for the next, but is no result.
            if (rank < Settings.Beams && entry.Value > float.NegativeInfinity)
                Finish(ids, entry.Value, end);
            entry.Value = float.NegativeInfinity;
        }
        if (Settings.Samples)
            _top.Sort();

        int going = 0;
        for (int rank = 0; rank < _top.Count && going < Settings.Beams; rank++)
            if (_top[rank] is { Value: > float.NegativeInfinity } entry)
                _next[going++].Continue(_live[entry.Index / _vocabulary], entry.Index % _vocabulary, entry.Value);
        if (going > 0)
        {
            (_live, _next) = (_next, _live);
            _count = going;
        }
        return going > 0;
    }

    private void Finish(ReadOnlySpan<int> ids, float logProbability, GenerationEnd end)
    {
        float score = logProbability / (float)Math.Pow(ids.Length - Settings.Prompt.Length, Settings.LengthPenalty);
        int place = _finished.Count;
        while (place > 0 && _finished[place - 1].Score < score)
            place--;
        if (place == Settings.Beams)
            return;
        _finished.Insert(place, new(ids.ToArray(), score, end));
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
        int shared = _finished.Count > 0 ? first.CommonPrefixLength(_finished[0].Ids) : first.Length;
        for (int i = 1; i < _count; i++)
            shared = Math.Min(shared, first.CommonPrefixLength(_live[i].Ids));
        _agreed = shared;
    }

    /// <summary>A sequence that goes on, its tokens in one piece for the rules.</summary>
    private sealed class Beam
    {
        private int[] _ids = new int[64];
        private int _count;

        /// <summary>The node of the last token but one.</summary>
        public int Node { get; set; }

        public float Score { get; private set; }

        public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

        public void Begin(ReadOnlySpan<int> prompt)
        {
            Reserve(prompt.Length + 1);
            prompt.CopyTo(_ids);
            _count = prompt.Length;
        }

        /// <summary>The sequence and one more token, without taking it.</summary>
        public ReadOnlySpan<int> With(int token)
        {
            _ids[_count] = token;
            return _ids.AsSpan(0, _count + 1);
        }

        public void Continue(Beam from, int token, float score)
        {
            Begin(from.Ids);
            Reserve(_count + 2);
            _ids[_count++] = token;
            (Node, Score) = (from.Node, score);
        }

        private void Reserve(int count)
        {
            if (count > _ids.Length)
                Array.Resize(ref _ids, 2 * count);
        }
    }

    private readonly record struct Hypothesis(int[] Ids, float Score, GenerationEnd End);
}
