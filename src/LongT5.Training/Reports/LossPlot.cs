using System.Globalization;
using System.Text;

namespace LongT5.Training.Reports;

/// <summary>Draws curves over steps as one SVG file.</summary>
static class LossPlot
{
    const int Width = 720, Height = 360, Left = 56, Right = 16, Top = 28, Bottom = 40;
    static readonly string[] Colours = ["#1f5fa8", "#c2571a", "#3a7d44", "#7a4fa3"];

    /// <summary>The drawing.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="curves">Points by the name of their curve; numbers that are not finite are left out.</param>
    public static string Svg(string title, IReadOnlyDictionary<string, IReadOnlyList<(double Step, double Value)>> curves)
    {
        var points = curves.Values.SelectMany(curve => curve).Where(IsFinite).ToArray();
        if (points.Length == 0) throw new ArgumentException("There is no point to draw.");
        var most = Math.Max(1, points.Max(p => p.Step));
        var (low, high) = (Math.Min(0, points.Min(p => p.Value)), points.Max(p => p.Value));
        if (high <= low) high = low + 1;

        double X(double step) => Left + (Width - Left - Right) * step / most;
        double Y(double value) => Top + (Height - Top - Bottom) * (high - value) / (high - low);

        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""<rect width="{Width}" height="{Height}" fill="white"/><text x="{Left}" y="18">{Escaped(title)}</text>""");
        for (var i = 0; i <= 4; i++)
        {
            double value = low + (high - low) * i / 4, step = most * i / 4;
            Line($"""<path d="M{Left} {Y(value):F1}H{Width - Right}" stroke="#ddd"/><text x="{Left - 6}" y="{Y(value) + 4:F1}" text-anchor="end">{value:G3}</text>""");
            Line($"""<text x="{X(step):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{step:F0}</text>""");
        }
        foreach (var (i, (name, curve)) in curves.Index())
        {
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ', curve.Where(IsFinite).Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Step):F1},{Y(p.Value):F1}")));
            Line($"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>""");
            Line($"""<text x="{Width - Right}" y="{Top + 14 * (i + 1)}" text-anchor="end" fill="{colour}">{Escaped(name)}</text>""");
        }
        svg.Append("</svg>\n");
        return svg.ToString();

        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    static bool IsFinite((double Step, double Value) point) => double.IsFinite(point.Value);

    static string Escaped(string text) => System.Security.SecurityElement.Escape(text);
}
