using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics.Colors;

namespace LongT5.Documents.Pdf;

/// <summary>What stands on a page and is not seen: beyond its edges, too small, white on white.</summary>
sealed class Hidden(Page page)
{
    private readonly PdfRectangle _edges = page.CropBox.Bounds;

    private readonly Lazy<List<PdfRectangle>> _grounds = new(() => Grounds(page));

    /// <summary>No reader of the page sees this letter.</summary>
    public bool Hides(Letter letter)
    {
        var at = letter.StartBaseLine;
        if (at.X < -2 || at.Y < -2 || at.X > Math.Max(page.Width, _edges.Right) + 2
            || at.Y > Math.Max(page.Height, _edges.Top) + 2)
            return true;
        if (letter.PointSize is > 0 and < 1) return true;
        return IsWhite(letter.FillColor) && letter.RenderingMode == TextRenderingMode.Fill
            && !_grounds.Value.Any(ground => Holds(ground, at));
    }

    /// <summary>Where something was painted that white letters can be seen on.</summary>
    private static List<PdfRectangle> Grounds(Page page)
    {
        var grounds = new List<PdfRectangle>();
        foreach (var path in page.Paths)
            if (path.IsFilled && !IsWhite(path.FillColor) && path.GetBoundingRectangle() is { } painted)
                grounds.Add(painted);
        foreach (var image in page.GetImages())
            grounds.Add(image.BoundingBox);
        return grounds;
    }

    private static bool IsWhite(IColor? color)
    {
        if (color is null or PatternColor) return false;
        var (r, g, b) = color.ToRGBValues();
        return r > 0.98 && g > 0.98 && b > 0.98;
    }

    private static bool Holds(PdfRectangle box, PdfPoint at)
        => box.Left - 3 <= at.X && at.X <= box.Right + 3 && box.Bottom - 3 <= at.Y && at.Y <= box.Top + 3;
}
