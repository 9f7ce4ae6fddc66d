using UglyToad.PdfPig.Content;

namespace LongT5.Documents.Pdf;

/// <summary>Why the letters of a page do not give its text.</summary>
enum Legibility
{
    /// <summary>They do, or the page is empty.</summary>
    Text,

    /// <summary>It is a picture with hardly a letter.</summary>
    Picture,

    /// <summary>Its fonts do not say what their glyphs mean.</summary>
    Unmapped,
}

/// <summary>Tells pages whose text can be taken from those that have to be looked at.</summary>
static class Legible
{
    private const int FewLetters = 10;
    private const int ManyPaths = 300;

    public static Legibility Of(Page page, PageLetters letters)
    {
        if (letters.Count <= FewLetters)
            return Covers(page) ? Legibility.Picture : Legibility.Text;
        if (letters.Unmapped > FewLetters && letters.Unmapped > letters.Count / 10) return Legibility.Unmapped;
        return IsShuffled(letters) ? Legibility.Unmapped : Legibility.Text;
    }

    /// <summary>Pictures fill a good part of it, or letters may have been drawn as outlines.</summary>
    private static bool Covers(Page page)
        => page.GetImages().Sum(image => image.BoundingBox.Width * image.BoundingBox.Height) > 0.2 * page.Width
            * page.Height
            || page.Paths.Count > ManyPaths;

    /// <summary>
    /// Glyph numbers that were taken for letters: codes are shifted, so that small letters come out as capitals, signs
    /// and control characters, and hardly a word has a vowel where words have one.
    /// </summary>
    private static bool IsShuffled(PageLetters letters)
    {
        int small = 0, capital = 0, vowels = 0, all = 0;
        foreach (var glyph in letters.ByDirection.SelectMany(glyphs => glyphs))
            foreach (var c in glyph.Text)
            {
                if (char.IsWhiteSpace(c)) continue;
                all++;
                if (char.IsAsciiLetterLower(c)) small++;
                if (char.IsAsciiLetterUpper(c)) capital++;
                if (c is 'A' or 'E' or 'I' or 'O' or 'U' or 'a' or 'e' or 'i' or 'o' or 'u') vowels++;
            }
        return all >= 200 && small + capital > 0.5 * all && small < 0.15 * all && vowels < 0.27 * (small + capital);
    }
}
