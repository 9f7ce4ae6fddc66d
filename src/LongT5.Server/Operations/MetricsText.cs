using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using LongT5.Server.Serving;

namespace LongT5.Server.Operations;

/// <summary>The figures of a server as Prometheus reads them: a text, a line a figure.</summary>
sealed class MetricsText : IDisposable
{
    private static readonly double[] Seconds =
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    private static readonly double[] Tokens = [16, 64, 256, 1024, 4096, 16384, 65536, 262144];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <param name="metrics">Whose figures they are.</param>
    public MetricsText(ServerMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (metrics.Owns(instrument)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((from, value, labels, _) => Record(from, value, labels));
        _listener.SetMeasurementEventCallback<long>((from, value, labels, _) => Record(from, value, labels));
        _listener.SetMeasurementEventCallback<int>((from, value, labels, _) => Record(from, value, labels));
        _listener.Start();
    }

    /// <summary>All figures as they are now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
            foreach (var family in _families.Values)
                family.Write(text);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var said = new StringBuilder();
        foreach (var (name, label) in labels)
            said.Append(said.Length > 0 ? "," : "").Append(Name(name)).Append("=\"")
                .Append(Escaped(Convert.ToString(label, CultureInfo.InvariantCulture) ?? "")).Append('"');
        lock (_gate)
        {
            if (!_families.TryGetValue(instrument.Name, out var family))
                _families.Add(instrument.Name, family = new(instrument));
            family.Record(said.ToString(), value);
        }
    }

    private static string Name(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escaped(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>What one instrument has measured, by labels.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly bool _isHistogram = instrument is Histogram<double> or Histogram<long>;
        private readonly bool _isCounter = instrument is Counter<long>;
        private readonly double[] _bounds = instrument.Unit == "s" ? Seconds : Tokens;
        private readonly SortedDictionary<string, double[]> _rows = new(StringComparer.Ordinal);

        private string FullName => Name(instrument.Name)
            + (instrument.Unit == "s" ? "_seconds" : instrument.Unit == "{token}" && _isHistogram ? "_tokens" : "")
            + (_isCounter ? "_total" : "");

        // Of a histogram: how many were in each bucket and above all, and their sum.
        public void Record(string labels, double value)
        {
            if (!_rows.TryGetValue(labels, out var row))
                _rows.Add(labels, row = new double[_isHistogram ? _bounds.Length + 2 : 1]);
            if (!_isHistogram)
                row[0] = _isCounter ? row[0] + value : value;
            else
            {
                var bucket = Array.FindIndex(_bounds, bound => value <= bound);
                row[bucket < 0 ? _bounds.Length : bucket]++;
                row[^1] += value;
            }
        }

        public void Write(StringBuilder text)
        {
            var kind = _isHistogram ? "histogram" : _isCounter ? "counter" : "gauge";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {FullName} {instrument.Description}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {FullName} {kind}\n");
            foreach (var (labels, row) in _rows)
                if (_isHistogram) WriteHistogram(text, labels, row);
                else text.Append(CultureInfo.InvariantCulture, $"{FullName}{Braced(labels)} {Number(row[0])}\n");
        }

        private void WriteHistogram(StringBuilder text, string labels, double[] row)
        {
            var count = 0.0;
            for (var i = 0; i <= _bounds.Length; i++)
            {
                count += row[i];
                var bound = $"le=\"{(i < _bounds.Length ? Number(_bounds[i]) : "+Inf")}\"";
                var all = labels.Length > 0 ? $"{labels},{bound}" : bound;
                text.Append(CultureInfo.InvariantCulture, $"{FullName}_bucket{Braced(all)} {Number(count)}\n");
            }
            text.Append(CultureInfo.InvariantCulture, $"{FullName}_sum{Braced(labels)} {Number(row[^1])}\n");
            text.Append(CultureInfo.InvariantCulture, $"{FullName}_count{Braced(labels)} {Number(count)}\n");
        }

        private static string Braced(string labels) => labels.Length > 0 ? "{" + labels + "}" : "";
    }
}
