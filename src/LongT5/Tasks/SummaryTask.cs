using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;

namespace LongT5.Tasks;

/// <summary>What a checkpoint says of summarising: <c>task_specific_params</c> of its <c>config.json</c>.</summary>
/// <remarks>
/// Hugging Face's place for it: <c>{"task_specific_params": {"summarization": {"prefix": "summarize: ", "num_beams": 4}}}</c>.
/// Beside <c>summarization</c>, which holds for every length, <c>summarization_short</c>, <c>_medium</c> and <c>_long</c>
/// hold for one. Beside the reference's names there are <c>max_input_tokens</c>: how many tokens a model can make sense of;
/// <c>quotes</c>: whether it was trained to quote, and to write nothing else; and <c>least_score</c>: the log-probability of a token, on
/// average, that its sound summaries reach.
/// </remarks>
sealed record SummaryTask(string? Prefix, int? MaxInputTokens, GenerationOptions Options)
{
    /// <summary>Whether the model only quotes.</summary>
    public bool Quotes { get; private init; }

    /// <summary>What the log-probability of a token reaches on average in sound summaries; null where the checkpoint does not say.</summary>
    public double? LeastScore { get; private init; }

    private JsonElement Tasks { get; init; }

    /// <summary>What holds for every length.</summary>
    /// <exception cref="BadFileException">An option there is not of its type.</exception>
    public static SummaryTask Read(Checkpoint checkpoint)
    {
        var fields = checkpoint.ConfigFields;
        var tasks = Member(fields, "task_specific_params", JsonValueKind.Object);
        try
        {
            var own = Of(Member(tasks, "summarization", JsonValueKind.Object));
            return own with { Prefix = own.Prefix ?? Text(fields, "prefix"), Tasks = tasks };
        }
        catch (ArgumentException exception)
        {
            throw new BadFileException(checkpoint.Path, $"task_specific_params.summarization: {exception.Message}", cause: exception);
        }
    }

    /// <summary>What holds for one length: its own words over those for all.</summary>
    public SummaryTask For(SummaryLength length)
    {
        var own = Of(Member(Tasks, "summarization_" + length.ToString().ToLowerInvariant(), JsonValueKind.Object));
        return this with { Prefix = own.Prefix ?? Prefix, MaxInputTokens = own.MaxInputTokens ?? MaxInputTokens, Options = own.Options.Over(Options) };
    }

    private static SummaryTask Of(JsonElement task)
        => new(Text(task, "prefix"), Number(task, "max_input_tokens"), GenerationOptions.FromModelFile(task))
        {
            Quotes = Member(task, "quotes", JsonValueKind.True).ValueKind == JsonValueKind.True,
            LeastScore = Member(task, "least_score", JsonValueKind.Number) is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : null,
        };

    private static int? Number(JsonElement json, string name)
        => Member(json, name, JsonValueKind.Number) is { ValueKind: JsonValueKind.Number } number
            ? number.TryGetInt32(out var value) && value >= 2 ? value : throw new ArgumentException($"{name} is {number.GetRawText()}; a whole number from 2 on is expected.")
            : null;

    private static string? Text(JsonElement json, string name)
        => Member(json, name, JsonValueKind.String) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value
            ? value
            : null;

    private static JsonElement Member(JsonElement json, string name, JsonValueKind kind)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : default;
}
