using System.Text;

namespace LongT5.Documents.Pdf;

/// <summary>
/// Words on one baseline, from left to right: of a whole page at first, of one column when it was cut.
/// </summary>
sealed class Line
{
    public Line(int page, IReadOnlyList<Word> words)
    {
        (Page, Words) = (page, words);
        X0 = words.Min(word => word.X0);
        X1 = words.Max(word => word.X1);
        var main = words.GroupBy(word => Math.Round(word.Size * 4)).MaxBy(same => same.Sum(word => word.Text.Length))!;
        Size = main.Average(word => word.Size);
        Y = main.First().Y;
        Order = words.Min(word => word.Order);
        IsRightToLeft = RightToLeft.Leads(words);
        Text = Joined(words);
    }

    /// <summary>From 1.</summary>
    public int Page { get; }

    public IReadOnlyList<Word> Words { get; }

    public double X0 { get; private set; }

    public double X1 { get; }

    /// <summary>The baseline of most of its letters.</summary>
    public double Y { get; }

    /// <summary>The size of most of its letters.</summary>
    public double Size { get; }

    /// <summary>Its place in the file's own order.</summary>
    public int Order { get; }

    public bool IsRightToLeft { get; }

    /// <summary>All its words, in the order in which they are read.</summary>
    public string Text { get; }

    public double Width => X1 - X0;

    public bool Is(FontStyle style) => Words.All(word => word.Style.HasFlag(style) || !word.Text.Any(char.IsLetter))
        && Words.Any(word => word.Style.HasFlag(style));

    /// <summary>A line beside a drop cap begins where the drop cap begins.</summary>
    public void BeginAt(double x0) => X0 = Math.Min(X0, x0);

    /// <summary>The text without the raised signs that stand for notes of the same page.</summary>
    public string TextWithout(IReadOnlySet<(int Page, string Mark)> marks)
    {
        if (!Words.Any(IsMark)) return Text;
        var words = Words.Where(word => !IsMark(word)).ToList();
        return words.Count == 0 ? Text : Joined(words);

        bool IsMark(Word word) => word.IsRaised && word != Words[0] && marks.Contains((Page, word.Text));
    }

    /// <summary>
    /// The words as a reader says them: one blank between them, none where they touch or where the script has none.
    /// </summary>
    public static string Joined(IReadOnlyList<Word> words)
    {
        var text = new StringBuilder();
        Word? last = null;
        foreach (var word in RightToLeft.Leads(words) ? RightToLeft.Ordered(words) : words)
        {
            // A raised sign at the start of a line is a note's own, and its text follows after a blank.
            var isParted = !word.IsGlued || last is { IsRaised: true } && ReferenceEquals(last, words[0]);
            if (last is not null && isParted
                && !(Script.HasNoBlanks(text[^1], word.Text[0]) && word.X0 - last.X1 < word.Size))
                text.Append(' ');
            text.Append(word.Text);
            last = word;
        }
        return text.ToString();
    }
}
