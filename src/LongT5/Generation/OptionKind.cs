using System.Globalization;
using System.Text.Json;

namespace LongT5.Generation;

/// <summary>How people write an option's value where they write no JSON.</summary>
enum OptionForm
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>Nothing but the name, which says yes.</summary>
    Switch,

    /// <summary>A text as it is; several are several options of one name.</summary>
    Text,

    /// <summary>JSON, or the name of a choice.</summary>
    Json,
}

/// <summary>One kind of values: how it is read and written, and which of it are token ids.</summary>
sealed record OptionKind<T>(
    OptionForm Form, string Shape, Func<JsonOption, T> Read, Action<Utf8JsonWriter, T> Write,
    Func<T, IEnumerable<int>>? Tokens = null);

/// <summary>The kinds of values that generation options have; null says nothing.</summary>
static class OptionKinds
{
    public static OptionKind<int?> Whole { get; } =
        new(OptionForm.Number, "whole number", json => json.Integer(),
            (writer, value) => writer.WriteNumberValue(value!.Value));

    public static OptionKind<long?> Long { get; } =
        new(OptionForm.Number, "whole number", json => json.Long(),
            (writer, value) => writer.WriteNumberValue(value!.Value));

    public static OptionKind<double?> Real { get; } =
        new(OptionForm.Number, "number", json => json.Number(), (writer, value) => WriteReal(writer, value!.Value));

    public static OptionKind<bool?> Switch { get; } =
        new(OptionForm.Switch, "true or false", json => json.Flag(),
            (writer, value) => writer.WriteBooleanValue(value!.Value));

    public static OptionKind<EarlyStopping?> Early { get; } = new(OptionForm.Json, "true, false or \"never\"",
        json => json.Early(), WriteEarly);

    public static OptionKind<IReadOnlyList<string>?> Texts { get; } = new(OptionForm.Text, "texts",
        json => json.Texts(),
        (writer, value) => WriteList(writer, value!, text => writer.WriteStringValue(text)));

    public static OptionKind<int?> Token { get; } = Whole with { Shape = "token id", Tokens = value => [value!.Value] };

    public static OptionKind<int[]?> Ids { get; } =
        new(OptionForm.Json, "token ids", json => json.Ids(), (writer, value) => WriteIds(writer, value!),
            value => value!);

    public static OptionKind<IReadOnlyList<int[]>?> IdLists { get; } = new(OptionForm.Json, "lists of token ids",
        json => json.IdLists(),
        (writer, value) => WriteList(writer, value!, ids => WriteIds(writer, ids)),
        value => value!.SelectMany(ids => ids));

    public static OptionKind<IReadOnlyList<SequenceBias>?> Biases { get; } = new(
        OptionForm.Json, "lists of token ids, each with a number", json => json.Biases(),
        (writer, value) => WriteList(writer, value!, bias => WriteBias(writer, bias)),
        value => value!.SelectMany(bias => bias.Tokens));

    public static OptionKind<ExponentialDecay?> Decay { get; } =
        new(OptionForm.Json, "a start and a factor", json => json.Decay(),
            (writer, value) => WriteDecay(writer, value!.Value));

    private static void WriteEarly(Utf8JsonWriter writer, EarlyStopping? value)
    {
        if (value == EarlyStopping.Never)
            writer.WriteStringValue("never");
        else
            writer.WriteBooleanValue(value == EarlyStopping.WhenFull);
    }

    /// <summary>JSON has no words for what is not finite; such values are errors, which say what they were.</summary>
    private static void WriteReal(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteBias(Utf8JsonWriter writer, SequenceBias bias)
    {
        writer.WriteStartArray();
        WriteIds(writer, bias.Tokens);
        WriteReal(writer, bias.Bias);
        writer.WriteEndArray();
    }

    private static void WriteDecay(Utf8JsonWriter writer, ExponentialDecay decay)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(decay.Start);
        WriteReal(writer, decay.Factor);
        writer.WriteEndArray();
    }

    private static void WriteIds(Utf8JsonWriter writer, int[] ids) => WriteList(writer, ids, writer.WriteNumberValue);

    private static void WriteList<TItem>(Utf8JsonWriter writer, IReadOnlyList<TItem> items, Action<TItem> write)
    {
        writer.WriteStartArray();
        foreach (var item in items)
            write(item);
        writer.WriteEndArray();
    }
}
