using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Training.Reports;

/// <summary>
/// Tells of a run: a line of progress, a line of JSON, TensorBoard's events, and a drawing of the loss.
/// </summary>
sealed class RunLog : IDisposable
{
    static readonly IReadOnlyDictionary<string, double> s_none = new Dictionary<string, double>();

    readonly TrainingOptions _options;
    readonly TextWriter _progress;
    readonly StreamWriter _lines;
    readonly TensorBoardLog _events;
    readonly List<double> _losses = [];
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
        _losses.Add(report.Loss);
        var state = report.State;
        if (state.Step % _options.LogEvery != 0 && report.HeldOut is null && state.Step != _options.Steps) return;
        var seconds = Math.Max(1e-9, state.Seconds - _before.Seconds);
        var line = new LogLine
        {
            Step = state.Step,
            Epoch = Math.Round(report.Epoch, 4),
            Loss = _losses.Average(),
            Terms = report.Terms is { Count: > 0 } terms ? terms : null,
            GradientNorm = report.GradientNorm,
            Rate = report.Rate,
            HeldOut = report.HeldOut?.Loss,
            HeldOutSalience = report.HeldOut?.Salience,
            Rouge1 = report.HeldOut?.Written?.One,
            Rouge2 = report.HeldOut?.Written?.Two,
            RougeL = report.HeldOut?.Written?.L,
            ExactMatch = report.HeldOut?.Written?.ExactMatch,
            F1 = report.HeldOut?.Written?.F1,
            HeldOutLabels = report.HeldOut?.Labels,
            InputTokens = state.InputTokens,
            TargetTokens = state.TargetTokens,
            TokensPerSecond = (state.InputTokens - _before.InputTokens) / seconds,
            Seconds = state.Seconds,
            MegabytesOfMemory = Process.GetCurrentProcess().WorkingSet64 >> 20,
        };
        _lines.WriteLine(JsonSerializer.Serialize(line, TrainingOptions.Line));
        Plot(line);
        var left = TimeSpan.FromSeconds(seconds / (state.Step - _before.Step) * (_options.Steps - state.Step));
        _progress.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {line.Step}/{_options.Steps}  epoch {line.Epoch:F2}  loss {line.Loss:F3}  norm "
                + $"{line.GradientNorm:F2}  rate {line.Rate:G3}  {line.TokensPerSecond:F0} tokens/s"
            + $"  {line.InputTokens / 1e6:F2} M tokens  {(int)left.TotalHours}:{left:mm\\:ss} left  "
                + $"{line.MegabytesOfMemory} MB")
            + string.Concat((line.Terms ?? s_none)
                .Select(term => string.Create(CultureInfo.InvariantCulture, $"  {term.Key} {term.Value:F3}")))
            + (line.HeldOut is { } heldOut ? string.Create(CultureInfo.InvariantCulture, $"  held out {heldOut:F3}")
                : "")
            + (line.HeldOutSalience is { } missed
                ? string.Create(CultureInfo.InvariantCulture, $", salience {missed:F3}") : "")
            + (line.Rouge1 is { } one ? string.Create(CultureInfo.InvariantCulture, $"  ROUGE {one:F1} / "
                + $"{line.Rouge2:F1} / {line.RougeL:F1}  EM {line.ExactMatch:F1}  F1 {line.F1:F1}") : "")
            + string.Concat((line.HeldOutLabels ?? s_none)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"  {one.Key} {one.Value:G4}"))));
        _losses.Clear();
        _before = state;
    }

    /// <summary>Draws the loss of a run from its log.</summary>
    public static void Draw(string output, string path)
    {
        var lines = Read(LinesPath(output));
        if (lines.Length == 0) throw new ArgumentException($"{LinesPath(output)} has no line to draw.");
        var curves = new Dictionary<string, IReadOnlyList<(double, double)>>
        {
            ["loss"] = [.. lines.Select(line => ((double)line.Step, line.Loss))],
        };
        if (lines.Any(line => line.HeldOut is not null))
            curves["held out"] = [.. lines.Where(line => line.HeldOut is not null)
                .Select(line => ((double)line.Step, line.HeldOut!.Value))];
        FileReplacement.Write(path, stream
            => stream.Write(System.Text.Encoding.UTF8.GetBytes(LossPlot.Svg("Loss over steps", "steps", "nats a token",
            curves))));
    }

    // What a killed run did after its last checkpoint is done again, and told again.
    static void Keep(string path, long step)
    {
        var kept = Read(path).Where(line => line.Step <= step).ToArray();
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
        _events.Add("loss", line.Step, line.Loss);
        foreach (var (name, value) in line.Terms ?? s_none) _events.Add(name, line.Step, value);
        _events.Add("gradient norm", line.Step, line.GradientNorm);
        _events.Add("rate", line.Step, line.Rate);
        _events.Add("tokens per second", line.Step, line.TokensPerSecond);
        if (line.HeldOut is { } heldOut) _events.Add("held-out loss", line.Step, heldOut);
        if (line.HeldOutSalience is { } missed) _events.Add("held-out salience", line.Step, missed);
        if (line.Rouge1 is { } one) _events.Add("ROUGE-1", line.Step, one);
        if (line.Rouge2 is { } two) _events.Add("ROUGE-2", line.Step, two);
        if (line.RougeL is { } longest) _events.Add("ROUGE-L", line.Step, longest);
        if (line.ExactMatch is { } exact) _events.Add("exact match", line.Step, exact);
        foreach (var (name, value) in line.HeldOutLabels ?? s_none) _events.Add($"held-out {name}", line.Step, value);
        if (line.F1 is { } f1) _events.Add("F1", line.Step, f1);
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

    public double Loss { get; init; }

    /// <summary>The terms of the loss beside that of the words.</summary>
    public IReadOnlyDictionary<string, double>? Terms { get; init; }

    public double GradientNorm { get; init; }

    public double Rate { get; init; }

    public double? HeldOut { get; init; }

    public double? HeldOutSalience { get; init; }

    public double? Rouge1 { get; init; }

    public double? Rouge2 { get; init; }

    public double? RougeL { get; init; }

    public double? ExactMatch { get; init; }

    public double? F1 { get; init; }

    /// <summary>The measures of a head of labels on the held-out texts.</summary>
    public IReadOnlyDictionary<string, double>? HeldOutLabels { get; init; }

    public long InputTokens { get; init; }

    public long TargetTokens { get; init; }

    public double TokensPerSecond { get; init; }

    public double Seconds { get; init; }

    public long MegabytesOfMemory { get; init; }
}
