using System.Text;
using System.Text.Json.Serialization;
using LongT5.Data;
using LongT5.Text;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>How many tokens an example may have, end tokens included.</summary>
/// <param name="Input">Tokens of the input.</param>
/// <param name="Target">Tokens of the target.</param>
public readonly record struct Room(int Input, int Target);

/// <summary>Makes examples of rows of text: what the model is to read and what it is to write.</summary>
/// <remarks>
/// An objective is a function of the row and the dice; it keeps nothing from one example to the next.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PrincipalSentences), "principal-sentences")]
[JsonDerivedType(typeof(SpanCorruption), "span-corruption")]
[JsonDerivedType(typeof(Pairs), "pairs")]
[JsonDerivedType(typeof(Extracts), "extracts")]
[JsonDerivedType(typeof(TextLabels), "text-labels")]
[JsonDerivedType(typeof(WordTags), "word-tags")]
[JsonDerivedType(typeof(AnswerSpans), "answer-spans")]
public abstract record Objective
{
    /// <summary>Id of the end token.</summary>
    protected const int End = 1;

    /// <summary>The column that holds the text or the source; null to find it by its usual names.</summary>
    public string? SourceColumn { get; init; }

    /// <summary>
    /// Characters that are read for each token of room; a longer text is read from a random place on, and counts as
    /// that many texts. Null: every text is read whole and counts once.
    /// </summary>
    public double? Passage { get; init; }

    /// <summary>Gives the ids of a text, without an end token; the run sets it before the first example.</summary>
    [JsonIgnore]
    public Func<string, int[]> Encode { get; init; } = _
        => throw new InvalidOperationException("No tokenizer was set.");

    /// <summary>The same with the characters that each id stands for.</summary>
    [JsonIgnore]
    public Func<string, Tokenization> EncodeWithOffsets { get; init; } = _
        => throw new InvalidOperationException("No tokenizer was set.");

    /// <summary>The head that learns from it; null for the vocabulary. The run sets it.</summary>
    [JsonIgnore]
    public HeadOptions? Head { get; init; }

    /// <summary>Whether it is for a head of this kind; null is the vocabulary's.</summary>
    internal virtual bool IsFor(HeadKind? head) => head is null;

    /// <summary>The labels that a row has, for a head whose options name none.</summary>
    internal virtual IEnumerable<string> Labels(IReadOnlyDictionary<string, string[]> row) => [];

    /// <summary>Tells of a number that no objective can have.</summary>
    /// <param name="of">Whose objective it is.</param>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal virtual void Check(string of)
    {
        if (Passage is { } passage) Expect.Positive(passage, $"passage of {of}");
    }

    /// <summary>What is learned from of a row, by column; read and checked before the run begins.</summary>
    /// <exception cref="BadRowException">A column is not there, or holds something else.</exception>
    public virtual Dictionary<string, string[]> Texts(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var column = UsualColumns.Text(row, SourceColumn);
        return new() { [column] = [.. row.Texts(column)] };
    }

    /// <summary>The same, of a row whose labels are among those that the head has, where these are known.</summary>
    /// <exception cref="BadRowException">A label is none of them, or a column is not as it should be.</exception>
    internal Dictionary<string, string[]> KnownTexts(Row row)
    {
        var texts = Texts(row);
        if (Head?.Labels is null || Lacks(texts) is not null) return texts;
        try
        {
            foreach (var label in Labels(texts)) Head.NumberOf(label);
        }
        catch (ArgumentException unknown)
        {
            throw new BadRowException(unknown.Message);
        }
        return texts;
    }

    /// <summary>
    /// What the texts of a row lack to be learned from, behind their number; null where they lack nothing.
    /// </summary>
    public virtual string? Lacks(IReadOnlyDictionary<string, string[]> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return texts.Values.All(column => column.All(string.IsNullOrWhiteSpace)) ? "without text" : null;
    }

    /// <summary>
    /// What would be read and written of a row if there were room for all of it; no target where one is chosen anew
    /// each time.
    /// </summary>
    internal virtual (string Input, string? Target) Uncut(IReadOnlyDictionary<string, string[]> row)
        => (string.Join("\n\n", row.Values.First()), null);

