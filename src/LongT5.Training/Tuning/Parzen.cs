using LongT5.Training.Data;

namespace LongT5.Training.Tuning;

/// <summary>A place on an axis where good trials lie and others do not.</summary>
/// <remarks>
/// The tree-structured Parzen estimator of Bergstra, Bardenet, Bengio and Kegl, "Algorithms for Hyper-Parameter
/// Optimization" (2011), section 4: l is the density of the places of the best quarter, g that of the others, and of
/// some places drawn from l the one with the greatest l / g is taken. A density is the mean of a normal curve at each
/// place, as wide as its farther neighbour is away, and of one over the whole axis; it is kept on a grid, so that
/// nothing lies outside. Of choices it is how often each was taken, and once more.
/// </remarks>
static class Parzen
{
    const int Grid = 256, Drawn = 24;
    const double Best = 0.25;

    /// <summary>The trials that count as good, of so many.</summary>
    public static int GoodOf(int trials) => (int)Math.Ceiling(Best * trials);

    /// <summary>A place, from 0 to below 1.</summary>
    /// <param name="dice">What draws.</param>
    /// <param name="cells">The number of choices; null of a range.</param>
    /// <param name="good">Places of the best trials.</param>
    /// <param name="others">Places of the others.</param>
    public static double Next(ref Dice dice, int? cells, IReadOnlyList<double> good, IReadOnlyList<double> others)
    {
        var l = Density(cells, good);
        var g = Density(cells, others);
        var (best, taken) = (double.NegativeInfinity, 0);
        for (var i = 0; i < Drawn; i++)
        {
            var cell = Draw(ref dice, l);
            if (l[cell] / g[cell] <= best) continue;
            (best, taken) = (l[cell] / g[cell], cell);
        }
        return (taken + dice.Uniform()) / l.Length;
    }

    /// <summary>How probable each cell is.</summary>
    internal static double[] Density(int? cells, IReadOnlyList<double> places)
    {
        var density = new double[cells ?? Grid];
        if (cells is { } choices)
            foreach (var place in places) density[(int)(place * choices)] += 1.0 / (places.Count + 1);
        else
        {
            double[] sorted = [0, .. places.Order(), 1];
            for (var i = 1; i < sorted.Length - 1; i++)
                Add(density, sorted[i], Math.Max(sorted[i] - sorted[i - 1], sorted[i + 1] - sorted[i]),
                    places.Count + 1);
        }
        for (var cell = 0; cell < density.Length; cell++)
            density[cell] += 1.0 / ((places.Count + 1) * density.Length);
        return density;
    }

    static void Add(double[] density, double centre, double width, int among)
    {
        width = Math.Max(width, 1.0 / Math.Min(100, among + 1));
        double[] curve = [.. Enumerable.Range(0, density.Length)
            .Select(cell => Math.Exp(-0.5 * Math.Pow(((cell + 0.5) / density.Length - centre) / width, 2)))];
        var all = curve.Sum() * among;
        for (var cell = 0; cell < density.Length; cell++) density[cell] += curve[cell] / all;
    }

    static int Draw(ref Dice dice, double[] density)
    {
        var left = dice.Uniform();
        for (var cell = 0; cell < density.Length - 1; cell++)
            if ((left -= density[cell]) < 0) return cell;
        return density.Length - 1;
    }
}
