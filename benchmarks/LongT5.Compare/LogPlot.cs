using System.Globalization;
using System.Security;
using System.Text;

namespace LongT5.Compare;

/// <summary>A line of a plot.</summary>
sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>One pair of axes.</summary>
sealed record Panel(string Title, IReadOnlyList<Curve> Curves);

/// <summary>
/// Panels side by side with logarithmic axes, as one SVG file. All have the same curves, and one legend.
/// </summary>
static class LogPlot
{
    private const double PanelWidth = 420, Height = 340, Left = 58, Right = 28, Top = 30, Bottom = 66;
    private static readonly string[] Colours = ["#c2571a", "#1f5fa8", "#3a7d44", "#7a4fa3"];

    /// <summary>The drawing.</summary>
    /// <param name="across">What the horizontal axes show.</param>
    /// <param name="panels">What is drawn: points above zero.</param>
    public static string Svg(string across, IReadOnlyList<Panel> panels)
    {
        var svg = new StringBuilder();
        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        var width = PanelWidth * panels.Count;
        Line(
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""<rect width="{width}" height="{Height}" fill="white"/>""");
        foreach (var (i, panel) in panels.Index())
            Draw(panel, across, i * PanelWidth, Line);
        var at = Left;
        foreach (var (i, curve) in panels[0].Curves.Index())
        {
            Line(
                $"""<path d="M{at} {Height - 14}h22" stroke="{Colours[i % Colours.Length]}" stroke-width="2.5"/><text x="{at + 28}" y="{Height - 10}">{Escaped(curve.Name)}</text>""");
            at += 60 + 6.6 * curve.Name.Length;
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static void Draw(Panel panel, string across, double offset, Action<FormattableString> line)
    {
        var points = panel.Curves.SelectMany(curve => curve.Points).ToList();
        var (leftmost, rightmost) = (points.Min(p => p.X), points.Max(p => p.X));
        var (low, high) = (points.Min(p => p.Y) / 1.3, points.Max(p => p.Y) * 1.3);
        double X(double x) => offset + Left + (PanelWidth - Left - Right) * Math.Log(x / leftmost)
            / Math.Max(1e-9, Math.Log(rightmost / leftmost));
        double Y(double y) => Top + (Height - Top - Bottom) * Math.Log(high / y) / Math.Log(high / low);

        line($"""<text x="{offset + Left}" y="18" font-weight="bold">{Escaped(panel.Title)}</text>""");
        foreach (var y in Ticks(low, high))
            line(
                $"""<path d="M{offset + Left} {Y(y):F1}H{offset + PanelWidth - Right}" stroke="#ddd"/><text x="{offset + Left - 6}" y="{Y(y) + 4:F1}" text-anchor="end">{y:#,0.##}</text>""");
        foreach (var x in points.Select(p => p.X).Distinct())
            line(
                $"""<path d="M{X(x):F1} {Top}V{Height - Bottom}" stroke="#eee"/><text x="{X(x):F1}" y="{Height - Bottom + 17}" text-anchor="middle">{x:N0}</text>""");
        line(
            $"""<text x="{offset + Left + (PanelWidth - Left - Right) / 2}" y="{Height - Bottom + 34}" text-anchor="middle">{Escaped(across)}</text>""");
        foreach (var (i, curve) in panel.Curves.Index())
        {
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ',
                curve.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            line($"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            foreach (var (x, y) in curve.Points)
                line($"""<circle cx="{X(x):F1}" cy="{Y(y):F1}" r="2.6" fill="{colour}"/>""");
        }
    }

    /// <summary>
    /// 1, 2 and 5 of every power of ten between two numbers; all digits where the numbers are near each other.
    /// </summary>
    private static IEnumerable<double> Ticks(double low, double high)
    {
        int[] digits = high < 5 * low ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1, 2, 5];
        for (var power = Math.Pow(10, Math.Floor(Math.Log10(low))); power <= high; power *= 10)
            foreach (var step in digits)
                if (step * power >= low && step * power <= high)
                    yield return step * power;
    }

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
