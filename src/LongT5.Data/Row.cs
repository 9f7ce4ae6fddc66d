using System.Text.Json;

namespace LongT5.Data;

/// <summary>One record of a table, whatever file it came from, and where it stood there.</summary>
/// <param name="File">The file, as the user would say it.</param>
/// <param name="Number">Its line, or its place among the rows of a file without lines; from 1.</param>
/// <param name="Values">An object whose members are the columns.</param>
public sealed record Row(string File, long Number, JsonElement Values)
{
    /// <summary>Names and characters of them that a message shows.</summary>
    private const int ShownColumns = 12, ShownName = 40;

    /// <summary>The names of the columns, in their order.</summary>
    public IEnumerable<string> Columns => Values.EnumerateObject().Select(member => member.Name);

    /// <summary>The value of a column of any kind.</summary>
    /// <exception cref="BadRowException">There is no such column.</exception>
    public JsonElement this[string name] => Values.TryGetProperty(name, out var value) ? value : throw Missing([name]);

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string name) => Values.TryGetProperty(name, out _);

    /// <summary>The text of the first of these columns that there is.</summary>
    /// <exception cref="BadRowException">None is there, or it holds no text.</exception>
    public string Text(params ReadOnlySpan<string> names)
    {
        var name = First(names);
        return this[name] is { ValueKind: JsonValueKind.String } text ? text.GetString()!
            : throw new BadRowException($"column {name} holds {Kind(this[name])} where a text is expected");
    }

    /// <summary>
    /// The texts of the first of these columns that there is: a list, one text alone, or answers as SQuAD has them on
    /// the hub, <c>{"text": [...], "answer_start": [...]}</c>, or in its files, <c>[{"text": ..., "answer_start": ...}]</c>.
    /// </summary>
    /// <exception cref="BadRowException">None is there, or it holds something else.</exception>
    public IReadOnlyList<string> Texts(params ReadOnlySpan<string> names)
    {
        var name = First(names);
        return this[name] switch
        {
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } answers when answers.EnumerateArray().Any(answer
                => answer.ValueKind == JsonValueKind.Object)
                => [.. answers.EnumerateArray().Select(answer => answer.String("text"))],
            { ValueKind: JsonValueKind.Array } list => list.Strings($"column {name}"),
            { ValueKind: JsonValueKind.Object } answers when answers.TryGetProperty("text", out var list)
                && list.ValueKind == JsonValueKind.Array => list.Strings($"column {name}.text"),
            var other => throw new BadRowException(
                $"column {name} holds {Kind(other)} where a text or a list of texts is expected"),
        };
    }

    /// <summary>What the first of these columns that there is calls something: a text, or a number.</summary>
    /// <exception cref="BadRowException">None is there, or it holds something else.</exception>
    public string Label(params ReadOnlySpan<string> names)
    {
        var name = First(names);
        return this[name].ValueKind == JsonValueKind.Number ? this[name].GetRawText() : Text(name);
    }

    /// <summary>What a column calls something, or each of several things: texts, numbers, true or false.</summary>
    /// <exception cref="BadRowException">It is not there, or holds something else.</exception>
    public IReadOnlyList<string> Labels(string name)
    {
        return this[name] is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(Of)]
            : [Of(this[name])];

        string Of(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw new BadRowException($"column {name} holds {Kind(value)} where a label is expected"),
        };
    }

    /// <summary>What a value is, for messages: <c>null</c>, <c>the number 3</c>, <c>a list</c>.</summary>
    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => $"the number {Shortened(value.GetRawText())}",
        JsonValueKind.String => "a text",
        _ => value.GetRawText(),
    };

    private string First(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Has(name)) return name;
        }
        throw Missing(names);
    }

    private BadRowException Missing(ReadOnlySpan<string> names)
    {
        var all = Columns.ToList();
        var shown = string.Join(", ", all.Take(ShownColumns).Select(Shortened)) + (all.Count > ShownColumns
            ? $" and {all.Count - ShownColumns} more" : "");
        return new($"there is no column {string.Join(" or ", names.ToArray())}; there are {shown}");
    }

    private static string Shortened(string name) => name.Length <= ShownName ? name : name[..ShownName] + "...";
}

/// <summary>
/// What is wrong with one row; becomes an error or a count, as the reader was told: see <see cref="Tables.Each"/>.
/// </summary>
/// <param name="problem">What was expected, and what was found.</param>
public sealed class BadRowException(string problem) : Exception(problem);
