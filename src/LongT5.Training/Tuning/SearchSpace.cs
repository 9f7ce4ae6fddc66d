using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace LongT5.Training.Tuning;

/// <summary>The values that fields of a run may have, and runs that have some of them.</summary>
sealed partial class SearchSpace
{
    readonly JsonNode _run;
    readonly (string Name, string[] Path, Axis Axis)[] _fields;

    /// <param name="run">The run as it stands.</param>
    /// <param name="space">What its fields may be, by name.</param>
    /// <exception cref="ArgumentException">There is no such field, or it cannot have such a value.</exception>
    public SearchSpace(TrainingOptions run, IReadOnlyDictionary<string, Dimension> space)
    {
        _run = JsonSerializer.SerializeToNode(run.WithFullPaths(), TrainingOptions.Json)!;
        _fields = [.. space.Select(field =>
        {
            string[] path = [.. Step().Matches(field.Key).Select(step => step.Value.Trim('[', ']'))];
            var type = TypeOf(field.Key, path);
            return (field.Key, path, new Axis(field.Key, field.Value, type));
        })];
        (Names, Axes) = ([.. _fields.Select(one => one.Name)], [.. _fields.Select(one => one.Axis)]);
        Standing = [.. _fields.Select(one =>
        {
            var (parent, last) = Parent(_run, one.Path);
            return JsonSerializer.SerializeToElement(Child(parent, last));
        })];
        foreach (var (i, (name, _, axis)) in _fields.Index())
            foreach (var value in axis.Ends)
                try
                {
                    _ = With([.. _fields.Select((_, j) => i == j ? value : default)]);
                }
                catch (JsonException bad)
                {
                    throw new ArgumentException($"{name} cannot be {value.GetRawText()}: {bad.Message}", bad);
                }
    }

    /// <summary>The names of the fields.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The ranges and choices of the fields.</summary>
    public IReadOnlyList<Axis> Axes { get; }

    /// <summary>The values that the run has as it stands.</summary>
    public JsonElement[] Standing { get; }

    /// <summary>The run with these values, one for each field.</summary>
    /// <exception cref="JsonException">A field cannot have its value.</exception>
    public TrainingOptions With(IReadOnlyList<JsonElement> values)
    {
        var run = _run.DeepClone();
        foreach (var (i, (_, path, _)) in _fields.Index())
        {
            if (values[i].ValueKind == JsonValueKind.Undefined) continue;
            var (parent, last) = Parent(run, path);
            var value = values[i].ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(values[i].GetRawText());
            if (parent is JsonArray items) items[int.Parse(last, null)] = value;
            else if (value is null) parent.AsObject().Remove(last);
            else parent[last] = value;
        }
        return run.Deserialize<TrainingOptions>(TrainingOptions.Json)!;
    }

    static (JsonNode Parent, string Last) Parent(JsonNode run, string[] path)
        => (path[..^1].Aggregate(run, (node, step) => Child(node, step)!), path[^1]);

    static JsonNode? Child(JsonNode node, string step)
        => node is JsonArray items ? items[int.Parse(step, null)] : node[step];

    // Goes down the types and the run together: a field may be null in the run, what it belongs to may not.
    Type TypeOf(string name, string[] path)
    {
        var (type, node, above) = (typeof(TrainingOptions), _run, "");
        foreach (var step in path)
        {
            if (node is null)
                throw new ArgumentException($"There is no {name} to search in: the run has no {above}. Give it one.");
            var info = TrainingOptions.Json.GetTypeInfo(Actual(type, node));
            type = info.Kind switch
            {
                JsonTypeInfoKind.Object => info.Properties.FirstOrDefault(property => property.Name == step)
                    ?.PropertyType ?? throw new ArgumentException($"There is no {name}: {Of(above)} has no {step}; it "
                        + $"has {string.Join(", ", info.Properties.Select(property => property.Name))}."),
                JsonTypeInfoKind.Dictionary when node[step] is not null => info.ElementType!,
                JsonTypeInfoKind.Enumerable when int.TryParse(step, out var at) && at < node.AsArray().Count
                    => info.ElementType!,
                JsonTypeInfoKind.Dictionary => throw new ArgumentException($"There is no {name}: {Of(above)} has no "
                    + $"{step}; it has {string.Join(", ", node.AsObject().Select(part => part.Key))}."),
                JsonTypeInfoKind.Enumerable => throw new ArgumentException($"There is no {name}: {Of(above)} has "
                    + $"{node.AsArray().Count} parts, counted from 0."),
                _ => throw new ArgumentException($"There is no {name}: {above} has no parts."),
            };
            type = Nullable.GetUnderlyingType(type) ?? type;
            node = Child(node, step);
            above = node?.Parent is JsonArray ? $"{above}[{step}]" : above.Length == 0 ? step : $"{above}.{step}";
        }
        return type;

        static string Of(string above) => above.Length == 0 ? "a run" : above;
    }

    // Of a type with kinds the one that the run has.
    static Type Actual(Type type, JsonNode node)
        => TrainingOptions.Json.GetTypeInfo(type).PolymorphismOptions is { } kinds
            ? kinds.DerivedTypes.First(kind => (string)kind.TypeDiscriminator!
                == (string?)node[kinds.TypeDiscriminatorPropertyName]).DerivedType : type;

    [GeneratedRegex(@"\[\d+\]|[^.\[\]]+")]
    private static partial Regex Step();
}
