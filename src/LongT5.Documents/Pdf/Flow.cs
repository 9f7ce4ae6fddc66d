namespace LongT5.Documents.Pdf;

/// <summary>
/// Joins paragraphs that go on in the next column or page, and moves what interrupts them behind them.
/// </summary>
static class Flow
{
    private const int Patience = 2;  // pages that a note or table waits for its section to end

    /// <summary>
    /// Passages in reading order, each paragraph whole. What stands at the head or foot of a column stands there for
    /// want of room and not because of its place in the text: it follows where the section ends, or two pages later.
    /// </summary>
    public static List<Passage> Join(IReadOnlyList<Passage> passages)
    {
        var isIndenting = Indents(passages);
        var joined = new List<Passage>(passages.Count);
        var waiting = new Queue<Passage>();
        Passage? open = null;
        for (var i = 0; i < passages.Count; i++)
        {
            var passage = passages[i];
            if (passage.IsFloat)
            {
                if (StandsApart(passages, i)) waiting.Enqueue(passage);
                else joined.Add(passage);
                continue;
            }
            var isParted = open is not null
                && (!ReferenceEquals(Tail(open).Column, passage.Column) || passages[i - 1].IsFloat);
            if (isParted && passage.Kind == BlockKind.Paragraph && GoesOn(open!, passage, isIndenting))
            {
                open!.Continued.Add(passage);
                continue;
            }
            // An aside in smaller letters interrupts a sentence, and the sentence goes on behind it.
            if (isParted && passage.Kind == BlockKind.Paragraph && passage.Size < 0.93 * open!.Size
                && !Script.EndsSentence(open.LastLine.Text))
            {
                joined.Add(passage);
                continue;
            }
            while (waiting.TryPeek(out var first)
                && (passage.Kind == BlockKind.Heading || passage.Lines[0].Page - first.Lines[0].Page >= Patience))
                joined.Add(waiting.Dequeue());
            joined.Add(passage);
            open = passage.Kind is BlockKind.Paragraph or BlockKind.ListItem ? passage : null;
        }
        joined.AddRange(waiting);
        return joined;
    }

    /// <summary>
    /// A note; a page of tables alone; or a table or picture with a caption at the end
    /// of a column, which its program put there.
    /// </summary>
    private static bool StandsApart(IReadOnlyList<Passage> passages, int at)
    {
        if (passages[at].Kind == BlockKind.Footnote) return true;
        var (above, below) = (Beside(-1), Beside(1));
        return !(above.IsText && below.IsText)
            && (!above.IsText && !below.IsText || above.IsCaptioned || below.IsCaptioned
            || passages[at].Kind != BlockKind.Table);

        (bool IsText, bool IsCaptioned) Beside(int step)
        {
            var isCaptioned = false;
            for (var i = at + step; i >= 0 && i < passages.Count
                && ReferenceEquals(passages[i].Column, passages[at].Column); i += step)
            {
                if (!passages[i].IsFloat) return (true, isCaptioned);
                isCaptioned |= passages[i].Kind == BlockKind.Caption;
            }
            return (false, isCaptioned);
        }
    }

    private static Passage Tail(Passage passage) => passage.Continued.Count > 0 ? passage.Continued[^1] : passage;

    private static bool GoesOn(Passage open, Passage next, bool isIndenting)
    {
        var (last, first) = (open.LastLine, next.Lines[0]);
        if (Math.Abs(last.Size - first.Size) > 0.07 * first.Size) return false;
        if (Script.IsHyphen(last.Text[^1]) && char.IsLetter(first.Text[0])) return true;
        if (char.IsLower(first.Text[0])) return !Script.EndsSentence(last.Text) || last.Text[^1] is ';' or ':' or ')'
            or '"' or '”' or '’';
        var rest = Tail(open).Column.Rest(last);
        var isFull = rest < 1.5 * last.Size || rest < first.Words[0].X1 - first.Words[0].X0;
        if (!isFull || next.IsIndented && isIndenting) return false;
        return !Script.EndsSentence(last.Text) || isIndenting && open.Kind == BlockKind.Paragraph
            && next.Lines.Count > 1 && !next.IsIndented;
    }

    /// <summary>The document begins its paragraphs further in, and not after a blank.</summary>
    private static bool Indents(IReadOnlyList<Passage> passages)
    {
        var text = passages.Where(passage => passage.Kind == BlockKind.Paragraph && passage.Lines.Count > 1).ToList();
        return text.Count(passage => passage.IsIndented) * 3 > text.Count;
    }
}
