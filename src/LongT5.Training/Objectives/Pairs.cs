using LongT5.Data;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>Supervised pairs: a source with a prefix, and the target that was written for it.</summary>
public sealed record Pairs : Objective
{
    /// <summary>The column of the target; null to find it by its usual names.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>
    /// What stands before every source: <c>summarize: </c>; or with columns of the row in braces,
    /// <c>question: {question} context: </c>.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <inheritdoc/>
    public override Dictionary<string, string[]> Texts(Row row)
        => Columns.Pair(row, SourceColumn, TargetColumn, Prefix);

    /// <inheritdoc/>
    public override string? Lacks(IReadOnlyDictionary<string, string[]> texts)
        => Columns.Lack(Columns.Pair(texts, SourceColumn, TargetColumn));

    internal override (string Input, string? Target) Uncut(IReadOnlyDictionary<string, string[]> row)
    {
        var (sources, references) = Columns.Pair(row, SourceColumn, TargetColumn);
        return (Columns.Prefix(row, Prefix) + string.Join(' ', sources), references[0]);
    }

    internal override IReadOnlyList<string> References(IReadOnlyDictionary<string, string[]> row)
        => Columns.Pair(row, SourceColumn, TargetColumn).Target;

    internal override string? FixedPrefix => Columns.IsFixed(Prefix) ? Prefix : null;

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var (sources, references) = Columns.Pair(row, SourceColumn, TargetColumn);
        var source = string.Join(' ', sources);
        var target = Encode(references[dice.Below(references.Length)]);
        return target.Length == 0 ? null
            : new TokenizedExample(Ended(Encode(Columns.Prefix(row, Prefix) + source), room.Input),
                Ended(target, room.Target));
    }
}
