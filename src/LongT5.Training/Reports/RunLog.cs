using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Training.Losses;

namespace LongT5.Training.Reports;

/// <summary>
/// Tells of a run: a line of progress, a line of JSON, TensorBoard's events, and a drawing of the loss.
/// </summary>
sealed class RunLog : IDisposable
{
    static readonly IReadOnlyDictionary<string, double> s_none = new Dictionary<string, double>();
    static readonly IReadOnlyDictionary<string, (double, long)> s_noSource = new Dictionary<string, (double, long)>();
    static readonly IReadOnlyDictionary<string, Measurement> s_nothing = new Dictionary<string, Measurement>();

    readonly TrainingOptions _options;
    readonly TextWriter _progress;
    readonly StreamWriter _lines;
    readonly TensorBoardLog _events;
    readonly List<double> _losses = [];
    LossBySource _bySource = new();
    TrainingState _before;

    /// <param name="options">The run.</param>
    /// <param name="begun">Where it stands at the start.</param>
    /// <param name="progress">Where people read along.</param>
    public RunLog(TrainingOptions options, TrainingState begun, TextWriter progress)
    {
        (_options, _before, _progress) = (options, begun, progress);
        var path = LinesPath(options.Output);
        if (File.Exists(path)) Keep(path, begun.Step);
        _lines = new(path, append: true) { AutoFlush = true };
        _events = new(Path.Combine(options.Output, "tensorboard"), begun.Step);
    }

    /// <summary>Takes note of a step.</summary>
    public void Add(StepReport report)
    {
        if (report.State.Step > 0) _losses.Add(report.Loss);
        foreach (var (source, (sum, labels)) in report.BySource?.Sums ?? s_noSource) _bySource.Add(source, sum, labels);
        var state = report.State;
        if (state.Step % _options.LogEvery != 0 && report.HeldOut is null && state.Step != _options.Steps) return;
        var seconds = Math.Max(1e-9, state.Seconds - _before.Seconds);
        var line = new LogLine
        {
            Step = state.Step,
            Epoch = Math.Round(report.Epoch, 4),
            Loss = _losses.Count > 0 ? _losses.Average() : null,
            Sources = _bySource.Sums.Count == 0 ? null
                : _bySource.Sums.ToDictionary(source => source.Key, source => source.Value.Sum / source.Value.Labels),
            Terms = report.Terms is { Count: > 0 } terms ? terms : null,
            GradientNorm = report.GradientNorm,
            Rate = report.Rate,
            HeldOut = report.HeldOut?.Sources.ToDictionary(source => source.Key, source => Of(source.Value)),
            InputTokens = state.InputTokens,
            TargetTokens = state.TargetTokens,
            TokensPerSecond = (state.InputTokens - _before.InputTokens) / seconds,
            Seconds = state.Seconds,
            MegabytesOfMemory = Process.GetCurrentProcess().WorkingSet64 >> 20,
        };
        _lines.WriteLine(JsonSerializer.Serialize(line, TrainingOptions.Line));
        Plot(line);
        var left = TimeSpan.FromSeconds(
            seconds / Math.Max(1, state.Step - _before.Step) * (_options.Steps - state.Step));
        _progress.WriteLine((state.Step == 0 ? "before the first step" : string.Create(CultureInfo.InvariantCulture,
            $"step {line.Step}/{_options.Steps}  epoch {line.Epoch:F2}  loss {line.Loss:F3}  norm "
                + $"{line.GradientNorm:F2}  rate {line.Rate:G3}  {line.TokensPerSecond:F0} tokens/s"
            + $"  {line.InputTokens / 1e6:F2} M tokens  {(int)left.TotalHours}:{left:mm\\:ss} left  "
                + $"{line.MegabytesOfMemory} MB"))
            + string.Concat((line.Sources ?? s_none)
                .Select(source => string.Create(CultureInfo.InvariantCulture, $"  {source.Key} {source.Value:F3}")))
            + string.Concat((line.Terms ?? s_none)
                .Select(term => string.Create(CultureInfo.InvariantCulture, $"  {term.Key} {term.Value:F3}")))
            + string.Concat((report.HeldOut?.Sources ?? s_nothing).Select(source => Said(source.Key, source.Value))));
        _losses.Clear();
        _bySource = new();
        _before = state;
    }

