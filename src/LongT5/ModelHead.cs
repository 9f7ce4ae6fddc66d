namespace LongT5;

/// <summary>What stands on the last states of a model.</summary>
public enum ModelHead
{
    /// <summary>Nothing: an encoder alone, whose states are its result.</summary>
    None,

    /// <summary>The vocabulary, by the rows of the embedding.</summary>
    Embedding,

    /// <summary>The vocabulary, by a matrix of its own.</summary>
    Vocabulary,

    /// <summary>Classes or numbers of a whole text (transformers' ForSequenceClassification), on the decoder.</summary>
    Sequence,

    /// <summary>Classes of each token (ForTokenClassification), on an encoder alone.</summary>
    Tokens,

    /// <summary>Where an answer begins and ends (ForQuestionAnswering), on the decoder.</summary>
    Spans,
}

/// <summary>What a head of <see cref="ModelHead.Sequence"/> says of a text.</summary>
public enum LabelProblem
{
    /// <summary>Which one of its labels the text has.</summary>
    OneLabel,

    /// <summary>Which of its labels the text has: any number of them.</summary>
    AnyLabels,

    /// <summary>A number for each label: a score, a grade.</summary>
    Numbers,
}

/// <summary>Facts about heads.</summary>
public static class ModelHeads
{
    /// <summary>Whether the head stands on a decoder.</summary>
    public static bool HasDecoder(this ModelHead head) => head is not (ModelHead.None or ModelHead.Tokens);

    /// <summary>Whether a decoder writes text by it.</summary>
    public static bool WritesText(this ModelHead head) => head is ModelHead.Embedding or ModelHead.Vocabulary;

    /// <summary>Whether it says labels, numbers or answers of a text.</summary>
    public static bool GivesLabels(this ModelHead head) => head is not ModelHead.None && !head.WritesText();

    /// <summary>What options and results call it: <c>multi-label</c>, <c>extractive</c>.</summary>
    /// <param name="head">The head.</param>
    /// <param name="problem">What it says, if it is one of whole texts.</param>
    internal static string NameOf(this ModelHead head, LabelProblem problem) => (head, problem) switch
    {
        (ModelHead.Sequence, LabelProblem.AnyLabels) => "multi-label",
        (ModelHead.Sequence, LabelProblem.Numbers) => "regression",
        (ModelHead.Sequence, _) => "sequence-classification",
        (ModelHead.Tokens, _) => "token-classification",
        (ModelHead.Spans, _) => "extractive",
        _ => head.ToString().ToLowerInvariant(),
    };
}
