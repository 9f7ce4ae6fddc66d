using LongT5.Formats;

namespace LongT5.Tasks.Labelling;

/// <summary>What a checkpoint says of the use of its head of labels: <c>task_specific_params</c>.</summary>
/// <remarks>
/// Under the names of the reference's pipelines, <c>text-classification</c>, <c>token-classification</c> and
/// <c>question-answering</c>: <c>prefix</c>, and beside the reference's names <c>max_input_tokens</c>.
/// </remarks>
/// <param name="Prefix">What stood before the texts that it learned from; null where nothing did.</param>
/// <param name="MaxInputTokens">Most tokens that it read at once, the end token among them; null where nothing is
/// said.</param>
sealed record HeadTask(string? Prefix, int? MaxInputTokens)
{
    /// <summary>The name of the task of a head.</summary>
    public static string NameOf(ModelHead head) => head switch
    {
        ModelHead.Sequence => "text-classification",
        ModelHead.Tokens => "token-classification",
        _ => "question-answering",
    };

    /// <summary>What a configuration says of a head.</summary>
    public static HeadTask Read(JsonField fields, ModelHead head)
        => fields["task_specific_params"] is { IsObject: true } tasks && tasks[NameOf(head)] is { IsObject: true } own
            ? new(own["prefix"].Given?.Text() is { Length: > 0 } prefix ? prefix : null,
                own["max_input_tokens"].Given?.Whole(2))
            : new(null, null);
}
