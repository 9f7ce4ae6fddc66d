using LongT5.Evaluation;
using LongT5.Tasks.Labelling;

namespace LongT5.Tasks;

/// <summary>A stretch of a text that has a label.</summary>
/// <param name="Label">The label: <c>PER</c>, <c>LOC</c>.</param>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Text">Its words.</param>
/// <param name="Score">The mean probability of the tags of its words, from 0 to 1.</param>
public sealed record TaggedSpan(string Label, int Start, int End, string Text, double Score);

/// <summary>What a model tags in a text.</summary>
/// <param name="Spans">In order; none overlaps another.</param>
public sealed record TaggedText(IReadOnlyList<TaggedSpan> Spans)
{
    /// <summary>Tokens that were read, prefixes and end tokens among them.</summary>
    public int InputTokens { get; init; }

    /// <summary>The parts that the text was read in.</summary>
    public int Windows { get; init; }
}

/// <summary>Finds names and other stretches of words in a text, with a model that was trained for it.</summary>
/// <remarks>
/// A text that is longer than the model was trained for is read in parts that end with sentences. Words are letters and
/// digits together, other signs each alone; a word has the tag that its first token is given. Safe for any number of
/// threads at once, as the model is.
/// </remarks>
/// <param name="model">A model with a head of tokens (<see cref="ModelHead.Tokens"/>); it stays the caller's to
/// dispose.</param>
/// <param name="options">What is asked beside the text.</param>
/// <exception cref="MissingHeadException">The model has another head.</exception>
/// <exception cref="ArgumentException">A number out of its range.</exception>
public sealed class Tagger(LongT5Model model, LabelOptions? options = null)
{
    private readonly HeadReader _reader = new(model, ModelHead.Tokens, "token-classification", options);

    /// <summary>Tags a text.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <exception cref="ArgumentException">The text is empty, or the prefix fills the room that there is.</exception>
    public TaggedText Tag(string text, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var words = TextWords.Of(text);
        var (tags, read) = TagWords(text, words, cancellation);
        var spans = EntityF1.Entities([.. tags.Select(tag => tag.Label)]).Select(one
            => new TaggedSpan(one.Type, words[one.First].Start, words[one.Last].End,
                text[words[one.First].Start..words[one.Last].End],
                tags[one.First..(one.Last + 1)].Average(tag => tag.Score)));
        return read with { Spans = [.. spans] };
    }

    /// <summary>Tags words that someone cut already.</summary>
    /// <param name="words">The words; what was a text is put together of them.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <returns>A tag for each: <c>O</c>, <c>B-PER</c>, <c>I-PER</c>.</returns>
    public IReadOnlyList<LabelScore> TagWords(IReadOnlyList<string> words, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        var (text, places) = TextWords.Joined(words);
        return text.Length == 0 ? [] : TagWords(text, places, cancellation).Tags;
    }

    /// <summary>Tags words where they stand in a text.</summary>
    internal (LabelScore[] Tags, TaggedText Read) TagWords(
        string text, IReadOnlyList<(int Start, int End)> words, CancellationToken cancellation)
    {
        var prefix = _reader.Ids(_reader.Prefix);
        var tokens = model.Tokenizer.EncodeWithOffsets(text);
        var count = tokens.Ids.Length > 0 && tokens.Ids[^1] == model.Tokenizer.EosId
            ? tokens.Ids.Length - 1 : tokens.Ids.Length;
        var offsets = tokens.Offsets.AsSpan(0, count);
        var first = TextWords.FirstTokens(text, words, offsets);
        var room = _reader.MaxTokens - prefix.Length - 1;
        if (room < 1)
            throw new ArgumentException($"{_reader.MaxTokens} tokens are read at most, and the prefix alone has "
                + $"{prefix.Length} tokens; leave room for the text.");
        LabelScore[] tags = [.. words.Select(_ => new LabelScore("O", 1))];
        var windows = TokenWindows.Of(text, offsets, room);
        var labels = model.Config.Labels;
        var word = 0;
        foreach (var window in windows)
        {
            var scores = _reader.Score(prefix.Concat(tokens.Ids[window]), cancellation);      // [P + L + 1, labels]
            var begin = window.Start.Value;
            for (; word < tags.Length && first[word] < window.End.Value; word++)
            {
                if (first[word] < begin) continue;
                var at = (prefix.Length + first[word] - begin) * labels.Count;
                var shares = HeadReader.Shares(scores.AsSpan(at, labels.Count));
                var best = Array.IndexOf(shares, shares.Max());
                tags[word] = new(labels[best], shares[best]);
            }
        }
        return (tags, new([])
        {
            InputTokens = count + windows.Count * (prefix.Length + 1),
            Windows = windows.Count,
        });
    }
}
