using System.Text.Json;
using System.Text.Json.Nodes;

namespace LongT5.Training;

/// <summary>What a run that goes on was begun with, held against what it is told now.</summary>
static class ResumedOptions
{
    /// <summary>The file of a checkpoint that keeps its options.</summary>
    public const string FileName = "options.json";

    // Another start, another shape or another memory of the optimizer makes another run.
    static readonly string[] s_fixed = ["from", "model", "tokenizer", "copyCircuit", "optimizer.kind",
        "distillation.teacher"];

    // Where a run lies and what it tells changes nothing of what it learns.
    static readonly string[] s_free = ["output", "logEvery", "saveEvery", "checkpoints", "device", "skipBad"];

    /// <summary>The options that have changed, each as <c>optimizer.rate: 0.001, now 0.0005</c>.</summary>
    /// <exception cref="ArgumentException">One of them cannot change.</exception>
    public static List<string> Changed(string checkpoint, TrainingOptions now)
    {
        var path = Path.Combine(checkpoint, FileName);
        var begun = Values(JsonNode.Parse(File.ReadAllBytes(path)));
        var given = Values(JsonSerializer.SerializeToNode(now.WithFullPaths(), TrainingOptions.Json));
        var changed = begun.Keys.Union(given.Keys)
            .Where(name => begun.GetValueOrDefault(name) != given.GetValueOrDefault(name) && !s_free.Contains(name))
            .Select(name => (Name: name, Said: $"{name}: {begun.GetValueOrDefault(name) ?? "none"}, now "
                + $"{given.GetValueOrDefault(name) ?? "none"}")).ToList();
        return changed.Find(one => s_fixed.Contains(one.Name)
            || one.Name.StartsWith("adapter.", StringComparison.Ordinal)) is { Said: { } other }
            ? throw new ArgumentException($"{checkpoint} was made by a run with another {other}. A run goes on only "
                + $"with the same; begin another one in a folder of its own (--output).")
            : [.. changed.Select(one => one.Said)];
    }

    static Dictionary<string, string> Values(JsonNode? options)
    {
        var values = new Dictionary<string, string>();
        Add("", options);
        return values;

        void Add(string name, JsonNode? node)
        {
            if (node is JsonObject parts)
                foreach (var (part, value) in parts) Add(name.Length == 0 ? part : $"{name}.{part}", value);
            else if (node is JsonArray items)
                foreach (var (i, item) in items.Index()) Add($"{name}[{i}]", item);
            else if (node is not null) values[name] = node.ToJsonString();
        }
    }
}
