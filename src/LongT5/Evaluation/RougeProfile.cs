namespace LongT5.Evaluation;

/// <summary>
/// One of the ways in which papers and programs report ROUGE; figures of different profiles must not be compared.
/// </summary>
public sealed record RougeProfile
{
    /// <summary>
    /// The paper's, by the T5 library: no stemmer, " . " ends a line, middle of the bootstrap, times 100.
    /// </summary>
    public static RougeProfile T5 { get; } = new()
    {
        Name = "t5",
        SplitAtSpacedStops = true,
        Factor = 100,
        Measures = ["rouge1", "rouge2", "rougeLsum"]
    };

    /// <summary>The example scripts' of Hugging Face: stemmer, a sentence a line, mean, times 100.</summary>
    public static RougeProfile HuggingFace { get; } = new()
    {
        Name = "huggingface",
        Stem = true,
        Factor = 100,
        Measures = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    };

    /// <summary>The package rouge_score as it comes: no stemmer, lines as they are, from 0 to 1.</summary>
    public static RougeProfile RougeScore { get; } = new()
    {
        Name = "rouge_score",
        Factor = 1,
        Measures = ["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"]
    };

    /// <summary>The named profiles.</summary>
    public static IReadOnlyList<RougeProfile> All { get; } = [T5, HuggingFace, RougeScore];

    /// <summary>What to call it beside a result.</summary>
    public required string Name { get; init; }

    /// <summary>Whether words of more than three letters are stemmed.</summary>
    public bool Stem { get; init; }

    /// <summary>Whether " . " ends a line, which only tokenized texts have.</summary>
    public bool SplitAtSpacedStops { get; init; }

    /// <summary>What scores are multiplied by when shown.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The measures that are reported.</summary>
    public required IReadOnlyList<string> Measures { get; init; }

    /// <summary>A profile by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static RougeProfile Named(string name)
        => All.FirstOrDefault(profile => profile.Name == name)
            ?? throw new ArgumentException($"There is no ROUGE profile '{name}'; there are "
                + $"{string.Join(", ", All.Select(profile => profile.Name))}.", nameof(name));
}
