using System.Runtime.ExceptionServices;
using LongT5.Training.Objectives;

namespace LongT5.Training.Data;

/// <summary>
/// An endless sequence of batches over a mixture of sources, each batch a function of the seed and its number: any
/// place of a run is found again without replaying what came before.
/// </summary>
/// <remarks>
/// Batches are cut from groups of <see cref="GroupSize"/> batches sorted by length, so that little of a batch is
/// padding, and those of a group come in random order. All cores make examples; their number changes nothing.
/// </remarks>
sealed class Stream
{
    /// <summary>Batches that are sorted by length together.</summary>
    public const int GroupSize = 16;

    // Sources take turns in a cycle of so many, each as often as its rate says: shares are exact to a thousandth.
    const int Cycle = 1000;

    // A row without an example gives way to another; so many of them in a row mean that there is none.
    const int MostFailures = 1000;

    readonly Source[] _sources;
    readonly int[] _turns;        // [Cycle] whose turn it is
    readonly int[] _before;       // [Cycle] how many turns of the same source came before in the cycle
    readonly int[] _turnsOf;      // [sources] turns in a cycle
    readonly Room _room;
    readonly int _batch;
    readonly long _seed;

    /// <param name="sources">The rows, what is made of them, and how often, against the others' rates.</param>
    /// <param name="room">Most tokens of an example.</param>
    /// <param name="batch">Examples of a batch.</param>
    /// <param name="seed">What shuffles, draws and decides.</param>
    /// <param name="difficulty">By what <see cref="Competence"/> tells easy examples from difficult ones.</param>
    /// <exception cref="ArgumentException">A rate is not above 0, or there is no source.</exception>
    public Stream(IReadOnlyList<(Corpus Rows, Objective Objective, double Rate)> sources, Room room, int batch,
        long seed, Difficulty difficulty = default)
    {
        if (sources.Count == 0 || sources.Any(source => !(source.Rate > 0)))
            throw new ArgumentException("A mixture needs one source or more, each with a rate above 0.");
        (_room, _batch, _seed) = (room, batch, seed);
        _sources = [.. sources.Select((source, i)
            => new Source(source.Rows, source.Objective, room, seed + i + 1, difficulty))];

        var total = sources.Sum(source => source.Rate);
        double end = 0;
        _turns = [.. sources.SelectMany((source, i) =>
        {
            var start = end;
            end += source.Rate / total * Cycle;
            return Enumerable.Repeat(i, (int)(Math.Round(end) - Math.Round(start)));
        })];
        new Dice(seed).Shuffle(_turns.AsSpan());
        _turnsOf = new int[sources.Count];
        _before = [.. _turns.Select(source => _turnsOf[source]++)];
    }

    /// <summary>
    /// The share of each source, its easiest part, that the batch of a number may be drawn from; null for all, always.
    /// </summary>
    public Func<long, double>? Competence { get; init; }

    /// <summary>What the sources are called, so that each example says whose it is; null where that is known.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Texts of all sources.</summary>
    public long Units => _sources.Sum(source => (long)source.Units);

    /// <summary>
    /// The batches from number <paramref name="first"/> on; the next group is made while one is in use.
    /// </summary>
    public IEnumerable<TokenizedExample[]> From(long first)
    {
        var next = Task.Run(() => Group(first / GroupSize));
        for (var group = first / GroupSize; ; group++)
        {
            var batches = next.GetAwaiter().GetResult();
            var following = group + 1;
            next = Task.Run(() => Group(following));
            for (var i = group == first / GroupSize ? first % GroupSize : 0; i < GroupSize; i++)
                yield return batches[i];
        }
    }

    /// <summary>The example with this number.</summary>
    public TokenizedExample Make(long number)
    {
        var dice = new Dice(_seed, 1, number);
        var (cycle, turn) = (number / Cycle, (int)(number % Cycle));
        var place = cycle * _turnsOf[_turns[turn]] + _before[turn];
        // Batches of a group change places: none may have what the first may not.
        var share = Competence?.Invoke(number / (GroupSize * _batch) * GroupSize) ?? 1;
        for (var failures = 0; failures < MostFailures; failures++)
        {
            var source = _sources[_turns[turn]];
            if ((share < 1 ? source.MakeEasy(share, ref dice) : source.Make(place, ref dice)) is { } example)
                return Names is { } names ? example with { Source = names[_turns[turn]] } : example;
            place = (long)(dice.Bits() >> 32);
        }
        throw new ArgumentException(
            $"{MostFailures} rows in a row gave no example of at most {_room.Input} tokens in and {_room.Target} out.");
    }

    TokenizedExample[][] Group(long number)
    {
        var examples = new TokenizedExample[GroupSize * _batch];
        try
        {
            Parallel.For(0, examples.Length, i => examples[i] = Make(number * examples.Length + i));
        }
        catch (AggregateException several)
        {
            // What is wrong with one row tends to be wrong with all of them: the first is told.
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
        examples = [.. examples.OrderBy(example => example.Input.Length).ThenBy(example => example.Target.Length)];
        TokenizedExample[][] batches = [.. examples.Chunk(_batch)];
        new Dice(_seed, 2, number).Shuffle(batches.AsSpan());
        return batches;
    }
}
