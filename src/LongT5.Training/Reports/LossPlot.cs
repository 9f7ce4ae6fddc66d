using System.Globalization;
using System.Text;

namespace LongT5.Training.Reports;

/// <summary>Draws curves over steps as one SVG file.</summary>
static class LossPlot
{
    const int Width = 720, Height = 360, Left = 72, Right = 16, Top = 28, Bottom = 52, Ticks = 5;
    static readonly string[] Colours = ["#1f5fa8", "#c2571a", "#3a7d44", "#7a4fa3"];

    /// <summary>The drawing.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="across">What the axis across counts.</param>
    /// <param name="up">What the axis upwards counts.</param>
    /// <param name="curves">Points by the name of their curve; numbers that are not finite are left out.</param>
    /// <exception cref="ArgumentException">There is no point to draw.</exception>
    public static string Svg(string title, string across, string up, IReadOnlyDictionary<string,
        IReadOnlyList<(double Step, double Value)>> curves)
    {
        var points = curves.Values.SelectMany(curve => curve).Where(IsFinite).ToArray();
        if (points.Length == 0) throw new ArgumentException("There is no point to draw.");
        var steps = RoundTicks(0, Math.Max(1, points.Max(p => p.Step)));
        var values = RoundTicks(Math.Min(0, points.Min(p => p.Value)), points.Max(p => p.Value));
        var (low, high, most) = (values[0], values[^1], steps[^1]);

        double X(double step) => Left + (Width - Left - Right) * step / most;
        double Y(double value) => Top + (Height - Top - Bottom) * (high - value) / (high - low);

        var svg = new StringBuilder();
        Line(
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line(
            $"""<rect width="{Width}" height="{Height}" fill="white"/><text x="{Left}" y="18">{Escaped(title)}</text>""");
        foreach (var value in values)
            Line(
                $"""<path d="M{Left} {Y(value):F1}H{Width - Right}" stroke="#ddd"/><text x="{Left - 6}" y="{Y(value) + 4:F1}" text-anchor="end">{value:#,0.######}</text>""");
        foreach (var step in steps)
            Line(
                $"""<path d="M{X(step):F1} {Height - Bottom}v4" stroke="#888"/><text x="{X(step):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{step:#,0.######}</text>""");
        Line(
            $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 12}" text-anchor="middle">{Escaped(across)}</text>""");
        Line(
            $"""<text transform="translate(16 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{Escaped(up)}</text>""");
        foreach (var (i, (name, curve)) in curves.Index())
        {
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ', curve.Where(IsFinite)
                .Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Step):F1},{Y(p.Value):F1}")));
            Line($"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>""");
            Line(
                $"""<text x="{Width - Right}" y="{Top + 14 * (i + 1)}" text-anchor="end" fill="{colour}">{Escaped(name)}</text>""");
        }
        svg.Append("</svg>\n");
        return svg.ToString();

        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Round numbers around a range, evenly spaced: multiples of 1, 2 or 5 times a power of ten.</summary>
    internal static double[] RoundTicks(double low, double high)
    {
        var about = Math.Max(high - low, 1e-9) / Ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(about)));
        var apart = power * (about / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        var (first, last) = ((long)Math.Floor(low / apart), (long)Math.Ceiling(high / apart));
        return [.. Enumerable.Range(0, (int)Math.Max(1, last - first) + 1).Select(i => (first + i) * apart)];
    }

    static bool IsFinite((double Step, double Value) point) => double.IsFinite(point.Value);

    static string Escaped(string text) => System.Security.SecurityElement.Escape(text);
}
