namespace LongT5.Tasks.Doubting;

/// <summary>A number or a name, where it stands among the words.</summary>
/// <param name="First">Its first word.</param>
/// <param name="Last">Its last word.</param>
/// <param name="Values">What it may mean, in one spelling.</param>
readonly record struct Mention(int First, int Last, IReadOnlyList<string> Values);

/// <summary>Something that stands in a passage between the same words in place of something else.</summary>
static class Replacements
{
    // Of the words of a sentence, so many a passage has that says the same.
    private const double Least = 0.6;

    /// <summary>What the passages have in the place of a mention.</summary>
    /// <param name="words">The words of the sentence.</param>
    /// <param name="mention">What is looked for.</param>
    /// <param name="passages">Passages, best first.</param>
    /// <param name="mentionsOf">The mentions of the same kind in a passage.</param>
    /// <returns>The words that stand there; null where the mention itself does, or none has the place.</returns>
    public static string? Find(List<Word> words, Mention mention, List<Candidate> passages,
        Func<Candidate, IEnumerable<Mention>> mentionsOf)
    {
        string? found = null;
        foreach (var passage in passages.Where(passage => passage.Share >= Least))
            foreach (var other in mentionsOf(passage).Where(other => IsSamePlace(words, mention, passage.Words, other)))
            {
                if (other.Values.Intersect(mention.Values).Any()) return null;
                found ??= passage.Text[passage.Words[other.First].Start..passage.Words[other.Last].End];
            }
        return found;
    }

    // The same word before and the same word behind, of which one may be missing where the sentence begins or ends.
    private static bool IsSamePlace(List<Word> words, Mention one, List<Word> others, Mention other)
    {
        var (before, behind) = (At(words, one.First - 1), At(words, one.Last + 1));
        return before == At(others, other.First - 1) && behind == At(others, other.Last + 1)
            && before.Length + behind.Length > 0;
    }

    private static string At(List<Word> words, int at) => at >= 0 && at < words.Count ? words[at].Folded : "";
}