    // One source alone needs no name.
    string Said(string name, Measurement measured) => string.Create(CultureInfo.InvariantCulture,
        $"  held out{(_options.Sources.Count > 1 ? $" {name}" : "")} {measured.Loss:F3}")
        + (measured.Salience is { } missed
            ? string.Create(CultureInfo.InvariantCulture, $", salience {missed:F3}") : "")
        + (measured.Written is { } written ? string.Create(CultureInfo.InvariantCulture, $"  ROUGE {written.One:F1} / "
            + $"{written.Two:F1} / {written.L:F1}  EM {written.ExactMatch:F1}  F1 {written.F1:F1}") : "")
        + string.Concat((measured.Labels ?? s_none)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"  {one.Key} {one.Value:G4}")));

    static Dictionary<string, double> Of(Measurement measured)
    {
        var values = new Dictionary<string, double> { ["loss"] = measured.Loss };
        if (measured.Salience is { } missed) values["salience"] = missed;
        if (measured.Written is { } written)
        {
            (values["rouge1"], values["rouge2"], values["rougeL"]) = (written.One, written.Two, written.L);
            (values["exact-match"], values["f1"]) = (written.ExactMatch, written.F1);
        }
        foreach (var (name, value) in measured.Labels ?? s_none) values[name] = value;
        return values;
    }

    /// <summary>Draws the loss of a run from its log.</summary>
    public static void Draw(string output, string path)
    {
        var lines = Read(LinesPath(output));
        if (lines.Length == 0) throw new ArgumentException($"{LinesPath(output)} has no line to draw.");
        var curves = new Dictionary<string, IReadOnlyList<(double, double)>>
        {
            ["loss"] = [.. lines.Where(line => line.Loss is not null)
                .Select(line => ((double)line.Step, line.Loss!.Value))],
        };
        foreach (var source in lines.SelectMany(line => line.Sources?.Keys ?? []).Distinct())
            curves[$"loss of {source}"] = [.. lines.Where(line => line.Sources?.ContainsKey(source) == true)
                .Select(line => ((double)line.Step, line.Sources![source]))];
        var sources = lines.Where(line => line.HeldOut is not null).SelectMany(line => line.HeldOut!.Keys).Distinct()
            .ToArray();
        foreach (var source in sources)
            curves[sources.Length > 1 ? $"held out {source}" : "held out"] = [.. lines
                .Where(line => line.HeldOut?.ContainsKey(source) == true)
                .Select(line => ((double)line.Step, line.HeldOut![source]["loss"]))];
        FileReplacement.Write(path, stream
            => stream.Write(System.Text.Encoding.UTF8.GetBytes(LossPlot.Svg("Loss over steps", "steps", "nats a token",
            curves))));
    }

    /// <summary>What was measured on held-out texts after a step; null where nothing was.</summary>
    internal static IReadOnlyDictionary<string, Dictionary<string, double>>? HeldOutAt(string output, long step)
        => !File.Exists(LinesPath(output)) ? null
            : Read(LinesPath(output)).LastOrDefault(line => line.Step == step && line.HeldOut is not null)?.HeldOut;

    /// <summary>What a run gained on the held-out texts of each source, where they were measured before it too.
    /// </summary>
    internal static IEnumerable<string> Gained(string output, long step)
    {
        if (step == 0 || HeldOutAt(output, 0) is not { } before || HeldOutAt(output, step) is not { } after)
            yield break;
        foreach (var (source, values) in after)
        {
            var (first, last) = (before[source]["loss"], values["loss"]);
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Held-out loss of {source}: {first:0.000} before, {last:0.000} after ({last / first - 1:+0.0%;-0.0%}).");
        }
    }

    // What a killed run did after its last checkpoint is done again, and told again.
    static void Keep(string path, long step)
    {
        var kept = Read(path).Where(line => step > 0 && line.Step <= step).ToArray();
        FileReplacement.Write(path, stream =>
        {
            foreach (var line in kept)
            {
                JsonSerializer.Serialize(stream, line, TrainingOptions.Line);
                stream.WriteByte((byte)'\n');
            }
        });
    }

    // The last line may have been cut with its writer.
    static LogLine[] Read(string path) => [.. File.ReadLines(path).Where(line => line.EndsWith('}'))
        .Select(line => JsonSerializer.Deserialize<LogLine>(line, TrainingOptions.Line)!)];

    static string LinesPath(string output) => Path.Combine(output, "log.jsonl");

    void Plot(LogLine line)
    {
        if (line.Loss is { } loss) _events.Add("loss", line.Step, loss);
        foreach (var (name, value) in line.Sources ?? s_none) _events.Add($"loss of {name}", line.Step, value);
        foreach (var (name, value) in line.Terms ?? s_none) _events.Add(name, line.Step, value);
        _events.Add("gradient norm", line.Step, line.GradientNorm);
        _events.Add("rate", line.Step, line.Rate);
        _events.Add("tokens per second", line.Step, line.TokensPerSecond);
        foreach (var (source, values) in line.HeldOut ?? [])
            foreach (var (name, value) in values)
                _events.Add($"held-out {name}{(_options.Sources.Count > 1 ? $" of {source}" : "")}", line.Step, value);
        _events.Add("epoch", line.Step, line.Epoch);
        _events.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _events.Dispose();
    }
}

/// <summary>A line of the log: means since the line before.</summary>
sealed record LogLine
{
    public long Step { get; init; }

    /// <summary>How often every text was seen, on the average.</summary>
    public double Epoch { get; init; }

    /// <summary>Null before the first step.</summary>
    public double? Loss { get; init; }

    /// <summary>Of a mixture, the cross-entropy of each source's labels.</summary>
    public IReadOnlyDictionary<string, double>? Sources { get; init; }

    /// <summary>The terms of the loss beside that of the words.</summary>
    public IReadOnlyDictionary<string, double>? Terms { get; init; }

    public double GradientNorm { get; init; }

    public double Rate { get; init; }

    /// <summary>Of each source with held-out texts: the loss and the measures on them, by their names.</summary>
    public Dictionary<string, Dictionary<string, double>>? HeldOut { get; init; }

    public long InputTokens { get; init; }

    public long TargetTokens { get; init; }

    public double TokensPerSecond { get; init; }

    public double Seconds { get; init; }

    public long MegabytesOfMemory { get; init; }
}
