using System.Text.Json.Serialization;

namespace LongT5.Training;

/// <summary>What says how often each source is drawn.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MixtureRule>))]
public enum MixtureRule
{
    /// <summary>All sources alike.</summary>
    [JsonStringEnumMemberName("equal")]
    Equal,

    /// <summary>By how many texts each has.</summary>
    [JsonStringEnumMemberName("size")]
    Size,
}

/// <summary>How often the sources of a run are drawn, where a stage gives no rates of its own.</summary>
/// <remarks>By size it is T5's rule (Raffel et al. 2020, section 3.5.2): min(n, cap)^(1 / temperature).</remarks>
public sealed record Mixture
{
    /// <summary>The rule.</summary>
    public MixtureRule By { get; init; }

    /// <summary>By size: a source counts for no more texts than that; null for all that it has.</summary>
    public long? Cap { get; init; }

    /// <summary>By size: 1 draws in proportion, more draws more evenly.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Tells of a number that no mixture can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void Check()
    {
        if (Cap is { } cap) Expect.Positive(cap, "cap of the mixture");
        Expect.Positive(Temperature, "temperature of the mixture");
        if (By == MixtureRule.Equal && (Cap is not null || Temperature != 1))
            throw new ArgumentException("The cap and the temperature of a mixture are about sizes: say \"by\": "
                + "\"size\".");
    }

    /// <summary>How often each source is drawn, against the others.</summary>
    /// <param name="sizes">The texts of each.</param>
    public Dictionary<string, double> Rates(IReadOnlyDictionary<string, long> sizes) => sizes.ToDictionary(
        source => source.Key,
        source => By == MixtureRule.Equal ? 1
            : Math.Pow(Math.Min(source.Value, Cap ?? long.MaxValue), 1 / Temperature));
}
