using System.Collections.Frozen;

namespace LongT5.Tasks.Doubting;

/// <summary>Words that turn a sentence into its opposite, and what they turn.</summary>
static class Negations
{
    // A word is denied by a negation that stands so many words before it.
    private const int Reach = 4;

    private static readonly FrozenSet<string> Words = ("not no never none nor neither cannot without nobody nothing "
        + "nowhere nicht kein keine keinen keiner keinem keines nie niemals ohne pas jamais aucun aucune sans nunca "
        + "ning\u00fan ninguna sin").Split(' ').Select(word => Folding.Of(word)).ToFrozenSet();

    /// <summary>A negation that no passage of these words has, or the words that all of them deny.</summary>
    /// <param name="words">The words of a sentence.</param>
    /// <param name="passages">Those that have most of its words.</param>
    /// <returns>The first word, the last, and the passage; null where nothing is amiss.</returns>
    public static (int First, int Last, bool IsAdded, Candidate Passage)? Find(
        List<Word> words, List<Candidate> passages)
    {
        if (passages.Count == 0) return null;
        for (var w = 0; w < words.Count; w++)
            if (IsNegation(words[w].Folded) && !IsNotOnly(words, w) && Denied(words, w) is >= 0 and var denied
                && Verdict(words[denied], isDenied: true) is { } without)
                return (w, w, true, without);
        for (var w = 0; w < words.Count; w++)
            if (!Stopwords.Contains(words[w].Folded) && !IsNegation(words[w].Folded) && !IsDenied(words, w)
                && Verdict(words[w], isDenied: false) is { } with)
                return (w, w, false, with);
        // "Is not a" where a passage has "is a", or the other way.
        for (var w = 0; w + 1 < words.Count; w++)
        {
            var isNegated = w + 2 < words.Count && IsNegation(words[w + 1].Folded);
            var (one, other) = (words[w].Folded, words[isNegated ? w + 2 : w + 1].Folded);
            if (passages.Find(passage => Has(passage.Words, one, other, !isNegated)) is { } opposite
                && !passages.Exists(passage => Has(passage.Words, one, other, isNegated)))
                return isNegated ? (w + 1, w + 1, true, opposite) : (w, w + 1, false, opposite);
        }
        return null;

        // The first passage of the word, if all have it the other way.
        Candidate? Verdict(Word word, bool isDenied)
        {
            var stem = Folding.Stem(word.Folded);
            Candidate? first = null;
            foreach (var passage in passages)
                for (var at = 0; at < passage.Words.Count; at++)
                {
                    if (Folding.Stem(passage.Words[at].Folded) != stem) continue;
                    if (IsDenied(passage.Words, at) == isDenied) return null;
                    first ??= passage;
                }
            return first;
        }
    }

    // Whether one word follows another, with or without a negation between them.
    private static bool Has(List<Word> words, string one, string other, bool isNegated)
    {
        for (var w = 0; w + (isNegated ? 2 : 1) < words.Count; w++)
            if (words[w].Folded == one && words[isNegated ? w + 2 : w + 1].Folded == other
                && (!isNegated || IsNegation(words[w + 1].Folded))) return true;
        return false;
    }

    private static bool IsNegation(string folded)
        => Words.Contains(folded) || folded.EndsWith("n't", StringComparison.Ordinal);

    // "Not only ... but also" denies nothing.
    private static bool IsNotOnly(List<Word> words, int at)
        => at + 1 < words.Count && words[at + 1].Folded is "only" or "just" or "merely" or "simply" or "necessarily";

    private static int Denied(List<Word> words, int negation)
    {
        for (var w = negation + 1; w < Math.Min(words.Count, negation + 1 + Reach); w++)
            if (!Stopwords.Contains(words[w].Folded)) return w;
        return -1;
    }

    private static bool IsDenied(List<Word> words, int at)
    {
        for (var w = Math.Max(0, at - Reach); w < at; w++)
            if (IsNegation(words[w].Folded) && !IsNotOnly(words, w) && Denied(words, w) == at) return true;
        return false;
    }
}
