namespace LongT5.Tasks.Doubting;

/// <summary>A run of words with capital letters, or a word with digits in it, such as "H2O".</summary>
/// <param name="First">Its first word.</param>
/// <param name="Count">How many words it has.</param>
readonly record struct Name(int First, int Count);

/// <summary>Finds the names of a sentence: words with a capital letter that do not have it for their place.</summary>
static class Names
{
    // A sentence with more capital letters than this, or a language, does not mark names by them.
    private const double MostCapitals = 0.6;

    // Small letters within a name: "Bank of England". They are looked up with it, and do not end it.
    private static readonly HashSet<string> Joints = [.. "of the and for de la du del der van von al el bin".Split(' ')];

    /// <summary>The names, in order.</summary>
    public static List<Name> Of(ReadOnlySpan<char> text, List<Word> words)
    {
        var found = new List<Name>();
        if (words.Count(word => word.IsCapital) > Math.Max(2, MostCapitals * words.Count)) return found;
        for (var w = 0; w < words.Count; w++)
        {
            if (!IsName(text, words[w]) && !(words[w].IsCapital && words[w].Opens && IsFollowed(text, words, w)))
                continue;
            var (first, last) = (w, w);
            while (last + 1 < words.Count && IsJoined(text, words, last) && IsName(text, words[last + 1])) last++;
            found.Add(new(first, last - first + 1));
            w = last;
        }
        return found;
    }

    /// <summary>Whether a word is written as a name is, by itself.</summary>
    public static bool IsName(ReadOnlySpan<char> text, Word word)
    {
        var written = text[word.Start..word.End];
        if (word.Folded is "i" or "i'm" or "i've" or "i'd" or "i'll") return false;
        if (word.End < text.Length && text[word.End] is '$' or '\u00a3' or '\u20ac') return false;
        if (!word.Opens) return word.IsCapital || char.IsLetter(written[0]) && written.ContainsAnyInRange('0', '9');
        return word.IsCapital && written.Length > 1 && written[1..].ContainsAnyInRange('A', 'Z');
    }

    /// <summary>The first letters of words with a capital, one for each; a blank for other words but joints.</summary>
    public static string Initials(List<Word> words)
        => string.Concat(words.Where(word => !Joints.Contains(word.Folded) || word.IsCapital && !word.Opens)
            .Select(word => word.IsCapital ? word.Folded[0] : ' '));

    private static bool IsFollowed(ReadOnlySpan<char> text, List<Word> words, int at)
        => at + 1 < words.Count && IsJoined(text, words, at) && IsName(text, words[at + 1])
            && !Stopwords.Contains(words[at].Folded);

    private static bool IsJoined(ReadOnlySpan<char> text, List<Word> words, int at)
        => text[words[at].End..Math.Max(words[at].End, words[at + 1].Start)] is " " or "-" or ". " or "\n" or "." or "\u2010";
}
