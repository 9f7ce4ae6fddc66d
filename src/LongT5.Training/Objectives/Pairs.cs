using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>Supervised pairs: a source with a prefix, and the target that was written for it.</summary>
public sealed record Pairs : Objective
{
    /// <summary>The column of the target; null to find it by its usual names.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>
    /// What stands before every source: <c>summarize: </c>; or with columns of the row in braces, <c>question: {question} context: </c>.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <inheritdoc/>
    public override Example? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var (sources, references) = Columns.Pair(row, SourceColumn, TargetColumn);
        string source = string.Join(' ', sources);
        if (references.Length == 0 || string.IsNullOrWhiteSpace(source))
            return null;
        int[] target = Encode(references[dice.Below(references.Length)]);
        return target.Length == 0 ? null
            : new Example(Ended(Encode(Columns.Prefix(row, Prefix) + source), room.Input), Ended(target, room.Target));
    }

    /// <summary>The ids cut so that the end token keeps its place, as the tokenizers of the reference cut.</summary>
    private static int[] Ended(int[] ids, int room) => [.. ids.Take(room - 1), End];
}
