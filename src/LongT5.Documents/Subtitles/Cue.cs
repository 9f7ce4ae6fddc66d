using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace LongT5.Documents.Subtitles;

/// <summary>What is shown for some seconds: the lines of one speaker.</summary>
/// <param name="Speaker">Who speaks, where the file says it apart from the words.</param>
/// <param name="Lines">The words, without tags.</param>
/// <param name="Start">When it appears, in seconds; negative where the file does not say it soundly.</param>
/// <param name="End">When it goes.</param>
sealed partial record Cue(string? Speaker, IReadOnlyList<string> Lines, double Start, double End)
{
    private const int LongestName = 60;

    /// <summary>The cues of SubRip and of WebVTT, which differ in what stands around them.</summary>
    public static List<Cue> Parse(string text, bool isVtt)
    {
        var cues = new List<Cue>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            var line = lines[at++];
            if (isVtt && VttAside().IsMatch(line) && (at < 2 || string.IsNullOrWhiteSpace(lines[at - 2])))
                while (at < lines.Length && !string.IsNullOrWhiteSpace(lines[at])) at++;
            if (!line.Contains("-->", StringComparison.Ordinal)) continue;
            var end = at;
            // WebVTT ends a cue with a blank line; SubRip files have blank lines inside, so the next number and time
            // end it.
            while (end < lines.Length && !(isVtt
                ? string.IsNullOrWhiteSpace(lines[end]) && end > at : IsNext(lines, end))) end++;
            cues.AddRange(Spoken(string.Join('\n', lines[at..end]), Times(line)));
            at = end;
        }
        return cues;
    }

    private static bool IsNext(string[] lines, int at)
        => lines[at].Contains("-->", StringComparison.Ordinal)
            || at + 1 < lines.Length && int.TryParse(lines[at], out _) && lines[at + 1]
                .Contains("-->", StringComparison.Ordinal);

    private static IEnumerable<Cue> Spoken(string text, (double Start, double End) times)
    {
        var at = 0;
        string? speaker = null;
        foreach (Match voice in Voice().Matches(text))
        {
            if (Of(speaker, text[at..voice.Index]) is { } before) yield return before;
            var name = WebUtility.HtmlDecode(voice.Groups["name"].Value.Trim());
            speaker = name.Length is > 0 and <= LongestName ? name : null;
            at = voice.Index + voice.Length;
        }
        if (Of(speaker, text[at..]) is { } last) yield return last;

        Cue? Of(string? name, string words)
        {
            var shown = WebUtility.HtmlDecode(Tag().Replace(words, "")).Split('\n').Select(line => line.Trim())
                .Where(line => line.Length > 0 && !Sound().IsMatch(line)).ToList();
            return shown.Count > 0 ? new(name, shown, times.Start, times.End) : null;
        }
    }

    private static (double Start, double End) Times(string line)
        => Time().Matches(line) is [var start, var end, ..] ? (Seconds(start), Seconds(end)) : (-1, -1);

    private static double Seconds(Match time)
        => Number(time, "h") * 3600 + Number(time, "m") * 60 + Number(time, "s");

    private static double Number(Match time, string part)
        => double.TryParse(time.Groups[part].Value.Replace(',', '.'), CultureInfo.InvariantCulture, out var value)
            ? value : 0;

    [GeneratedRegex(@"\A(?:NOTE|STYLE|REGION)(?=\s|\z)|\AWEBVTT(?=\s|\z)")]
    private static partial Regex VttAside();

    [GeneratedRegex(@"(?:(?<h>\d{1,4}):)?(?<m>\d{1,2}):(?<s>\d{1,2}[.,]\d{1,3})")]
    private static partial Regex Time();

    [GeneratedRegex(@"<v(?:\.[^\s>]*)?[ \t]+(?<name>[^>]*)>")]
    private static partial Regex Voice();

    [GeneratedRegex(@"</?[A-Za-z][^>\n]*>|<\d[\d:.]*>|\{\\[^}\n]*\}")]
    private static partial Regex Tag();

    /// <summary>A line that only says what is to be heard: [Music], (applause), ♪.</summary>
    [GeneratedRegex(@"\A(?:[-–] ?)?(?:\[[^\]]*\]|\([^)]*\)|[♪♫#* ]+)\z")]
    private static partial Regex Sound();
}
