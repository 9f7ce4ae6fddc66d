using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;

namespace LongT5.Documents.Pdf;

/// <summary>The letters of a page that a reader sees, sorted by the direction in which they are written.</summary>
sealed class PageLetters
{
    private const double Slant = 12;  // degrees from the nearest right angle at which letters are a stamp and no line

    private readonly List<Glyph>[] _turned = [[], [], [], []];

    private PageLetters(int number, double width, double height) => (Number, Width, Height) = (number, width, height);

    /// <summary>The page, from 1.</summary>
    public int Number { get; }

    public double Width { get; }

    public double Height { get; }

    /// <summary>
    /// Letters of lines that run to the right; of lines that run upwards, leftwards
    /// and downwards, turned to run to the right.
    /// </summary>
    public IReadOnlyList<List<Glyph>> ByDirection => _turned;

    /// <summary>What stands aslant over the page.</summary>
    public string Stamp { get; private set; } = "";

    /// <summary>Letters that are seen.</summary>
    public int Count => _turned.Sum(glyphs => glyphs.Count(glyph => !glyph.IsBlank));

    /// <summary>Letters whose meaning the file does not say.</summary>
    public int Unmapped { get; private set; }

    /// <summary>Its letters are the invisible ones that a scanner's text recognition lays over the picture.</summary>
    public bool IsRecognised { get; private set; }

    public static PageLetters Of(Page page)
    {
        var letters = new PageLetters(page.Number, page.Width, page.Height);
        var shown = letters.Seen(page);
        var slants = new List<double>[] { [], [], [], [] };
        for (var i = 0; i < shown.Count; i++)
        {
            var (letter, text) = shown[i];
            var (quarter, off) = Direction(letter);
            if (Math.Abs(off) > Slant)
            {
                letters.Stamp += text;
                continue;
            }
            if (Script.IsUnmapped(letter.Value)) letters.Unmapped++;
            slants[quarter].Add(off);
            letters._turned[quarter].Add(Turned(letter, text, quarter, i));
        }
        for (var quarter = 0; quarter < 4; quarter++)
            letters._turned[quarter] = Accents(Single(Straight(letters._turned[quarter], slants[quarter])));
        if (letters.IsRecognised) letters._turned[0] = Even(letters._turned[0]);
        return letters;
    }

    private List<(Letter, string)> Seen(Page page)
    {
        var hidden = new Hidden(page);
        List<(Letter, string)> seen = [], invisible = [];
        var bare = 0;
        foreach (var letter in page.Letters)
        {
            var text = Spelling.Of(letter.Value ?? "");
            if (text.Length == 0) continue;
            if (letter.RenderingMode is TextRenderingMode.Neither or TextRenderingMode.NeitherClip)
                invisible.Add((letter, text));
            else if (!hidden.Hides(letter))
                seen.Add((letter, text));
            if (!string.IsNullOrWhiteSpace(text)) bare++;
        }
        // A scan with recognised text has nearly all of its letters invisible; elsewhere what is invisible is meant to
        // be.
        if (invisible.Count < 20 || seen.Count > invisible.Count / 4) return seen;
        IsRecognised = true;
        return [.. seen, .. invisible];
    }

    private static (int Quarter, double Off) Direction(Letter letter)
    {
        var (dx, dy) = (letter.EndBaseLine.X - letter.StartBaseLine.X, letter.EndBaseLine.Y - letter.StartBaseLine.Y);
        if (Math.Abs(dx) + Math.Abs(dy) < 1e-3)
            return letter.TextOrientation switch
            {
                TextOrientation.Rotate90 => (3, 0),
                TextOrientation.Rotate180 => (2, 0),
                TextOrientation.Rotate270 => (1, 0),
                _ => (0, 0),
            };
        var angle = Math.Atan2(dy, dx) * 180 / Math.PI;
        var quarter = (int)Math.Round(angle / 90);
        return ((quarter + 4) % 4, angle - quarter * 90);
    }

    private static Glyph Turned(Letter letter, string text, int quarter, int order)
    {
        var start = Turn(letter.StartBaseLine, quarter);
        var end = Turn(letter.EndBaseLine, quarter);
        var size = letter.PointSize > 0 ? letter.PointSize : Math.Max(1, letter.BoundingBox.Height);
        var (x0, x1) = (Math.Min(start.X, end.X), Math.Max(start.X, end.X));
        if (x1 - x0 < 0.01 * size)
        {
            // Some fonts do not say how wide a letter is: its outline does.
            var (left, right) = (Turn(letter.BoundingBox.BottomLeft, quarter).X,
                Turn(letter.BoundingBox.TopRight, quarter).X);
            x1 = Math.Max(x1, Math.Min(x0 + size, Math.Max(left, right)));
        }
        return new(text, x0, x1, start.Y, size, Style(letter), order);
    }

