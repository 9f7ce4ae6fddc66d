namespace LongT5.Data;

/// <summary>A folder has nothing of a data set, or nothing of the split that is wanted.</summary>
/// <param name="message">What it lacks.</param>
/// <param name="others">The splits that it has something of.</param>
/// <param name="expected">What would be read.</param>
public sealed class MissingSplitException(string message, IReadOnlyList<string> others, string expected)
    : FileNotFoundException(message + (others.Count > 0
        ? $" There are files of the {string.Join(" and the ", others)} split." : $" Expected is {expected}."))
{
    /// <summary>The splits that it has something of, by the names that options have.</summary>
    public IReadOnlyList<string> Others => others;
}
