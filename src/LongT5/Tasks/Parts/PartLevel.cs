using System.Text;
using LongT5.Text;

namespace LongT5.Tasks.Parts;

/// <summary>The text of one level of merging, and where in the document its pieces come from.</summary>
sealed class PartLevel
{
    /// <summary>What stands between the summaries of two parts.</summary>
    public const string Parting = "\n\n";

    private const int MostPassages = 3;

    private readonly string _document;
    private readonly int _depth = 1;
    private readonly List<(int Start, SummaryPart Origin)> _pieces = [];
    private readonly List<(int Start, int End, IReadOnlyList<Passage> Passages)> _sentences = [];

    /// <summary>The first level: the document itself.</summary>
    public PartLevel(InputText text) => (Text, _document) = (text, text.Text);

    private PartLevel(InputText text, PartLevel below)
        => (Text, _document, _depth) = (text, below._document, below._depth + 1);

    /// <summary>The text, and where parts of it may begin.</summary>
    public InputText Text { get; }

    /// <summary>The summaries of its parts as the text of the next level.</summary>
    /// <remarks>
    /// Each sentence stands alone, so that none is taken for a piece of another: they are the document's own, and what
    /// quotes them quotes it.
    /// </remarks>
    /// <param name="ranges">The parts.</param>
    /// <param name="written">Their summaries, with passages of the document.</param>
    public PartLevel Join(IReadOnlyList<Range> ranges, IReadOnlyList<GeneratedText> written)
    {
        var (text, breaks) = (new StringBuilder(), new List<TextBreak>());
        var next = new List<(int Start, int End, IReadOnlyList<Passage> Passages)>();
        var pieces = new List<(int, SummaryPart)>();
        foreach (var (range, summary) in ranges.Zip(written))
        {
            foreach (var (i, sentence) in summary.SentenceTexts.Index())
            {
                if (text.Length > 0) text.Append(Parting);
                if (i == 0)
                {
                    breaks.Add(new(text.Length));
                    pieces.Add((text.Length, Part(range, summary)));
                }
                text.Append(sentence);
                if (summary.Passages?[i] is { } passages)
                    next.Add((text.Length - sentence.Length, text.Length, passages));
            }
        }
        var joined = new PartLevel(new(text.ToString()) { Breaks = breaks }, this);
        joined._pieces.AddRange(pieces);
        joined._sentences.AddRange(next);
        return joined;
    }

    /// <summary>A part of this level, by its place in the document.</summary>
    public SummaryPart Part(Range range, GeneratedText summary)
    {
        var (start, end, heading) = (range.Start.Value, range.End.Value, Heading(range.Start.Value));
        if (_depth > 1)
        {
            var first = Math.Max(0, _pieces.FindLastIndex(piece => piece.Start <= start));
            var last = _pieces.FindLastIndex(piece => piece.Start < end);
            (start, end, heading) = (_pieces[first].Origin.Start, _pieces[last].Origin.End,
                _pieces[first].Origin.Heading);
        }
        return new(start, end, summary.Text)
        {
            Heading = heading,
            Level = _depth,
            InputTokens = summary.InputTokens,
            OutputTokens = summary.OutputTokens,
        };
    }

    /// <summary>A summary of a part whose passages are those of the document.</summary>
    /// <param name="range">The part.</param>
    /// <param name="summary">Its summary, with passages of the part alone.</param>
    public GeneratedText InDocument(Range range, GeneratedText summary)
    {
        if (summary.Passages is null) return summary;
        var start = range.Start.Value;
        while (start < range.End.Value && char.IsWhiteSpace(Text.Text[start])) start++;
        return summary with
        {
            Passages = [.. summary.Passages.Select(passages => (IReadOnlyList<Passage>)[.. passages
                .SelectMany(passage => InDocument(passage, start))
                .GroupBy(passage => (passage.Start, passage.End))
                .Select(same => same.MaxBy(passage => passage.Weight)!)
                .OrderByDescending(passage => passage.Weight).Take(Math.Max(MostPassages, passages.Count))])],
        };
    }

    /// <summary>The summaries of parts as one text.</summary>
    public static string Joined(IEnumerable<GeneratedText> written)
        => string.Join(Parting, written.Select(one => one.Text).Where(one => one.Length > 0));

    // A sentence of a summary leads to what was read for it.
    private IEnumerable<Passage> InDocument(Passage passage, int shift)
    {
        var (start, end) = (passage.Start + shift, passage.End + shift);
        return _depth == 1 ? [new(start, end, _document[start..end], passage.Weight)]
            : _sentences.Where(sentence => sentence.Start < end && sentence.End > start)
                .SelectMany(sentence => sentence.Passages)
                .Select(origin => origin with { Weight = origin.Weight * passage.Weight });
    }

    private string? Heading(int start)
        => Text.Breaks?.LastOrDefault(one => one.Heading is not null && one.Start <= start)?.Heading;
}
