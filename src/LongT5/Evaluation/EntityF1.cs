namespace LongT5.Evaluation;

/// <summary>Some neighbouring words that are one entity.</summary>
/// <param name="Type">What it is: <c>PER</c>, <c>LOC</c>.</param>
/// <param name="First">Its first word.</param>
/// <param name="Last">Its last word.</param>
public readonly record struct TaggedWords(string Type, int First, int Last);

/// <summary>Precision, recall and F1, from 0 to 1; 0 where there is nothing to divide by.</summary>
/// <param name="Right">Entities that were found and are there.</param>
/// <param name="Found">Entities that were found.</param>
/// <param name="There">Entities that are there.</param>
public readonly record struct EntityScores(int Right, int Found, int There)
{
    /// <summary>The share of those found that are there.</summary>
    public double Precision => Found == 0 ? 0 : (double)Right / Found;

    /// <summary>The share of those there that were found.</summary>
    public double Recall => There == 0 ? 0 : (double)Right / There;

    /// <summary>The harmonic mean of both.</summary>
    public double F1 => Found + There == 0 ? 0 : 2.0 * Right / (Found + There);
}

/// <summary>Entities of tagged words, counted as seqeval and CoNLL's conlleval count them.</summary>
/// <remarks>
/// An entity counts where its type, its first and its last word are right. Tags are <c>O</c>, or <c>B-</c>, <c>I-</c>,
/// <c>E-</c>, <c>S-</c> and a type. A tag without a position, as <c>NNP</c>, is its own type: neighbours that have it
/// are one stretch, as in the pipeline of transformers.
/// </remarks>
public static class EntityF1
{
    /// <summary>The entities of one sequence of tags.</summary>
    /// <param name="tags">A tag for each word.</param>
    /// <param name="strict">
    /// Whether IOB2 is held to: an entity begins with <c>B-</c> alone. Otherwise, as conlleval has it, an <c>I-</c>
    /// behind no word of its type begins one too.
    /// </param>
    public static IReadOnlyList<TaggedWords> Entities(IReadOnlyList<string> tags, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var entities = new List<TaggedWords>();
        var (type, first) = ((string?)null, 0);
        var before = ('O', "");
        for (var i = 0; i <= tags.Count; i++)
        {
            var tag = i < tags.Count ? Parts(tags[i]) : ('O', "");
            if (type is not null && Ends(before, tag))
            {
                entities.Add(new(type, first, i - 1));
                type = null;
            }
            if (strict ? tag.Item1 == 'B' : Begins(before, tag)) (type, first) = (tag.Item2, i);
            before = tag;
        }
        return entities;
    }

    /// <summary>All entities of all sequences together: the micro average.</summary>
    /// <param name="predictions">Tags of each sequence, as many as there are words.</param>
    /// <param name="tags">Those that are right.</param>
    /// <param name="strict">As in <see cref="Entities"/>.</param>
    /// <exception cref="ArgumentException">There is nothing, or there are not as many.</exception>
    public static EntityScores Score(
        IReadOnlyList<IReadOnlyList<string>> predictions, IReadOnlyList<IReadOnlyList<string>> tags,
        bool strict = false)
        => ByType(predictions, tags, strict).Values.Aggregate(default(EntityScores), (sum, one)
            => new(sum.Right + one.Right, sum.Found + one.Found, sum.There + one.There));

    /// <summary>The same for each type that occurs on either side.</summary>
    /// <inheritdoc cref="Score"/>
    public static IReadOnlyDictionary<string, EntityScores> ByType(
        IReadOnlyList<IReadOnlyList<string>> predictions, IReadOnlyList<IReadOnlyList<string>> tags,
        bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(tags);
        Paired.Check(predictions, [.. tags.Select(right => (IReadOnlyList<IReadOnlyList<string>>)[right])]);
        var scores = new SortedDictionary<string, EntityScores>(StringComparer.Ordinal);
        foreach (var (predicted, right) in predictions.Zip(tags))
        {
            if (predicted.Count != right.Count)
                throw new ArgumentException($"There are {predicted.Count} tags for {right.Count} words.",
                    nameof(predictions));
            var there = Entities(right, strict).ToHashSet();
            foreach (var one in there) scores[one.Type] = Of(one.Type) with { There = Of(one.Type).There + 1 };
            foreach (var one in Entities(predicted, strict))
                scores[one.Type] = Of(one.Type) with
                {
                    Found = Of(one.Type).Found + 1,
                    Right = Of(one.Type).Right + (there.Contains(one) ? 1 : 0),
                };
        }
        return scores;

        EntityScores Of(string type) => scores.GetValueOrDefault(type);
    }

    /// <summary>The position and the type of a tag: <c>B</c> and <c>PER</c>.</summary>
    internal static (char Position, string Type) Parts(string tag) => tag switch
    {
        "" => ('O', ""),
        "O" or "B" or "I" or "E" or "S" => (tag[0], ""),
        [var position and ('O' or 'B' or 'I' or 'E' or 'S'), '-', ..] => (position, tag[2..]),
        [_, '-', ..] => ('I', tag[2..]),
        _ => ('I', tag),
    };

    private static bool Ends((char Position, string Type) before, (char Position, string Type) tag)
        => before.Position is 'E' or 'S' || tag.Position is 'B' or 'S' or 'O' || before.Type != tag.Type;

    private static bool Begins((char Position, string Type) before, (char Position, string Type) tag)
        => tag.Position is 'B' or 'S'
            || tag.Position is 'I' or 'E' && (before.Position is 'O' or 'E' or 'S' || before.Type != tag.Type);
}
