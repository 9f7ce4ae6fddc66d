using System.Diagnostics;
using LongT5.Tasks;

namespace LongT5.Server.Native;

/// <summary>How long a phase will still take, by how long it has taken so far.</summary>
sealed class TimeLeft
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.1);

    private readonly Stopwatch _clock = new(), _last = new();
    private string _phase = "";
    private int _part;
    private double _before;

    /// <summary>Whether progress is worth telling: it is of another phase, its end, or comes a while after the last.
    /// </summary>
    public bool IsDue(GenerationProgress progress)
    {
        if (IsSame(progress) && progress.Done < progress.Total && _last.Elapsed < s_pause) return false;
        _last.Restart();
        return true;
    }

    /// <summary>The time to the end of the phase; null where nothing has been done of it since it began.</summary>
    public TimeSpan? Of(GenerationProgress progress)
    {
        if (!IsSame(progress))
        {
            (_phase, _part, _before) = (progress.Phase, progress.Part, progress.Done);
            _clock.Restart();
            return null;
        }
        var done = progress.Done - _before;
        return done > 0 ? _clock.Elapsed * (Math.Max(0, progress.Total - progress.Done) / done) : null;
    }

    private bool IsSame(GenerationProgress progress) => progress.Phase == _phase && progress.Part == _part;
}
