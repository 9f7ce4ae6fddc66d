using System.Text.Json;
using LongT5.Tasks.Labelling;

namespace LongT5.Data;

/// <summary>Words of a text, each with a tag: <c>O</c>, <c>B-PER</c>, <c>I-PER</c>.</summary>
/// <param name="Text">The text.</param>
/// <param name="Words">Where they stand in it, in UTF-16 units.</param>
/// <param name="Tags">A tag for each.</param>
public sealed record TaggedSentence(string Text, IReadOnlyList<(int Start, int End)> Words, IReadOnlyList<string> Tags)
{
    /// <summary>
    /// What a row has: a list of words and one of tags, as CoNLL files and most data sets of the hub; or a text and a
    /// list of stretches, <c>{"start": 0, "end": 5, "label": "PER"}</c>.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="source">The column of the words or the text; null to find it by its usual names.</param>
    /// <param name="target">The column of the tags or the stretches; null likewise.</param>
    /// <exception cref="BadRowException">It has neither.</exception>
    public static TaggedSentence Of(Row row, string? source, string? target)
    {
        ArgumentNullException.ThrowIfNull(row);
        target = UsualColumns.Named(row, target, UsualColumns.Tags);
        var tagged = row[target].Items($"column {target}").ToList();
        return tagged.Count > 0 && tagged.TrueForAll(item => item.ValueKind == JsonValueKind.Object)
            || tagged.Count == 0 && source is null && !UsualColumns.Words.Any(row.Has)
            ? OfStretches(row.Text(UsualColumns.Text(row, source)), tagged)
            : OfWords(row.Texts(UsualColumns.Named(row, source, UsualColumns.Words)), row.Labels(target));
    }

    private static TaggedSentence OfWords(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        if (words.Count != tags.Count)
            throw new BadRowException($"it has {words.Count} words and {tags.Count} tags");
        var (text, places) = TextWords.Joined(words);
        return new(text, places, tags);
    }

    private static TaggedSentence OfStretches(string text, IReadOnlyList<JsonElement> stretches)
    {
        var words = TextWords.Of(text);
        var tags = Enumerable.Repeat("O", words.Count).ToArray();
        foreach (var stretch in stretches)
        {
            var (start, end) = (Number(stretch, "start"), Number(stretch, "end"));
            var label = stretch.String("label");
            if (start < 0 || end > text.Length || start >= end)
                throw new BadRowException(
                    $"{label} stands from {start} to {end} of a text of {text.Length} characters");
            var isFirst = true;
            for (var i = 0; i < tags.Length; i++)
            {
                if (words[i].End <= start || words[i].Start >= end) continue;
                tags[i] = $"{(isFirst ? 'B' : 'I')}-{label}";
                isFirst = false;
            }
        }
        return new(text, words, tags);
    }

    private static int Number(JsonElement stretch, string name)
        => stretch.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
            ? number : throw new BadRowException($"{name} holds {Row.Kind(stretch.Member(name))} where a place is "
                + $"expected");
}
