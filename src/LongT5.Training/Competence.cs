using System.Globalization;
using System.Text.Json.Serialization;

namespace LongT5.Training;

/// <summary>What makes an example difficult.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Difficulty>))]
public enum Difficulty
{
    /// <summary>Its length, in bytes.</summary>
    [JsonStringEnumMemberName("length")]
    Length,

    /// <summary>
    /// Its rarity: the sum of -log p over its words, p being a word's share of the words of its source.
    /// </summary>
    [JsonStringEnumMemberName("rarity")]
    Rarity,
}

/// <summary>
/// Competence (Platanios et al. 2019): a run begins with the easiest examples of each source and lets the others in
/// by their difficulty, quickly at first, until it draws from all.
/// </summary>
/// <remarks>
/// While it lasts, examples are drawn with replacement; then every epoch is a shuffle, as without it.
/// </remarks>
public sealed record Competence
{
    /// <summary>Steps until everything is drawn from.</summary>
    public required long Steps { get; init; }

    /// <summary>Share of the examples, the easiest ones, with which it begins; (0, 1].</summary>
    public double Least { get; init; } = 0.01;

    /// <summary>What makes an example difficult.</summary>
    public Difficulty By { get; init; }

    /// <summary>Tells of a number that no competence can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void Check()
    {
        Expect.Positive(Steps, "steps of the curriculum's difficulty");
        Expect.Positive(Least, "least share of the curriculum's difficulty");
        Expect.Part(Least, "least share of the curriculum's difficulty");
    }

    /// <summary>The share of the examples that is drawn from at a step: min(1, sqrt(t (1 - c^2) / T + c^2)).</summary>
    public double At(long step)
        => step >= Steps ? 1 : Math.Sqrt(step * (1 - Least * Least) / Steps + Least * Least);

    /// <summary>What is drawn from over some steps, to be read.</summary>
    internal string Said(long from, long to)
    {
        var told = Enumerable.Range(0, 4).Select(quarter => from + quarter * (to - from) / 4).Distinct()
            .Where(step => At(step) < 1)
            .Select(step => string.Create(CultureInfo.InvariantCulture, $"{At(step) * 100:0.#}% at step {step}"));
        var whole = Math.Max(from, Steps);
        string[] all = whole < to ? [$"all from step {whole}"] : [];
        return $"of each source the easiest by {(By == Difficulty.Rarity ? "rarity" : "length")}: "
            + string.Join(", ", told.Concat(all));
    }
}
