using System.Text.Json.Nodes;

namespace LongT5.Client;

/// <summary>What is asked beside a text; what is null is left to the server and its model.</summary>
public record ReadOptions
{
    /// <summary>
    /// The model, by a name of <see cref="LongT5Client.ListModelsAsync"/>; null for the server's first.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Stands before the text; null for what the checkpoint says.</summary>
    public string? Prefix { get; init; }

    /// <summary>Reads no more tokens than this, to the end of a sentence.</summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>What opens a protected document.</summary>
    public string? Password { get; init; }

    /// <summary>Up to 4 texts that end the output and are not in it.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Generation options by Hugging Face's names: <c>num_beams</c>, <c>no_repeat_ngram_size</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Generation { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>The members of a request, by the server's names.</summary>
    internal virtual JsonObject Members()
    {
        var members = new JsonObject();
        foreach (var (name, value) in Generation)
            members[name] = value?.DeepClone();
        if (Model is not null) members["model"] = Model;
        if (Prefix is not null) members["prefix"] = Prefix;
        if (MaxInputTokens is { } most) members["max_input_tokens"] = most;
        if (Password is not null) members["password"] = Password;
        if (Stops.Count > 0) members["stop"] = new JsonArray([.. Stops.Select(stop => JsonValue.Create(stop))]);
        return members;
    }
}

/// <summary>How long a summary may become.</summary>
public enum SummaryLength
{
    /// <summary>Two or three sentences.</summary>
    Short,

    /// <summary>A paragraph.</summary>
    Medium,

    /// <summary>Most of a page.</summary>
    Long,
}

/// <summary>Whether a summary is made of whole sentences of the text and of nothing else.</summary>
public enum Quoting
{
    /// <summary>It need not be.</summary>
    Free,

    /// <summary>It is, in any order.</summary>
    Verbatim,

    /// <summary>It is, in the order of the text.</summary>
    VerbatimInOrder,
}

/// <summary>The passages that come with each sentence of a summary.</summary>
public enum EvidenceMode
{
    /// <summary>Those that were read for it.</summary>
    Passages,

    /// <summary>The same, each checked by hiding it from the model; it takes longer.</summary>
    Causal,

    /// <summary>None.</summary>
    None,
}

/// <summary>What becomes of a text that is longer than the model reads at once.</summary>
public enum LongInput
{
    /// <summary>It is read in parts, whose summaries become one.</summary>
    Merge,

    /// <summary>The encoder reads it in parts, and the decoder all of it.</summary>
    Fuse,

    /// <summary>It is read as a whole, whatever the model was trained for.</summary>
    Whole,

    /// <summary>Its end is left out.</summary>
    Cut,
}

/// <summary>How to summarise.</summary>
public sealed record SummaryOptions : ReadOptions
{
    /// <summary>How long the summary may become.</summary>
    public SummaryLength? Length { get; init; }

    /// <summary>Whether only whole sentences of the text may be written.</summary>
    public Quoting? Quoting { get; init; }

    /// <summary>The passages that come with it; null for those that were read.</summary>
    public EvidenceMode? Evidence { get; init; }

    /// <summary>What becomes of a text that is longer than the model reads at once.</summary>
    public LongInput? Long { get; init; }

    /// <summary>Leaves out sentences with a doubt.</summary>
    public bool Strict { get; init; }

    /// <summary>Gives all that the model writes, cut wherever a limit falls.</summary>
    public bool CutAnywhere { get; init; }

    internal override JsonObject Members()
    {
        var members = base.Members();
        if (Length is { } length) members["length"] = Name(length);
        if (Quoting is { } quoting)
            members["quoting"] = quoting == Client.Quoting.VerbatimInOrder ? "verbatim-in-order" : Name(quoting);
        if (Evidence is { } evidence) members["evidence"] = Name(evidence);
        if (Long is { } way) members["long"] = Name(way);
        if (Strict) members["strict"] = true;
        if (CutAnywhere) members["cut_anywhere"] = true;
        return members;
    }

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
