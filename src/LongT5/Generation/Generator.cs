using System.Diagnostics;
using System.Runtime.InteropServices;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// Runs the searches of a batch over one session, all of them in each call: weights are read once for all.
/// </summary>
static class Generator
{
    /// <summary>Generates the sequences of each input.</summary>
    /// <param name="session">A fresh session over the encoded inputs.</param>
    /// <param name="inputs">The tokens of each input, as they were encoded; rules that look at it need them.</param>
    /// <param name="options">What to do; see <see cref="GenerationOptions.Resolve"/>.</param>
    /// <param name="decode">The text of a run of tokens; needed for stop strings alone.</param>
    /// <param name="listener">Hears of every step of every input.</param>
    /// <param name="quotations">For each input the sentences that alone may be written; null for anything.</param>
    /// <param name="cancellation">Honoured within one step.</param>
    /// <returns>The sequences of the first input, best first, then those of the second, and so on.</returns>
    /// <exception cref="ArgumentException">The options do not fit together, or not to the model.</exception>
    /// <exception cref="ArithmeticException">The model gives scores that are not numbers.</exception>
    public static IReadOnlyList<Generated> Run(
        DecoderSession session, IReadOnlyList<int[]> inputs, GenerationOptions options,
        Func<ReadOnlySpan<int>, string>? decode = null, GenerationListener? listener = null,
        IReadOnlyList<Quotations?>? quotations = null, CancellationToken cancellation = default)
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

        var groups = new Group[inputs.Count];
        for (int input = 0; input < groups.Length; input++)
            groups[input] = new(input, SearchesFor(new(options, inputs[input], input, quotations?[input]), options,
                session.VocabularySize, decode));
        Drive(session, groups, options.MaxTime, listener, cancellation);
        return [.. groups.SelectMany(group => group.Searches.SelectMany(search => search.Results(group.Input)))];
    }

    private static Search[] SearchesFor(
        Settings settings, GenerationOptions options, int vocabulary, Func<ReadOnlySpan<int>, string>? decode)
    {
        var rules = LogitRule.For(options, settings, vocabulary);
        var stops = options.StopStrings is { Count: > 0 } strings
            ? new StopStrings(strings, decode ?? throw new ArgumentException("stop_strings needs a tokenizer."))
            : null;
        if (settings.Beams > 1)
            return [new Beams(settings, rules, stops, vocabulary)];
        if (settings.Samples)
            return [.. Enumerable.Range(0, settings.Returned)
                .Select(rank => new Sampling(settings, rules, stops, rank))];
        return [settings.Drafts > 0 ? new PromptLookup(settings, rules, stops) : new Greedy(settings, rules, stops)];
    }

    private static void Drive(
        DecoderSession session, Group[] groups, double? maxTime, GenerationListener? listener,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var feed = new Feed();
        var needed = new List<int>();
        var active = groups.SelectMany(group => group.Searches.Select(search => (search, group.Input))).ToList();
        int vocabulary = session.VocabularySize;
        float[] logits = [];
        var rows = new int[active.Count];
        foreach (var (search, input) in active)
            search.Begin(feed, input);

        while (active.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            int silent = feed.Count;
            for (int i = 0; i < active.Count; i++)
            {
                int before = feed.Count;
                active[i].search.Propose(feed);
                rows[i] = feed.Count - before;
            }
            int size = checked((feed.Count - silent) * vocabulary);
            if (logits.Length < size)
                logits = GC.AllocateUninitializedArray<float>(size);
            session.Extend(feed.Parents, feed.Tokens, logits.AsSpan(0, size), cancellation);
            feed.Clear();

            bool late = clock.Elapsed.TotalSeconds >= maxTime;
            for (int i = 0, from = 0; i < active.Count; from += rows[i++] * vocabulary)
                active[i].search.Accept(logits.AsSpan(from, rows[i] * vocabulary), late);
            foreach (var group in groups)
                group.Report(listener);

            if (active.Any(live => live.search.Done || live.search.Dropped))
            {
                active.RemoveAll(live => live.search.Done);
                needed.Clear();
                foreach (var (search, _) in active)
                    search.Needs(needed);
                session.Keep(CollectionsMarshal.AsSpan(needed));
            }
        }
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
            int from = _told;
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
