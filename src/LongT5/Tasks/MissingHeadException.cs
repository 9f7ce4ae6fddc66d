namespace LongT5.Tasks;

/// <summary>A model lacks the head that a task is for.</summary>
/// <param name="path">The model.</param>
/// <param name="has">What it does instead.</param>
/// <param name="head">The head, as the trainer calls it.</param>
public sealed class MissingHeadException(string path, string has, string head) : NotSupportedException(
    $"{path} has no head for this ({has}): train one from it ({head}), or name a model that has one.")
{
    /// <summary>The model.</summary>
    public string Path { get; } = path;

    /// <summary>The head, as the trainer calls it: <c>sequence-classification</c> and its like.</summary>
    public string Head { get; } = head;
}
