namespace LongT5.Training;

/// <summary>Tells of numbers that no run can have; what is not a number is none of them.</summary>
static class Expect
{
    public static void Positive(double value, string what)
        => That(value > 0 && double.IsFinite(value), value, what, "above 0");

    public static void NotNegative(double value, string what)
        => That(value >= 0 && double.IsFinite(value), value, what, "0 or more");

    public static void AtLeast(double least, double value, string what)
        => That(value >= least, value, what, $"{least} or more");

    public static void Part(double value, string what)
        => That(value is >= 0 and <= 1, value, what, "a share, from 0 to 1,");

    public static void PartBelowAll(double value, string what)
        => That(value is >= 0 and < 1, value, what, "a share, from 0 to below 1,");

    /// <summary>Least and most of something.</summary>
    public static void Range(int[] range, string what)
    {
        if (range is not [>= 0, _] || range[1] < range[0])
            throw new ArgumentException($"The {what} are [{string.Join(", ", range)}]; [least, most] was expected.");
    }

    static void That(bool holds, double value, string what, string expected)
    {
        if (!holds) throw new ArgumentException($"The {what} is {value}; {expected} was expected.");
    }
}
