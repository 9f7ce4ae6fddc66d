using System.Globalization;
using System.Text.Json;
using LongT5.Data;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>Texts and their labels, or numbers: what heads of whole texts learn from.</summary>
public sealed record TextLabels : Objective
{
    private const string Source = "text", Before = "prefix", Label = "label";

    /// <summary>The column of the label, of a list of labels, or of the number; null to find it by its usual names.
    /// </summary>
    public string? TargetColumn { get; init; }

    /// <summary>What stands before every text; columns of the row in braces.</summary>
    public string Prefix { get; init; } = "";

    internal override bool IsFor(HeadKind? head)
        => head is HeadKind.SequenceClassification or HeadKind.MultiLabel or HeadKind.Regression;

    /// <inheritdoc/>
    public override Dictionary<string, string[]> Texts(Row row)
    {
        var column = UsualColumns.Named(row, TargetColumn, UsualColumns.Labels);
        var labels = row.Labels(column);
        if (Head?.Kind == HeadKind.MultiLabel)
        {
            if (row[column].ValueKind == JsonValueKind.Array
                && labels.FirstOrDefault(label => label.Contains(';')) is { } two)
                throw new BadRowException($"its label {two} has a semicolon, which stands between the labels of a text");
            labels = [.. labels.SelectMany(label => label.Split(';', StringSplitOptions.TrimEntries
                | StringSplitOptions.RemoveEmptyEntries))];
        }
        else if (labels.Count != 1)
            throw new BadRowException($"it has {labels.Count} labels where one is expected (--head multi-label learns "
                + $"any number)");
        if (Head?.Kind == HeadKind.Regression && !(float.TryParse(labels[0], NumberStyles.Float,
            CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)))
            throw new BadRowException($"its target is {labels[0]}, where a number is expected (with a point, not a comma)");
        return new()
        {
            [Source] = [row.Text(UsualColumns.Named(row, SourceColumn, [.. UsualColumns.Texts, "sentence"]))],
            [Before] = [Columns.Prefix(Columns.OfPrefix(row, Prefix), Prefix)],
            [Label] = [.. labels],
        };
    }

    /// <inheritdoc/>
    public override string? Lacks(IReadOnlyDictionary<string, string[]> texts)
        => string.IsNullOrWhiteSpace(texts[Source][0]) ? "without text"
            : Head?.Kind != HeadKind.MultiLabel && texts[Label][0].Length == 0 ? "without a label" : null;

    internal override (string Input, string? Target) Uncut(IReadOnlyDictionary<string, string[]> row)
        => (row[Before][0] + row[Source][0], null);

    internal override string? FixedPrefix => Columns.IsFixed(Prefix) ? Prefix : null;

    internal override IEnumerable<string> Labels(IReadOnlyDictionary<string, string[]> row) => row[Label];

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var labels = row[Label];
        var values = Head!.Kind switch
        {
            HeadKind.Regression => [float.Parse(labels[0], NumberStyles.Float, CultureInfo.InvariantCulture)],
            HeadKind.MultiLabel => Several(labels),
            _ => [Head.NumberOf(labels[0])],
        };
        return new(Ended(Encode(Uncut(row).Input), room.Input), []) { Head = new(values) };
    }

    private float[] Several(string[] labels)
    {
        var values = new float[Head!.Labels!.Length];
        foreach (var label in labels) values[Head.NumberOf(label)] = 1;
        return values;
    }
}
