using LongT5.Text;

namespace LongT5;

/// <summary>Whether a text is in a language that a vocabulary was made for: cheap to tell, and a guess.</summary>
/// <remarks>
/// A vocabulary cuts the text of its own language into few pieces and knows all of them. Letters it does not know, or
/// many pieces a word, speak for another language; so do tables of numbers, which is why it takes a hundred words.
/// </remarks>
static class VocabularyFit
{
    private const int FewestWords = 100;
    private const double MostUnknown = 0.02;
    private const double MostPiecesPerWord = 2.3;

    /// <summary>What to warn of, in one sentence, or null.</summary>
    public static string? Problem(Tokenizer tokenizer, string text, ReadOnlySpan<int> ids)
    {
        var unknown = tokenizer.UnknownId >= 0 ? ids.Count(tokenizer.UnknownId) / (double)ids.Length : 0;
        if (unknown > MostUnknown)
            return $"the model's vocabulary does not know {unknown:P0} of this text: it was hardly made for its language.";
        var words = CountWords(text, out var inLetters);
        var pieces = ids.Length / (double)Math.Max(1, words);
        return words >= FewestWords && inLetters > 0.6 && pieces > MostPiecesPerWord
            ? $"the model's vocabulary cuts each word of this text into {pieces:0.0} pieces: it was hardly made for its language."
            : null;
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
