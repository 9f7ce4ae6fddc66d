using System.Globalization;
using LongT5.Generation;

namespace LongT5.Tasks;

/// <summary>What holds for a summary beyond what the model writes.</summary>
/// <param name="Quotes">Whether the model only quotes, so that a text that is short enough is its own summary.</param>
/// <param name="Quoting">Whether only whole sentences of the text may be written.</param>
/// <param name="MayShorten">Whether the least length is the checkpoint's, and yields to the
/// length of the text, not the call's.</param>
/// <param name="LeastScore">The log-probability of a token, on average, below which the model itself doubts what it
/// wrote; null where nobody measured it.</param>
sealed record SummaryRules(bool Quotes, Quoting Quoting, bool MayShorten, double? LeastScore)
{
    /// <summary>Whether it is one of many that are joined: each ends at its limit, and nobody need be told.</summary>
    public bool IsOfPart { get; init; }

    /// <summary>Fewer tokens hold no sentence of most texts.</summary>
    public const int LeastTokens = 48;

    /// <summary>A summary need never be longer than this share of its text.</summary>
    private const int Share = 4;

    /// <summary>The options for a text of so many tokens.</summary>
    /// <param name="options">Resolved.</param>
    /// <param name="tokens">Of the text.</param>
    /// <param name="givesBack">Whether the text itself is short enough to be its summary.</param>
    public GenerationOptions Fit(GenerationOptions options, int tokens, out bool givesBack)
    {
        var least = options.MinNewTokens ?? Math.Max(0, (options.MinLength ?? 0) - 1);
        var most = options.MaxNewTokens ?? options.MaxLength!.Value - 1;
        givesBack = MayShorten && tokens <= (Quotes ? most : least);
        return MayShorten && least > tokens / Share
            ? options with { MinNewTokens = tokens / Share, MinLength = null } : options;
    }

    /// <summary>
    /// The most tokens of the summary of a section of so many: half, or half of that, and so on, of what is asked for,
    /// until it is no more than a quarter of the section; but room for a sentence or two.
    /// </summary>
    public static int MostOfSection(TextOptions options, int tokens)
    {
        var most = InputLimit.MostNewTokens(options);
        while (most > tokens / Share && most >= 2 * LeastTokens)
            most /= 2;
        return most;
    }

    /// <summary>What a reader should know of a summary, a sentence each.</summary>
    /// <param name="writer">What made it.</param>
    /// <param name="written">What the model wrote.</param>
    /// <param name="score">Its log-probability, divided by its tokens.</param>
    public IEnumerable<string> Problems(ISummaryWriter writer, GeneratedText written, double score)
    {
        var away = writer.LeftAway == 0 ? "" : $"; its last {writer.LeftAway} tokens were left away";
        if (writer.EndedBy is { } reason)
            yield return $"the summary ends early, because {reason}{away}.";
        else if (written.IsOutputCut && !IsOfPart)
            yield return $"the summary reached its limit, after {written.OutputTokens} "
                + $"tokens{(away.Length > 0 ? ", within a sentence" + away : "")}.";
        if (writer.Lost > 0)
            yield return $"{writer.Lost} signs that the model's vocabulary lacks are missing in the summary.";
        if (Quoting == Quoting.Free && score < LeastScore)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"the model itself finds this summary unlikely ({score:0.00} a token, where {LeastScore:0.00} and "
                    + $"more is usual): it may mean nothing.");
    }
}
