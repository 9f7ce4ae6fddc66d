using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>
/// Principal sentences (PEGASUS, Zhang et al. 2020), the pre-training task of LongT5: the sentences that say most of
/// what the others say are the target; in the input each is replaced by one mask token, or stays.
/// </summary>
/// <remarks>The defaults are those of LongT5's task <c>c4_v220_pegasus_parser</c>, and they are exact to it.</remarks>
public sealed record PrincipalSentences : Objective
{
    /// <summary>Largest share of the sentences that is chosen.</summary>
    public double Ratio { get; init; } = 0.2;

    /// <summary>The share varies from text to text between this part of <see cref="Ratio"/> and all of it.</summary>
    public double LeastOfRatio { get; init; } = 0.33;

    /// <summary>Share of the chosen sentences that stay in the input as they are.</summary>
    public double Intact { get; init; } = 0.1;

    /// <summary>
    /// Scores are multiplied by 1 + Noise x normal(0, Noise): the ratio is applied twice, as PEGASUS does.
    /// </summary>
    public double Noise { get; init; } = 0.2;

    /// <summary>What stands in the input for a sentence that was taken out: T5's unknown token.</summary>
    public int MaskId { get; init; } = 2;

    /// <summary>What makes a sentence a principal one.</summary>
    public SentenceMeasure Measure { get; init; }

    /// <summary>Chooses one after the other, each for what it adds to those before: against redundancy.</summary>
    public bool Sequential { get; init; }

    /// <summary>
    /// What the first sentence of the text gains, and the first after each heading, in standard deviations of the
    /// measure: textbooks and reports say there what follows.
    /// </summary>
    public double Opening { get; init; }

    /// <summary>
    /// Least and most words of a sentence that may be chosen, where such a sentence exists; null for any.
    /// </summary>
    public int[]? Words { get; init; }

    /// <summary>
    /// Ends windows and targets with a whole sentence and the end token, instead of cutting where the room ends.
    /// </summary>
    public bool Whole { get; init; }

    /// <summary>
    /// Where this many sentences are chosen at most, the prefix that says so, from few to many; null for none.
    /// </summary>
    public Dictionary<string, int>? Lengths { get; init; }

    /// <summary>
    /// Share of the examples whose text is the paragraphs of two rows, one among the other: what the text is about has
    /// to be found in it then, and cannot be known by heart.
    /// </summary>
    public double Blend { get; init; }

    internal override void Check(string of)
    {
        base.Check(of);
        Expect.Part(Ratio, $"ratio of {of}");
        Expect.Part(LeastOfRatio, $"leastOfRatio of {of}");
        Expect.Part(Intact, $"intact of {of}");
        Expect.NotNegative(Noise, $"noise of {of}");
        Expect.NotNegative(Opening, $"opening of {of}");
        Expect.PartBelowAll(Blend, $"blend of {of}");
        if (Words is not null) Expect.Range(Words, $"words of {of}");
        if (Lengths is not null) Expect.Positive(Lengths.Count, $"number of lengths of {of}");
        foreach (var (prefix, most) in Lengths ?? []) Expect.Positive(most, $"length of \"{prefix}\" of {of}");
    }

    internal override (Dictionary<string, string[]> Beginning, IEnumerable<Dictionary<string, string[]>> End)? Cut(
        IReadOnlyDictionary<string, string[]> row, double share, int passage) => CutText(row, share, passage);

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        List<string> sentences = SentencesOf(row, ref dice, room);
        var ids = new List<int[]>(sentences.Count);
        var length = 1;
        foreach (var sentence in sentences)
        {
            var tokens = Encode(sentence);
            length += tokens.Length;
            if (Whole && length > room.Input)
                break;
            ids.Add(tokens);
        }
        sentences.RemoveRange(ids.Count, sentences.Count - ids.Count);
        if (sentences.Count < (Whole ? 3 : 1))
            return null;

        var share = Ratio * dice.Uniform(LeastOfRatio, 1);
        var count = Math.Min(sentences.Count, (int)Math.Max(sentences.Count * share, 1));
        var input = new List<int>();
        if (Lengths is not null)
        {
            (var prefix, var most) = Lengths.ElementAt(dice.Below(Lengths.Count));
            count = Math.Min(most, Math.Max(1, sentences.Count / 3));
            input.AddRange(Encode(prefix));
        }
        var choice = new SentenceChoice(sentences, Measure, Words, Opening);
        var chosen = choice.Take(count, Sequential, Noise, ref dice);

        var target = new List<int>();
        var places = new int[ids.Count];
        var next = 0;
        for (var i = 0; i < ids.Count; i++)
        {
            places[i] = input.Count;
            var take = next < chosen.Length && chosen[next] == i;
            if (take)
            {
                next++;
                if (Whole && target.Count + ids[i].Length >= room.Target)
                    take = false;
                else
                    target.AddRange(ids[i]);
            }
            if (take && dice.Uniform() >= Intact)
                input.Add(MaskId);
            else
                input.AddRange(ids[i]);
        }
        return target.Count == 0 ? null : new TokenizedExample(Close(input, room.Input), Close(target, room.Target))
        {
            Salience = choice.Salience(places, room.Input),
        };
    }

    /// <summary>A row of the paragraphs of two, each in its own order; the first row has more of the room.</summary>
    internal IReadOnlyDictionary<string, string[]> Blended(
        IReadOnlyDictionary<string, string[]> row, IReadOnlyDictionary<string, string[]> other, ref Dice dice,
        in Room room)
    {
        const double LeastShare = 0.5, MostShare = 0.85;
        var own = (int)(room.Input * dice.Uniform(LeastShare, MostShare));
        Queue<string> first = Paragraphs(row, own, ref dice), second = Paragraphs(other, room.Input - own, ref dice);
        var blended = new List<string>(first.Count + second.Count);
        while (first.Count + second.Count > 0)
            blended.Add((dice.Below(first.Count + second.Count) < first.Count ? first : second).Dequeue());
        return new Dictionary<string, string[]> { [SourceColumn ?? "text"] = [string.Join("\n\n", blended)] };

        Queue<string> Paragraphs(IReadOnlyDictionary<string, string[]> texts, int input, ref Dice dice)
            => new(string.Concat(SentencesOf(texts, ref dice, new Room(input, 0))).Split("\n\n"));
    }

    // The sentences of a row's text, or of a passage of it, without the part of one that a passage begins with.
    private List<string> SentencesOf(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var text = Text(row, ref dice, room, out var begun);
        List<string> sentences = SentencesOf(text, Whole);
        if (begun && sentences.Count > 1)
            sentences.RemoveAt(0);
        return sentences;
    }
}
