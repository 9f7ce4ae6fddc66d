using LongT5.Data;
using LongT5.Tasks.Labelling;
using LongT5.Torch;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>Words and their tags: what heads of tokens learn from.</summary>
/// <remarks>
/// Words come as lists (JSON, CoNLL), which are put together to a text as people write it, or as stretches of one.
/// Every token of a word learns: the first its tag, the others that it goes on.
/// </remarks>
public sealed record WordTags : Objective
{
    private const string Source = "text", Words = "words", Tags = "tags";

    /// <summary>The column of the tags, or of the stretches; null to find it by its usual names.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>What stands before every text.</summary>
    public string Prefix { get; init; } = "";

    internal override bool IsFor(HeadKind? head) => head == HeadKind.TokenClassification;

    internal override void Check(string of)
    {
        base.Check(of);
        if (!Columns.IsFixed(Prefix))
            throw new ArgumentException($"The prefix of {of}, {Prefix}, has columns of the row; tagged words have the "
                + $"same prefix always.");
    }

    /// <inheritdoc/>
    public override Dictionary<string, string[]> Texts(Row row)
    {
        var tagged = TaggedSentence.Of(row, SourceColumn, TargetColumn);
        return new()
        {
            [Source] = [tagged.Text],
            [Words] = [.. tagged.Words.Select(word => $"{word.Start}-{word.End}")],
            [Tags] = [.. tagged.Tags],
        };
    }

    /// <inheritdoc/>
    public override string? Lacks(IReadOnlyDictionary<string, string[]> texts)
        => texts[Words].Length == 0 ? "without words" : null;

    internal override (string Input, string? Target) Uncut(IReadOnlyDictionary<string, string[]> row)
        => (Prefix + row[Source][0], null);

    internal override string? FixedPrefix => Prefix;

    internal override IEnumerable<string> Labels(IReadOnlyDictionary<string, string[]> row)
        => row[Tags].Concat(row[Tags].Select(GoesOn).OfType<string>()).Append("O");

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var (prefix, text) = (Encode(Prefix), row[Source][0]);
        var tokens = EncodeWithOffsets(text);
        var count = Math.Min(WithoutEnd(tokens), room.Input - prefix.Length - 1);
        if (count < 1) return null;
        var offsets = tokens.Offsets.AsSpan(0, count);
        (int Start, int End)[] words = [.. row[Words].Select(word => word.Split('-'))
            .Select(word => (int.Parse(word[0], null), int.Parse(word[1], null)))];
        var first = TextWords.FirstTokens(text, words, offsets);
        var values = new float[prefix.Length + count + 1];
        Array.Fill(values, Batch.Ignored);
        for (var i = words.Length - 1; i >= 0; i--)
        {
            // Where two words share a token, it is the first one's.
            if (first[i] < 0) continue;
            var goesOn = GoesOn(row[Tags][i]);
            for (var token = first[i] + 1; token < count && offsets[token].End <= words[i].End; token++)
                if (offsets[token].End > offsets[token].Start)
                    values[prefix.Length + token] = goesOn is null ? Batch.Ignored : Head!.NumberOf(goesOn);
            values[prefix.Length + first[i]] = Head!.NumberOf(row[Tags][i]);
        }
        return new([.. prefix, .. tokens.Ids[..count], End], [])
        {
            Head = new(values, values.Count(value => value != Batch.Ignored))
            {
                Words = [.. first.Where(token => token >= 0).Select(token => prefix.Length + token)],
            },
        };
    }

    // What a word's further tokens are; null where they are not asked for: behind an end.
    private static string? GoesOn(string tag) => tag switch
    {
        ['B', '-', ..] => $"I{tag[1..]}",
        ['E' or 'S', '-', ..] => null,
        _ => tag,
    };
}