    private static (double X, double Y) Turn(PdfPoint point, int quarter) => quarter switch
    {
        0 => (point.X, point.Y),
        1 => (point.Y, -point.X),
        2 => (-point.X, -point.Y),
        _ => (-point.Y, point.X),
    };

    private static FontStyle Style(Letter letter)
    {
        var name = letter.FontName ?? "";
        var isBold = letter.FontDetails?.IsBold == true || letter.FontDetails?.Weight >= 600
            || Has("bold", "black", "heavy", "cmbx", "sfbx", "demi");
        return (isBold ? FontStyle.Bold : 0) | (Has("mono", "courier", "consol", "cmtt", "sftt", "menlo", "typewriter")
            ? FontStyle.Fixed : 0);

        bool Has(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts)
                if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
                    return true;
            return false;
        }
    }

    /// <summary>A page that lay askew on the scanner's glass is set straight.</summary>
    private static List<Glyph> Straight(List<Glyph> glyphs, List<double> slants)
    {
        if (slants.Count == 0) return glyphs;
        slants.Sort();
        var slant = slants[slants.Count / 2];
        if (Math.Abs(slant) < 0.05) return glyphs;
        var (sin, cos) = Math.SinCos(-slant * Math.PI / 180);
        return [
            .. glyphs.Select(g => g with { X0 = g.X0 * cos - g.Y * sin, X1 = g.X1 * cos - g.Y * sin,
                Y = g.X0 * sin + g.Y * cos })];
    }

    /// <summary>
    /// Recognised letters have the sizes of their ink: those near the page's usual size have the usual size.
    /// </summary>
    private static List<Glyph> Even(List<Glyph> glyphs)
    {
        var usual = Rows.Median(glyphs.Select(glyph => glyph.Size));
        return [.. glyphs.Select(glyph => glyph.Size > 0.75 * usual && glyph.Size < 1.13 * usual
            ? glyph with { Size = usual } : glyph)];
    }

    /// <summary>
    /// Letters that were printed twice on nearly the same place, to look bold or to throw a shadow, are one.
    /// </summary>
    private static List<Glyph> Single(List<Glyph> glyphs)
    {
        var places = new Dictionary<(string, int, int), List<Glyph>>();
        var single = new List<Glyph>(glyphs.Count);
        foreach (var glyph in glyphs)
        {
            if (IsThere(glyph)) continue;
            single.Add(glyph);
            if (glyph.IsBlank) continue;
            var place = Place(glyph, 0, 0);
            if (!places.TryGetValue(place, out var there)) places[place] = there = [];
            there.Add(glyph);
        }
        return single;

        bool IsThere(Glyph glyph)
        {
            if (glyph.IsBlank) return false;
            for (var dx = -1; dx <= 1; dx++)
                for (var dy = -1; dy <= 1; dy++)
                    if (places.TryGetValue(Place(glyph, dx, dy), out var there)
                        && there.Any(other => IsSame(glyph, other)))
                        return true;
            return false;
        }

        static (string, int, int) Place(Glyph glyph, int dx, int dy)
            => (glyph.Text, (int)Math.Floor(glyph.X0 / 4) + dx, (int)Math.Floor(glyph.Y / 4) + dy);

        static bool IsSame(Glyph a, Glyph b)
        {
            var near = Math.Min(0.15 * a.Size, 0.45 * (a.X1 - a.X0));
            return Math.Abs(a.X0 - b.X0) <= near && Math.Abs(a.Y - b.Y) <= 0.15 * a.Size
                && Math.Abs(a.Size - b.Size) <= 0.1 * a.Size;
        }
    }

    /// <summary>An accent that is drawn apart goes onto the letter that stands under it.</summary>
    private static List<Glyph> Accents(List<Glyph> glyphs)
    {
        if (!glyphs.Any(glyph => Spelling.IsAccent(glyph.Text))) return glyphs;
        var whole = new List<Glyph>(glyphs.Count);
        for (var i = 0; i < glyphs.Count; i++)
        {
            var accent = glyphs[i];
            if (Spelling.IsAccent(accent.Text) && i + 1 < glyphs.Count && Bears(glyphs[i + 1], accent))
            {
                i++;
                whole.Add(glyphs[i] with { Text = Spelling.Accented(glyphs[i].Text, accent.Text) });
            }
            else if (Spelling.IsAccent(accent.Text) && whole.Count > 0 && Bears(whole[^1], accent))
                whole[^1] = whole[^1] with { Text = Spelling.Accented(whole[^1].Text, accent.Text) };
            else
                whole.Add(accent);
        }
        return whole;

        static bool Bears(Glyph letter, Glyph accent) => char.IsLetter(letter.Text[0]) && letter.X0 < accent.Middle
            && accent.Middle < letter.X1
            && Math.Abs(letter.Y - accent.Y) < 0.6 * letter.Size;
    }
}
