using LongT5.Tasks;

namespace LongT5.Server.Native;

/// <summary>
/// How long a phase will still take, by how long it has taken so far; of a text in parts, all of them.
/// </summary>
sealed class TimeLeft(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.1);

    private long _begun, _last;
    private GenerationProgress _told;
    private (string Phase, int Parts) _of;
    private double _before;

    /// <summary>Whether progress is worth telling: it is of another phase, its end, or comes a while after the last.
    /// </summary>
    public bool IsDue(GenerationProgress progress)
    {
        var isSame = (progress.Phase, progress.Part) == (_told.Phase, _told.Part);
        if (isSame && progress.Done < progress.Total && time.GetElapsedTime(_last) < s_pause) return false;
        _last = time.GetTimestamp();
        _told = progress;
        return true;
    }

    /// <summary>The time to the end; null where nothing has been done since it began.</summary>
    public TimeSpan? Of(GenerationProgress progress)
    {
        var share = Share(progress);
        if (_of != (progress.Parts > 0 ? "" : progress.Phase, progress.Parts))
        {
            (_of, _before) = ((progress.Parts > 0 ? "" : progress.Phase, progress.Parts), share);
            _begun = time.GetTimestamp();
            return null;
        }
        var done = share - _before;
        return done > 0 ? time.GetElapsedTime(_begun) * (Math.Max(0, 1 - share) / done) : null;
    }

    /// <summary>How much is done, from 0 to 1; reading and writing a part are reckoned half of it each.</summary>
    private static double Share(GenerationProgress progress)
    {
        var share = progress.Total > 0 ? progress.Done / progress.Total : 0;
        return progress.Parts == 0 ? share
            : (progress.Part - 1 + (share + (progress.Phase == "reading" ? 0 : 1)) / 2) / progress.Parts;
    }
}
