using System.Globalization;

namespace LongT5.Machine;

/// <summary>Sizes as people write them: 800M, 4GiB, 5GB, 16k.</summary>
static class Quantity
{
    private static readonly (string Unit, double Factor)[] Units =
    [
        ("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40),
        ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40),
        ("B", 1), ("", 1),
    ];

    /// <summary>
    /// Reads a number with or without a unit: KiB, MiB, GiB and TiB, or the letter alone, are
    /// powers of 1,024; KB to TB are powers of ten.
    /// </summary>
    /// <param name="text">The number, a fraction or not, and its unit, in capitals or not.</param>
    /// <param name="quantity">The number in ones, rounded down; from 1 on.</param>
    public static bool TryParse(string text, out long quantity)
    {
        ArgumentNullException.ThrowIfNull(text);
        var upper = text.Trim().ToUpperInvariant();
        var (unit, factor) = Units.First(known => upper.EndsWith(known.Unit, StringComparison.Ordinal));
        var isNumber = double.TryParse(upper.AsSpan()[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number)
            && number * factor is >= 1 and < long.MaxValue;
        quantity = isNumber ? (long)(number * factor) : 0;
        return isNumber;
    }
}
