using System.Text.Json;

namespace LongT5.Generation;

/// <summary>One option's value in JSON, read as the type that its name asks for; null stays null.</summary>
readonly struct JsonOption(string name, JsonElement value)
{
    public int? Integer() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetInt32(out int number) => number,
        _ => throw Not("a whole number"),
    };

    public long? Long() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetInt64(out long number) => number,
        _ => throw Not("a whole number"),
    };

    public double? Number() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetDouble(out double number) => number,
        _ => throw Not("a number"),
    };

    public bool? Flag() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Not("true or false"),
    };

    public EarlyStopping? Early() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => EarlyStopping.WhenFull,
        JsonValueKind.False => EarlyStopping.Heuristic,
        JsonValueKind.String when value.ValueEquals("never") => EarlyStopping.Never,
        _ => throw Not("true, false or \"never\""),
    };

    /// <summary>A list of token ids, or a single one.</summary>
    public int[]? Ids() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => [Integer()!.Value],
        _ => IdList(),
    };

    /// <summary>A list of lists of token ids, or a single list of them.</summary>
    public IReadOnlyList<int[]>? IdLists()
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        var items = Items("a list of lists of token ids").ToList();
        return items.Count > 0 && items[0].IsNumber
            ? [IdList()]
            : [.. items.Select(item => item.IdList())];
    }

    public IReadOnlyList<string>? Texts() => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => [Text()],
        _ => [.. Items("a list of texts").Select(item => item.Text())],
    };

    public ExponentialDecay? Decay()
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return Items("a start and a factor").ToList() is [var start, var factor]
            && start.Integer() is { } at && factor.Number() is { } by ? new(at, by) : throw Not("a start and a factor");
    }

    public IReadOnlyList<SequenceBias>? Biases()
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        const string Wanted = "a list of pairs of token ids and a bias, as in [[[3, 20], 5.0]]";
        var biases = new List<SequenceBias>();
        foreach (var pair in Items(Wanted))
            biases.Add(pair.Items(Wanted).ToList() is [var tokens, var bias] && bias.Number() is { } by
                ? new(tokens.IdList(), by) : throw Not(Wanted));
        return biases;
    }

    private bool IsNumber => value.ValueKind == JsonValueKind.Number;

    private int[] IdList()
        => [.. Items("a list of token ids").Select(item => item.Integer() ?? throw item.Not("a token id"))];

    private string Text() => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Not("a text");

    private IEnumerable<JsonOption> Items(string wanted)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Not(wanted);
        string owner = name;
        return value.EnumerateArray().Select(item => new JsonOption(owner, item));
    }

    private ArgumentException Not(string wanted)
    {
        string found = value.GetRawText();
        return new($"'{name}' must be {wanted}, not {(found.Length > 60 ? found[..60] + "..." : found)}.");
    }
}
