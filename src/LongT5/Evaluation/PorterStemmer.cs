namespace LongT5.Evaluation;

/// <summary>Porter's stemmer (1980) with the extensions of NLTK, as ROUGE's reference implementation uses it.</summary>
static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Replacement)[] DoubleSuffixes =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
        ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"),
        ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"),
        ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] Endings =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] Suffixes =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
        "iti", "ous", "ive", "ize",
    ];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (Irregular.TryGetValue(word, out var known)) return known;
        return word.Length <= 2 ? word : Step5(Step4(Step3(Step2(Step1c(Step1b(Step1a(word)))))));
    }

    // Plurals.
    private static string Step1a(string word)
        => Cut(word, "ies") is { } ies ? ies + (word.Length == 4 ? "ie" : "i")
            : Cut(word, "sses") is { } sses ? sses + "ss"
            : word.EndsWith("ss", StringComparison.Ordinal) ? word
            : Cut(word, "s") ?? word;

    // Past tense and gerund.
    private static string Step1b(string word)
    {
        if (Cut(word, "ied") is { } ied) return ied + (word.Length == 4 ? "ie" : "i");
        if (Cut(word, "eed") is { } eed) return Measure(eed) > 0 ? eed + "ee" : word;
        var stem = Cut(word, "ed") is { } ed && HasVowel(ed) ? ed : Cut(word, "ing") is { } ing && HasVowel(ing)
            ? ing : null;
        if (stem is null) return word;
        if (stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal)
            || stem.EndsWith("iz", StringComparison.Ordinal)) return stem + "e";
        if (EndsWithDoubleConsonant(stem)) return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
    }

    private static string Step1c(string word)
        => Cut(word, "y") is { Length: > 1 } stem && IsConsonant(stem, stem.Length - 1) ? stem + "i" : word;

    private static string Step2(string word)
    {
        while (Cut(word, "alli") is { } alli && Measure(alli) > 0) word = alli + "al";
        if (Replaced(word, DoubleSuffixes) is { } replaced) return replaced;
        // The l of logi counts to the stem, so that geology and archaeology fare alike.
        return word.EndsWith("logi", StringComparison.Ordinal) && Measure(word.AsSpan(0, word.Length - 3)) > 0
            ? word[..^1] : word;
    }

    private static string Step3(string word) => Replaced(word, Endings) ?? word;

    private static string Step4(string word)
    {
        foreach (var suffix in Suffixes)
        {
            if (Cut(word, suffix) is not { } stem) continue;
            return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
        }
        return word;
    }

    private static string Step5(string word)
    {
        if (Cut(word, "e") is { } stem && (Measure(stem) > 1 || (Measure(stem) == 1 && !EndsShort(stem)))) word = stem;
        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word.AsSpan(0, word.Length - 1)) > 1
            ? word[..^1] : word;
    }

    // The first suffix that the word ends with decides; null if none does.
    private static string? Replaced(string word, (string Suffix, string Replacement)[] rules)
    {
        foreach (var (suffix, replacement) in rules)
        {
            if (Cut(word, suffix) is { } stem) return Measure(stem) > 0 ? stem + replacement : word;
        }
        return null;
    }

    private static string? Cut(string word, string suffix)
        => word.EndsWith(suffix, StringComparison.Ordinal) ? word[..^suffix.Length] : null;

    // How often a vowel is followed by a consonant: Porter's m.
    private static int Measure(ReadOnlySpan<char> stem)
    {
        var (measure, before) = (0, true);
        for (var i = 0; i < stem.Length; i++)
        {
            var consonant = IsConsonant(stem, i, before);
            if (consonant && !before) measure++;
            before = consonant;
        }
        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> stem)
    {
        var before = true;
        for (var i = 0; i < stem.Length; i++)
        {
            before = IsConsonant(stem, i, before);
            if (!before) return true;
        }
        return false;
    }

    private static bool EndsWithDoubleConsonant(string word)
        => word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    // Consonant, vowel, consonant, the last not w, x or y; or a word of a vowel and a consonant.
    private static bool EndsShort(string word)
        => (word.Length >= 3 && IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2)
            && IsConsonant(word, word.Length - 1) && word[^1] is not ('w' or 'x' or 'y'))
            || (word.Length == 2 && !IsConsonant(word, 0) && IsConsonant(word, 1));

    // A y is a consonant at the start and behind a vowel; a run of them alternates.
    private static bool IsConsonant(ReadOnlySpan<char> word, int i)
    {
        var first = i;
        while (first > 0 && word[first] == 'y') first--;
        var consonant = word[first] is not ('a' or 'e' or 'i' or 'o' or 'u');
        return (i - first) % 2 == 0 ? consonant : !consonant;
    }

    private static bool IsConsonant(ReadOnlySpan<char> word, int i, bool before)
        => word[i] switch { 'a' or 'e' or 'i' or 'o' or 'u' => false, 'y' when i > 0 => !before, _ => true };
}
