using System.Diagnostics;
using LongT5.Tasks;

namespace LongT5.Cli;

/// <summary>
/// One line on stderr that says what is going on, how far it is and how long it will take; nothing where nobody looks.
/// </summary>
sealed class Progress : IProgress<GenerationProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly Lock Gate = new();
    private static int s_width;

    private readonly Stopwatch _phase = Stopwatch.StartNew();
    private string _name = "";
    private int _parts;
    private TimeSpan _last = -Interval;

    /// <param name="subject">What is worked on: a file's name.</param>
    public Progress(string subject) => Subject = subject;

    /// <summary>What is worked on; it may say how that goes.</summary>
    public string Subject { get; set; }

    /// <summary>A progress for this subject, or null where nobody looks.</summary>
    public static Progress? For(string subject) => Terminal.IsWatched ? new Progress(subject) : null;

    /// <inheritdoc/>
    public void Report(GenerationProgress value)
    {
        lock (Gate)
        {
            // Of a text in parts, the time left is that of all of them.
            if (value.Parts == 0 && _name != value.Phase || _parts != value.Parts)
            {
                (_name, _parts) = (value.Phase, value.Parts);
                _phase.Restart();
                _last = -Interval;
            }
            if (_phase.Elapsed - _last < Interval)
                return;
            _last = _phase.Elapsed;
            var share = value.Total > 0 ? Math.Clamp(value.Done / value.Total, 0, 1) : 0;
            var (part, all) = value.Parts == 0 ? ("", share) : ($"part {value.Part} of {value.Parts}, ",
                (value.Part - 1 + (share + (value.Phase == "reading" ? 0 : 1)) / 2) / value.Parts);
            var left = all is > 0.02 and < 1 ? $", {Duration(_phase.Elapsed * ((1 - all) / all))} left" : "";
            Draw($"{Subject}: {part}{value.Phase} {100 * share:0}%{left}");
        }
    }

    /// <summary>The same until words come: those are progress enough, and may share the screen with the line.</summary>
    public IProgress<GenerationProgress> UntilWriting() => new Reading(this);

    /// <summary>Takes the line away.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            if (s_width > 0)
                Terminal.Error.Write($"\r{new string(' ', s_width)}\r");
            s_width = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    /// <summary>A duration as people say it: 8 s, 3 min 20 s, 2 h 5 min.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "under 1 s",
        { TotalMinutes: < 1 } => $"{time.TotalSeconds:0} s",
        { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes} min",
    };

    private static void Draw(string line)
    {
        var room = Math.Max(20, WindowWidth() - 1);
        if (line.Length > room)
            line = line[..room];
        Terminal.Error.Write($"\r{line.PadRight(s_width)}");
        s_width = line.Length;
    }

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    private sealed class Reading(Progress progress) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            if (value.Phase == "reading")
                progress.Report(value);
        }
    }
}
