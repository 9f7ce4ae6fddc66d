namespace LongT5.Tasks.Doubting;

/// <summary>A number that a text says.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends, without its unit.</param>
/// <param name="Values">What it may mean: "1,234" is 1234 or 1.234.</param>
/// <param name="Key">How it is written, where that tells more than a value: "3.2.1"; otherwise empty.</param>
/// <param name="Unit">What it counts, where a unit stands beside it.</param>
readonly record struct Quantity(int Start, int End, IReadOnlyList<decimal> Values, string Key, string? Unit)
{
    /// <summary>Whether it is said to be no more than near.</summary>
    public bool IsRound { get; init; }

    /// <summary>Whether it is in words.</summary>
    public bool IsWord { get; init; }

    /// <summary>Whether it is ten years, as "1990s" is.</summary>
    public bool IsDecade { get; init; }

    /// <summary>Whether it counts centuries, as in "the 19th century".</summary>
    public bool IsCentury { get; init; }
}
