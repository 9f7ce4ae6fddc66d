using System.Globalization;
using System.Text;
using LongT5.Evaluation;

namespace LongT5.Tasks;

/// <summary>The words of texts as numbers: the same number for the same word.</summary>
/// <remarks>
/// Words are runs of letters and digits in small letters, English endings off; each sign of a script without spaces is
/// one. Not for several threads at once.
/// </remarks>
sealed class WordNumbers
{
    private const int FirstWithoutSpaces = 0x2e80;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal), _stems = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _stems.Count;

    /// <summary>The words of a text, in order; new ones get the next numbers.</summary>
    public int[] Of(ReadOnlySpan<char> text)
    {
        var words = new List<int>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var isPart = Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
            var isAlone = rune.Value >= FirstWithoutSpaces;
            if (!isPart || isAlone) End();
            if (isPart) word.Append(Rune.ToLowerInvariant(rune));
            if (isAlone) End();
        }
        End();
        return [.. words];

        void End()
        {
            if (word.Length > 0) words.Add(Number(word.ToString()));
            word.Clear();
        }
    }

    private int Number(string word)
    {
        if (_words.TryGetValue(word, out var number)) return number;
        var stem = PorterStemmer.Stem(word);
        if (!_stems.TryGetValue(stem, out number))
            _stems[stem] = number = _stems.Count;
        return _words[word] = number;
    }
}
