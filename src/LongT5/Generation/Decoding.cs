using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// One request being written: the searches of its inputs over a session of its own. Any number of them make a step
/// together, each by its own options, and each may join and leave at any step.
/// </summary>
sealed class Decoding
{
    private readonly DecoderSession _session;
    private readonly Group[] _groups;
    private readonly List<Search> _active;
    private readonly List<int> _needed = [];
    private readonly Feed _feed = new();
    private readonly GenerationListener? _listener;
    private readonly double? _maxTime;
    private readonly int[] _rows;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private float[] _logits = [];
    private int _size;
    private ExceptionDispatchInfo? _failure;

    /// <param name="session">A fresh session over the encoded inputs; stays the caller's to dispose.</param>
    /// <param name="inputs">The tokens of each input, as they were encoded; rules that look at it need them.</param>
    /// <param name="options">What to do; see <see cref="GenerationOptions.Resolve"/>.</param>
    /// <param name="decode">The text of a run of tokens; needed for stop strings alone.</param>
    /// <param name="listener">Hears of every step of every input.</param>
    /// <param name="quotations">For each input the sentences that alone may be written; null for anything.</param>
    /// <exception cref="ArgumentException">The options do not fit together, or not to the model.</exception>
    public Decoding(
        DecoderSession session, IReadOnlyList<int[]> inputs, GenerationOptions options,
        Func<ReadOnlySpan<int>, string>? decode = null, GenerationListener? listener = null,
        IReadOnlyList<Quotations?>? quotations = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        if (inputs.Count != session.Inputs)
            throw new ArgumentException($"The session has {session.Inputs} inputs, not {inputs.Count}.",
                nameof(inputs));
        if (quotations is not null && quotations.Count != inputs.Count)
            throw new ArgumentException(
                $"There are {quotations.Count} lists of sentences for {inputs.Count} inputs.", nameof(quotations));
        options = options.Resolve();
        options.CheckAgainst(session.VocabularySize, inputs.Count);
        session.KeepsStates = options.Contrasts;
        (_session, _listener, _maxTime) = (session, listener, options.MaxTime);
        _groups = [.. inputs.Select((ids, input) => new Group(input, SearchesFor(
            new(options, ids, input, quotations?[input]), options, session, decode)))];
        foreach (var group in _groups)
            foreach (var search in group.Searches)
                search.Begin(_feed, group.Input);
        _active = [.. _groups.SelectMany(group => group.Searches)];
        _rows = new int[_active.Count];
    }

    /// <summary>Whether it has all its sequences, or has failed.</summary>
    public bool IsDone => _active.Count == 0;

    /// <summary>Makes the next step of each: one call for all of them, which reads weights once.</summary>
    /// <param name="decodings">None of them done.</param>
    /// <param name="cancellation">Honoured within the step; none of them can go on after it.</param>
    public static void Step(IReadOnlyList<Decoding> decodings, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (going, feeds) = (new List<Decoding>(decodings.Count), new List<SessionFeed>(decodings.Count));
        foreach (var decoding in decodings)
        {
            if (!decoding.TryPropose())
                continue;
            going.Add(decoding);
            feeds.Add(decoding.Fed);
        }
        var failures = DecoderSession.Extend(feeds, cancellation);
        for (var i = 0; i < going.Count; i++)
            going[i].Accept(failures[i]);
    }

    /// <summary>The sequences of the first input, best first, then those of the second, and so on.</summary>
    /// <exception cref="ArithmeticException">The model gives scores that are not numbers.</exception>
    public IReadOnlyList<Generated> Results()
    {
        _failure?.Throw();
        return [.. _groups.SelectMany(group => group.Searches.SelectMany(search => search.Results(group.Input)))];
    }

    private static Search[] SearchesFor(
        Settings settings, GenerationOptions options, DecoderSession session,
        Func<ReadOnlySpan<int>, string>? decode)
    {
        var rules = LogitRule.For(options, settings, session.VocabularySize);
        var stops = options.StopStrings is { Count: > 0 } strings
            ? new StopStrings(strings, decode ?? throw new ArgumentException("stop_strings needs a tokenizer."))
            : null;
        if (settings.Beams > 1)
            return [new Beams(settings, rules, stops, session.VocabularySize)];
        if (settings.Samples)
            return [.. Enumerable.Range(0, settings.Returned)
                .Select(rank => new Sampling(settings, rules, stops, rank))];
        if (options.Contrasts)
            return [new Contrastive(settings, rules, stops, session)];
        return [settings.Drafts > 0 ? new PromptLookup(settings, rules, stops) : new Greedy(settings, rules, stops)];
    }

    /// <summary>What it is fed in this step.</summary>
    private SessionFeed Fed => new(_session, _feed.Parents, _feed.Tokens, _logits.AsMemory(0, _size));

    private void Propose()
    {
        var silent = _feed.Count;
        for (var i = 0; i < _active.Count; i++)
        {
            var before = _feed.Count;
            _active[i].Propose(_feed);
            _rows[i] = _feed.Count - before;
        }
        _size = checked((_feed.Count - silent) * _session.VocabularySize);
        if (_logits.Length < _size)
            _logits = GC.AllocateUninitializedArray<float>(_size);
    }

    private bool TryPropose()
    {
        try
        {
            Propose();
            return true;
        }
        catch (Exception failure)
        {
            Fail(failure);
            return false;
        }
    }

    private void Accept(Exception? failure)
    {
        if (failure is not null)
        {
            Fail(failure);
            return;
        }
        try
        {
            Accept();
        }
        catch (Exception own)
        {
            Fail(own);
        }
    }

    /// <summary>What fails one request ends it, and no other.</summary>
    private void Fail(Exception failure)
    {
        _failure = ExceptionDispatchInfo.Capture(failure);
        _active.Clear();
    }

    private void Accept()
    {
        _feed.Clear();
        var late = _clock.Elapsed.TotalSeconds >= _maxTime;
        var vocabulary = _session.VocabularySize;
        for (int i = 0, from = 0; i < _active.Count; from += _rows[i++] * vocabulary)
            _active[i].Accept(_logits.AsSpan(from, _rows[i] * vocabulary), late);
        foreach (var group in _groups)
            group.Report(_listener);

        if (!_active.Any(search => search.Done || search.Dropped))
            return;
        _active.RemoveAll(search => search.Done);
        _needed.Clear();
        foreach (var search in _active)
            search.Needs(_needed);
        if (_session.KeepsQueries)
        {
            foreach (var search in _groups.SelectMany(group => group.Searches))
                search.Found(_needed);
        }
        _session.Keep(CollectionsMarshal.AsSpan(_needed));
    }

    /// <summary>The searches of one input.</summary>
    private sealed class Group(int input, Search[] searches)
    {
        private int _told;
        private bool _over;

        public int Input => input;

        public Search[] Searches => searches;

        /// <summary>Tells of the step that has just been made.</summary>
        public void Report(GenerationListener? listener)
        {
            if (listener is null || _over)
                return;
            _over = searches.All(search => search.Done);
            var first = searches[0].Agreed;
            var from = _told;
            _told = first.Length;
            listener(new()
            {
                Input = input,
                Steps = searches.Max(search => search.Steps),
                Length = searches[0].Length,
                Final = first[from..],
                Done = _over,
            });
        }
    }
}
