using System.Text;
using System.Text.RegularExpressions;

namespace LongT5.Documents.Subtitles;

/// <summary>SubRip and WebVTT: what was said, without the times, a paragraph for each turn of a speaker.</summary>
static partial class SubtitleReader
{
    /// <summary>
    /// A pause after which a new paragraph begins, in seconds, and the length after which a sentence's end ends it.
    /// </summary>
    private const double Pause = 4;
    private const int LongParagraph = 700;

    public static Document Read(Source source, DocumentFormat format)
    {
        var text = PlainText.Decode(source.Bytes, source.Name, out var note);
        var cues = Cue.Parse(text, format == DocumentFormat.WebVtt);
        if (Rolls(text, cues)) cues = Unrolled(cues);
        var language = format == DocumentFormat.WebVtt && Language().Match(text) is { Success: true } said
            ? said.Groups[1].Value : null;
        return new(format, Paragraphs(cues).Select(words => new Block(BlockKind.Paragraph, words)))
        {
            Language = language,
            Notes = note is null ? [] : [note],
        };
    }

    private static IEnumerable<string> Paragraphs(List<Cue> cues)
    {
        var paragraph = new StringBuilder();
        Cue? before = null;
        string? named = null;
        foreach (var cue in cues)
        {
            var isTurn = before is null || cue.Speaker != before.Speaker;
            var isPause = before is { End: >= 0 } && cue.Start - before.End > Pause;
            if ((isTurn || isPause && Ends(paragraph) || paragraph.Length > LongParagraph && Ends(paragraph))
                && paragraph.Length > 0)
            {
                yield return paragraph.ToString();
                paragraph.Clear();
            }
            if (cue.Speaker is { } speaker && (isTurn || paragraph.Length == 0) && speaker != named)
                paragraph.Append(speaker).Append(": ");
            named = cue.Speaker;
            foreach (var line in cue.Lines)
            {
                if (Turn().Match(line) is { Success: true } turn && paragraph.Length > 0 && cue.Speaker is null)
                {
                    yield return paragraph.ToString();
                    paragraph.Clear();
                }
                if (paragraph.Length > 0 && paragraph[^1] != ' ') paragraph.Append(' ');
                paragraph.Append(Dash().Replace(line, ""));
            }
            before = cue;
        }
        if (paragraph.Length > 0) yield return paragraph.ToString();
    }

    private static bool Ends(StringBuilder text) => text.Length > 0 && text[^1] is '.' or '!' or '?' or '"' or '”'
        or '…' or '。';

    /// <summary>Whether each line is shown again above the next one, as automatic captions are.</summary>
    private static bool Rolls(string text, List<Cue> cues)
    {
        var repeats = cues.Zip(cues.Skip(1)).Count(pair => pair.First.Lines[^1] == pair.Second.Lines[0]);
        return repeats * 3 > cues.Count && cues.Count > 3 || repeats > 0 && WordTime().IsMatch(text);
    }

    /// <summary>Each line once: what a cue repeats from the one before is left away.</summary>
    private static List<Cue> Unrolled(List<Cue> cues)
    {
        var once = new List<Cue>();
        IReadOnlyList<string> shown = [];
        foreach (var cue in cues)
        {
            var repeated = Math.Min(shown.Count, cue.Lines.Count);
            while (repeated > 0 && !shown.TakeLast(repeated).SequenceEqual(cue.Lines.Take(repeated))) repeated--;
            if (repeated < cue.Lines.Count) once.Add(cue with { Lines = [.. cue.Lines.Skip(repeated)] });
            shown = cue.Lines;
        }
        return once;
    }

    /// <summary>Where another speaker begins: a name in capitals and a colon, or the dash of a dialogue.</summary>
    [GeneratedRegex(@"\A(?:\p{Lu}[\p{Lu}\d .'’-]{1,40}:(?=\s|\z)|>>|[-–—]\s?\p{Lu})")]
    private static partial Regex Turn();

    [GeneratedRegex(@"\A(?:>>+|[-–—](?=\s?\p{Lu}))\s*")]
    private static partial Regex Dash();

    [GeneratedRegex(@"<\d\d:[\d:.]+>")]
    private static partial Regex WordTime();

    [GeneratedRegex(@"\AWEBVTT[^\n]*\n(?:[^\n]+\n)*?Language:\s*([A-Za-z-]{2,12})")]
    private static partial Regex Language();
}
