using System.Text;

namespace LongT5.Documents;

/// <summary>The words of a block as they are read: what typesetting put between and into them is taken out.</summary>
static class ReadingText
{
    private const string CellParting = " | ";

    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    /// <summary>
    /// White space becomes one blank, lines are trimmed and empty ones left out, ligatures are letters again; soft
    /// hyphens, invisible marks and control characters go. Code keeps its lines and blanks; a tab parts the cells of a
    /// table.
    /// </summary>
    public static string Of(string raw, BlockKind kind)
    {
        var text = new StringBuilder(raw.Length);
        var gap = '\0';
        foreach (var c in raw)
        {
            if (IsInvisible(c)) continue;
            if (c is '\n' or '\u2028' or '\u2029')
                gap = '\n';
            else if (c == '\t' && kind == BlockKind.Table)
                gap = gap == '\n' ? gap : '|';
            else if (kind == BlockKind.Code && c is ' ' or '\t' or '\u00A0')
                Indent(c == '\t' ? "    " : " ");
            else if (char.IsWhiteSpace(c))
                gap = gap == '\0' ? ' ' : gap;
            else
                Append(c);
        }
        return text.ToString().TrimEnd();

        void Append(char c)
        {
            if (gap == '|' && text.Length > 0) text.Append(CellParting);
            else if (gap != '\0' && text.Length > 0 && !(gap == ' ' && HasNoBlanks(text[^1]) && HasNoBlanks(c)))
                text.Append(gap);
            gap = '\0';
            if (c is >= '\uFB00' and <= '\uFB06') text.Append(Ligatures[c - '\uFB00']);
            else text.Append(c);
        }

        void Indent(string blanks)
        {
            if (gap == '\n' && text.Length > 0) text.Append(gap);
            gap = '\0';
            text.Append(blanks);
        }
    }

    /// <summary>
    /// Chinese and Japanese are written without blanks; one between two of their letters is a broken line.
    /// </summary>
    private static bool HasNoBlanks(char c) => c is >= '\u2E80' and <= '\u30FF' or >= '\u3400' and <= '\u9FFF'
        or >= '\uF900' and <= '\uFAFF' or >= '\uFF00' and <= '\uFFEF';

    private static bool IsInvisible(char c) => c switch
    {
        '\t' or '\n' or '\v' or '\f' or '\r' or '\u0085' => false,
        '\u00AD' or '\u200B' or '\u2060' or '\uFEFF' or '\uFFFE' or '\uFFFF' => true,
        _ => char.IsControl(c),
    };
}
