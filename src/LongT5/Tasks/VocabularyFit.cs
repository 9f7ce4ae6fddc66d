using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>Whether a text is in a language that a vocabulary was made for: cheap to tell, and a guess.</summary>
/// <remarks>
/// A vocabulary cuts the text of its own language into few pieces and knows all of them. Letters it does not know, or
/// many pieces a word, speak for another language. Measured with T5's vocabulary: English books and reports 1.3 to 1.5
/// pieces a word, technical specifications up to 1.8, German (which T5 saw) 1.6, Spanish 2.3, Finnish 4.8. Tables of
/// numbers take many pieces too, so the text must be mostly letters.
/// </remarks>
static class VocabularyFit
{
    private const int FewestWords = 50;
    private const double MostUnknown = 0.02;
    private const double FewestLetters = 0.85;
    private const double MostPiecesPerWord = 2.1;

    /// <summary>What to warn of, in one sentence, or null.</summary>
    public static string? Problem(Tokenizer tokenizer, string text, Tokenization tokens)
    {
        if (tokenizer.IsOfBytes)
            return null;
        var unknown = UnknownWithLetters(tokenizer.UnknownId, text, tokens) / (double)tokens.Ids.Length;
        if (unknown > MostUnknown)
            return $"the model's vocabulary does not know {unknown * 100:0}% of this text: it was hardly made for "
                + $"its language.";
        var words = CountWords(text, out var inLetters);
        var pieces = tokens.Ids.Length / (double)Math.Max(1, words);
        return words >= FewestWords && inLetters > FewestLetters && pieces > MostPiecesPerWord
            ? $"the model's vocabulary cuts each word of this text into {pieces:0.0} pieces: it was hardly made for "
                + $"its language."
            : null;
    }

    /// <summary>Unknown signs are no language; unknown letters are.</summary>
    private static int UnknownWithLetters(int unknownId, string text, Tokenization tokens)
    {
        var count = 0;
        for (var i = 0; i < tokens.Ids.Length; i++)
            if (tokens.Ids[i] == unknownId && text[tokens.Offsets[i].Start..tokens.Offsets[i].End].Any(char.IsLetter))
                count++;
        return count;
    }

    private static int CountWords(string text, out double inLetters)
    {
        int words = 0, letters = 0, others = 0;
        var inWord = false;
        foreach (var character in text)
        {
            var isSpace = char.IsWhiteSpace(character);
            if (!isSpace && !inWord)
                words++;
            inWord = !isSpace;
            letters += char.IsLetter(character) ? 1 : 0;
            others += isSpace || char.IsLetter(character) ? 0 : 1;
        }
        inLetters = letters / (double)Math.Max(1, letters + others);
        return words;
    }
}
