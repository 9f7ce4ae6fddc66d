namespace LongT5.Training.Data;

/// <summary>What a head of labels is to say of an example.</summary>
/// <param name="Values">
/// The number of the label of a text; 0 or 1 for each label; a number; the number of the label of each token,
/// <see cref="Torch.Batch.Ignored"/> where none is asked; the first and the last token of an answer, 0 for none.
/// </param>
/// <param name="Count">Of how many of them the loss is the mean: those of one text are one, tokens each.</param>
public sealed record HeadTarget(float[] Values, int Count = 1)
{
    /// <summary>Of tagged words: the token in which each begins.</summary>
    public int[] Words { get; init; } = [];

    /// <summary>Of an answer: the tokens that it may stand in, and behind the last of them.</summary>
    public int First { get; init; }

    /// <summary>Behind the last of them.</summary>
    public int End { get; init; }

    /// <summary>Of an answer: the text of those tokens, and where each of them stands in it.</summary>
    public (string Text, (int Start, int End)[] Offsets) Passage { get; init; } = ("", []);
}
