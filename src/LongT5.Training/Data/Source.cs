using LongT5.Training.Objectives;

namespace LongT5.Training.Data;

/// <summary>Rows and what is made of them, in an order shuffled anew for every epoch.</summary>
sealed class Source
{
    readonly Corpus _rows;
    readonly Objective _objective;
    readonly Room _room;
    readonly long _seed;
    readonly int[] _units; // the row of each text that counts as one
    readonly Lock _lock = new();
    readonly Lazy<int[]> _easiest; // the units by their difficulty
    (long Epoch, int[] Rows) _order = (-1, []);

    /// <param name="rows">The rows.</param>
    /// <param name="objective">What makes an example of a row; it has its tokenizer.</param>
    /// <param name="room">Most tokens of an example.</param>
    /// <param name="seed">What shuffles; another for every source.</param>
    /// <param name="difficulty">By what the easy ones are told from the difficult ones.</param>
    public Source(Corpus rows, Objective objective, Room room, long seed, Difficulty difficulty)
    {
        (_rows, _objective, _room, _seed) = (rows, objective, room, seed);
        _units = [.. UnitsOf(rows, objective, room)];
        _easiest = new(() =>
        {
            var of = difficulty == Difficulty.Rarity ? Rarity.Of(rows)
                : [.. Enumerable.Range(0, rows.Count).Select(row => (double)rows.Length(row))];
            return [.. _units.OrderBy(row => of[row])];
        });
    }

    /// <summary>The row of each text that counts as one: a long row counts as its number of passages.</summary>
    public static IEnumerable<int> UnitsOf(Corpus rows, Objective objective, Room room)
    {
        var passage = objective.Passage is { } factor ? factor * room.Input : double.PositiveInfinity;
        return Enumerable.Range(0, rows.Count)
            .SelectMany(row => Enumerable.Repeat(row, (int)Math.Max(1, rows.Length(row) / passage)));
    }

    /// <summary>Texts of an epoch.</summary>
    public int Units => _units.Length;

    /// <summary>The example made of the unit that stands at this place of the endless order, or null.</summary>
    public TokenizedExample? Make(long place, ref Dice dice)
        => MakeOf(Order(place / _units.Length)[place % _units.Length], ref dice);

    /// <summary>An example made of one of the easiest units, or null.</summary>
    /// <param name="share">Of the units; (0, 1).</param>
    public TokenizedExample? MakeEasy(double share, ref Dice dice)
        => MakeOf(_easiest.Value[dice.Below((int)Math.Ceiling(share * _units.Length))], ref dice);

    TokenizedExample? MakeOf(int row, ref Dice dice)
    {
        var texts = _rows.Row(row);
        if (_objective is PrincipalSentences { Blend: > 0 } sentences && dice.Uniform() < sentences.Blend)
            texts = sentences.Blended(texts, _rows.Row(_units[dice.Below(_units.Length)]), ref dice, _room);
        return _objective.Make(texts, ref dice, _room);
    }

    int[] Order(long epoch)
    {
        lock (_lock)
        {
            if (_order.Epoch != epoch)
            {
                _order = (epoch, [.. _units]);
                new Dice(_seed, epoch).Shuffle(_order.Rows.AsSpan());
            }
            return _order.Rows;
        }
    }
}