    /// <summary>
    /// All that may be written on a row, against which what a model writes is compared; null where it is chosen anew
    /// each time.
    /// </summary>
    internal virtual IReadOnlyList<string>? References(IReadOnlyDictionary<string, string[]> row) => null;

    /// <summary>What stands before every text, where that is always the same; null where it is not.</summary>
    internal virtual string? FixedPrefix => null;

    /// <summary>
    /// A row of text in two: its beginning, and its end in passages; null where a row is more than a text.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="share">Of the text, its end.</param>
    /// <param name="passage">Characters of a passage, about.</param>
    internal virtual (Dictionary<string, string[]> Beginning, IEnumerable<Dictionary<string, string[]>> End)? Cut(
        IReadOnlyDictionary<string, string[]> row, double share, int passage) => null;

    /// <summary>The same for objectives that learn from text alone; it is cut between sentences.</summary>
    private protected static (Dictionary<string, string[]>, IEnumerable<Dictionary<string, string[]>>) CutText(
        IReadOnlyDictionary<string, string[]> row, double share, int passage)
    {
        var (column, texts) = row.First();
        var text = string.Join("\n\n", texts);
        var passages = new List<StringBuilder> { new() };
        var most = (1 - share) * text.Length;
        foreach (var sentence in SentencesOf(text, whole: true))
        {
            if (passages[^1].Length >= most)
            {
                passages.Add(new());
                most = passage;
            }
            passages[^1].Append(sentence);
        }
        return (Row(passages[0]), passages.Skip(1).Select(Row));

        Dictionary<string, string[]> Row(StringBuilder of) => new() { [column] = [of.ToString()] };
    }

    /// <summary>Makes an example of a row.</summary>
    /// <param name="row">The texts of the row by column.</param>
    /// <param name="dice">The randomness of this example.</param>
    /// <param name="room">How long the example may be.</param>
    /// <returns>The example, or null where the row has not enough text.</returns>
    public abstract TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room);

    /// <summary>The row's text, or a passage of it.</summary>
    /// <param name="begun">
    /// Whether the passage begins in the middle, so that its first sentence is a part of one.
    /// </param>
    private protected string Text(
        IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room, out bool begun)
    {
        var text = string.Join("\n\n", row.Values.First());
        var length = Passage is { } factor ? (int)(factor * room.Input) : text.Length;
        begun = length < text.Length;
        var start = begun ? dice.Below(text.Length - length + 1) : 0;
        begun &= start > 0;
        return text.Substring(start, Math.Min(length, text.Length - start));
    }

    /// <summary>
    /// The sentences of a text, which together are the text again: white space between two stays with the one on its
    /// left.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="whole">
    /// As people read it (<see cref="Sentences.Split"/>): "Mr. Smith" ends no sentence, a heading is one of its own.
    /// Otherwise
    /// as PEGASUS cuts for its pre-training (<see cref="Sentences.SplitAsPegasus"/>).
    /// </param>
    private protected static List<string> SentencesOf(string text, bool whole)
    {
        var ranges = whole ? Sentences.Split(text) : Sentences.SplitAsPegasus(text);
        var sentences = new List<string>(ranges.Count);
        for (var i = 0; i < ranges.Count; i++)
        {
            var start = i == 0 ? 0 : ranges[i].Start.Value;
            var end = i == ranges.Count - 1 ? text.Length : ranges[i + 1].Start.Value;
            if (!string.IsNullOrWhiteSpace(text[start..end]))
                sentences.Add(text[start..end]);
        }
        return sentences;
    }

    /// <summary>How many ids of a text stand before its end token.</summary>
    private protected static int WithoutEnd(Tokenization tokens)
        => tokens.Ids is [.., End] ? tokens.Ids.Length - 1 : tokens.Ids.Length;

    /// <summary>The ids cut so that the end token keeps its place, as the tokenizers of the reference cut.</summary>
    private protected static int[] Ended(IEnumerable<int> ids, int room) => [.. ids.Take(room - 1), End];

    /// <summary>The ids with the end token, cut where the room ends.</summary>
    private protected static int[] Close(IEnumerable<int> ids, int room) => [.. ids.Append(End).Take(room)];
}
