using System.Text.Json.Serialization;
using LongT5.Formats;

namespace LongT5.Training;

/// <summary>What a head of labels, in place of the vocabulary, is to say of texts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HeadKind>))]
public enum HeadKind
{
    /// <summary>One label of a whole text.</summary>
    [JsonStringEnumMemberName("sequence-classification")]
    SequenceClassification,

    /// <summary>Any number of labels of a whole text.</summary>
    [JsonStringEnumMemberName("multi-label")]
    MultiLabel,

    /// <summary>A number of a whole text.</summary>
    [JsonStringEnumMemberName("regression")]
    Regression,

    /// <summary>A label of each word: entities.</summary>
    [JsonStringEnumMemberName("token-classification")]
    TokenClassification,

    /// <summary>Where an answer begins and ends.</summary>
    [JsonStringEnumMemberName("extractive")]
    Extractive,
}

/// <summary>A head of labels: trained with the model, or with an adapter beside it.</summary>
public sealed record HeadOptions
{
    /// <summary>What it says.</summary>
    public HeadKind Kind { get; init; }

    /// <summary>
    /// The labels, in the order of its outputs; null for those that occur in what is trained on. None for an extractive
    /// head.
    /// </summary>
    public string[]? Labels { get; init; }

    /// <summary>What the option is called on the command line and in a file.</summary>
    [JsonIgnore]
    public string Name => Head.NameOf(Kind switch
    {
        HeadKind.MultiLabel => LabelProblem.AnyLabels,
        HeadKind.Regression => LabelProblem.Numbers,
        _ => LabelProblem.OneLabel,
    });

    /// <summary>The head of the model.</summary>
    [JsonIgnore]
    public ModelHead Head => Kind switch
    {
        HeadKind.TokenClassification => ModelHead.Tokens,
        HeadKind.Extractive => ModelHead.Spans,
        _ => ModelHead.Sequence,
    };

    /// <summary>What it is measured by.</summary>
    [JsonIgnore]
    public IReadOnlyList<Judge> Measures => Kind switch
    {
        HeadKind.Regression => [Judge.Pearson, Judge.Spearman],
        HeadKind.TokenClassification => [Judge.F1],
        HeadKind.Extractive => [Judge.F1, Judge.ExactMatch],
        _ => [Judge.Accuracy, Judge.F1],
    };

    /// <summary><c>problem_type</c>, as the reference calls it; null where the head has none.</summary>
    [JsonIgnore]
    internal string? ProblemType => Kind switch
    {
        HeadKind.SequenceClassification => "single_label_classification",
        HeadKind.MultiLabel => "multi_label_classification",
        HeadKind.Regression => "regression",
        _ => null,
    };

    /// <summary>The number of a label.</summary>
    /// <exception cref="ArgumentException">It is none of the labels.</exception>
    internal int NumberOf(string label)
    {
        return LabelNames.NumberOf(Labels!, label) is >= 0 and var number ? number
            : throw new ArgumentException($"its label {label} is none of those that are learned: "
                + $"{string.Join(", ", Labels!.Take(12))}{(Labels!.Length > 12 ? ", ..." : "")} (head.labels names others)");
    }
}
