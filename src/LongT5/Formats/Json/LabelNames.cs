using System.Text.Json.Nodes;

namespace LongT5.Formats;

/// <summary>The labels of a head: how a configuration has them, and what rows call them.</summary>
static class LabelNames
{
    /// <summary>Puts labels into a configuration, as transformers has them.</summary>
    /// <param name="config">The fields of <c>config.json</c>.</param>
    /// <param name="labels">The labels, in order.</param>
    public static void Say(JsonObject config, IReadOnlyList<string> labels)
    {
        var (names, numbers) = (new JsonObject(), new JsonObject());
        for (var i = 0; i < labels.Count; i++) (names[$"{i}"], numbers[labels[i]]) = (labels[i], i);
        (config["id2label"], config["label2id"]) = (names, numbers);
    }

    /// <summary>The number of the label that is meant; -1 where it is none of them.</summary>
    /// <param name="labels">The labels, in order.</param>
    /// <param name="said">A name, or a number from 0, as data sets of the hub have it.</param>
    public static int NumberOf(IReadOnlyList<string> labels, string said)
    {
        for (var i = 0; i < labels.Count; i++)
            if (labels[i] == said) return i;
        return int.TryParse(said, out var number) && number >= 0 && number < labels.Count ? number : -1;
    }
}
