using LongT5.Formats;

namespace LongT5.Generation;

/// <summary>One option's value in JSON, read as the type that its name asks for; null stays null.</summary>
readonly struct JsonOption(JsonField field)
{
    private const int Most = 1 << 20;

    public int? Integer() => field.Given?.Only.Whole();

    public long? Long() => field.Given?.Long();

    public double? Number() => field.Given?.Number();

    public bool? Flag() => field.Given?.Truth();

    public EarlyStopping? Early() => field.Given is not { } value ? null
        : value.IsText ? value.Text() == "never"
        ? EarlyStopping.Never : throw value.Expected("true, false or \"never\"")
        : value.Truth() ? EarlyStopping.WhenFull : EarlyStopping.Heuristic;

    /// <summary>A list of token ids, or a single one.</summary>
    public int[]? Ids() => field.Given is not { } value ? null : value.IsList ? IdList(value) : [value.Whole()];

    /// <summary>A list of lists of token ids, or a single list of them.</summary>
    public IReadOnlyList<int[]>? IdLists() => field.Given is not { } value ? null
        : value.Items().ToList() is [{ IsNumber: true }, ..] ? [IdList(value)] : [.. value.Items().Select(IdList)];

    public IReadOnlyList<string>? Texts() => field.Given?.OneOrMore(Most).Select(text => text.Text()).ToList();

    public ExponentialDecay? Decay() => field.Given is not { } value ? null
        : value.Items(2, 2) is [var start, var factor] ? new(start.Whole(), factor.Number()) : null;

    /// <summary>Pairs of token ids and a bias, as in <c>[[[3, 20], 5.0]]</c>.</summary>
    public IReadOnlyList<SequenceBias>? Biases() => field.Given is not { } value ? null
        : [.. value.Items().Select(pair => pair.Items(2, 2) is [var tokens, var bias]
            ? new SequenceBias(IdList(tokens), bias.Number()) : default)];

    private static int[] IdList(JsonField list) => [.. list.Items().Select(id => id.Whole())];
}
