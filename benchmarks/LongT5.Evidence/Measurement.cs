using System.Globalization;
using System.Text;
using LongT5.Tasks;

namespace LongT5.Evidence;

/// <summary>Forces the summaries of cases through a model and counts which of their sources are found.</summary>
/// <param name="model">The model.</param>
/// <param name="ways">Ways to weigh, by name.</param>
sealed class Measurement(LongT5Model model, IReadOnlyList<(string Name, EvidenceWeights Weights)> ways)
{
    private const string Prefix = "summarize: ";

    private readonly Dictionary<(string Kind, string Way), Counts> _counts = [];

    /// <summary>A row for each kind of case and way, in percent.</summary>
    public string Table(IEnumerable<Case> cases)
    {
        foreach (var one in cases) Count(one);
        var table = new StringBuilder("""
            | sentences | | by | right one first | all right ones among two | found among three | passages given |
            |---|---|---|---|---|---|---|

            """);
        foreach (var ((kind, way), counts) in _counts)
            table.Append(CultureInfo.InvariantCulture, $"| {kind} | {counts.Sentences} | {way} | {counts} |\n");
        return table.ToString();
    }

    private void Count(Case one)
    {
        var tokens = model.Tokenizer.EncodeWithOffsets(Prefix + one.Text);
        var source = new SourceSentences(Prefix + one.Text, Prefix.Length, tokens, tokens.Ids);
        var starts = Enumerable.Range(0, source.Count).ToDictionary(s => source.Passage(s, 0).Start);
        var byWay = model.Start(tokens.Ids, session => ways.Select(way => new EvidenceSearch(model, source, way.Weights)
            .Weigh(one.Sentences, session, 0, i => one.Sources[i].Length > 0, CancellationToken.None)).ToArray(),
            null, CancellationToken.None);
        foreach (var ((name, _), found) in ways.Zip(byWay))
        {
            if (!_counts.TryGetValue((one.Kind, name), out var counts)) _counts[(one.Kind, name)] = counts = new();
            for (var i = 0; i < found.Count; i++)
                if (one.Sources[i].Length > 0)
                    counts.Add(one.Sources[i], [.. found[i].Select(passage => starts[passage.Start])]);
        }
    }

    private sealed class Counts
    {
        private double _first, _amongTwo, _found, _given;

        public int Sentences { get; private set; }

        public void Add(int[] right, int[] given)
        {
            Sentences++;
            _first += given.Length > 0 && right.Contains(given[0]) ? 1 : 0;
            _amongTwo += right.Length <= 2 && right.Except(given.Take(2)).Any() ? 0 : right.Length <= 2 ? 1
                : right.Take(2).Except(given.Take(2)).Any() ? 0 : 1;
            _found += right.Intersect(given).Count() / (double)Math.Min(3, right.Length);
            _given += given.Length;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{100 * _first / Sentences:0.0} | {100 * _amongTwo / Sentences:0.0} | {100 * _found / Sentences:0.0} | "
                + $"{_given / Sentences:0.0}");
    }
}
