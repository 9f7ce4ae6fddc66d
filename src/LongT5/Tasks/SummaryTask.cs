using LongT5.Formats;
using LongT5.Generation;

namespace LongT5.Tasks;

/// <summary>What a checkpoint says of summarising: <c>task_specific_params</c> of its <c>config.json</c>.</summary>
/// <remarks>
/// Hugging Face's place for it: <c>{"task_specific_params": {"summarization": {"prefix": "summarize: ", "num_beams":
/// 4}}}</c>. Beside <c>summarization</c>, which holds for every length, <c>summarization_short</c>, <c>_medium</c> and
/// <c>_long</c> hold for one. Beside the reference's names there are <c>max_input_tokens</c>: how many tokens a model
/// can make sense of; <c>quotes</c>: whether it was trained to quote, and to write nothing else; and
/// <c>least_score</c>: the log-probability of a token, on average, that its sound summaries reach.
/// </remarks>
sealed record SummaryTask(string? Prefix, int? MaxInputTokens, GenerationOptions Options)
{
    /// <summary>Whether the model only quotes.</summary>
    public bool Quotes { get; private init; }

    /// <summary>
    /// What the log-probability of a token reaches on average in sound
    /// summaries; null where the checkpoint does not say.
    /// </summary>
    public double? LeastScore { get; private init; }

    /// <summary>What is asked for in vain, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    private JsonField? Tasks { get; init; }

    /// <summary>What a checkpoint says for every length.</summary>
    /// <exception cref="BadFileException">An option there is not of its type.</exception>
    public static SummaryTask Of(Checkpoint checkpoint)
        => Read(new(checkpoint.ConfigFields, Path.Combine(checkpoint.Folder, "config.json")));

    /// <summary>What a configuration says for every length.</summary>
    /// <param name="fields">All of <c>config.json</c>.</param>
    /// <exception cref="BadFileException">An option there is not of its type.</exception>
    public static SummaryTask Read(JsonField fields)
    {
        var tasks = Object(fields, "task_specific_params");
        var own = Said(Object(tasks, "summarization"));
        return own with { Prefix = own.Prefix ?? Text(fields, "prefix"), Tasks = tasks };
    }

    /// <summary>What holds for one length: its own words over those for all.</summary>
    public SummaryTask For(SummaryLength length)
    {
        var own = Said(Object(Tasks, "summarization_" + length.ToString().ToLowerInvariant()));
        return this with
        {
            Prefix = own.Prefix ?? Prefix,
            MaxInputTokens = own.MaxInputTokens ?? MaxInputTokens,
            Options = own.Options.Over(Options),
        };
    }

    private static SummaryTask Said(JsonField? task)
    {
        if (task is not { } fields)
            return new(null, null, new());
        var warnings = new List<string>();
        return new(Text(fields, "prefix"), fields["max_input_tokens"].Given?.Whole(2),
            GenerationOptions.FromModelFile(fields, warnings))
        {
            Quotes = fields["quotes"].Given?.Truth() ?? false,
            LeastScore = fields["least_score"].Given?.Number(),
            Warnings = warnings,
        };
    }

    private static string? Text(JsonField fields, string name)
        => fields[name] is { IsText: true } text && text.Text() is { Length: > 0 } value ? value : null;

    private static JsonField? Object(JsonField? fields, string name) => fields?[name] is { IsObject: true } found
        ? found : null;
}
