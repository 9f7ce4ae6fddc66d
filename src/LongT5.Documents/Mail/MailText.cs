using System.Text;

namespace LongT5.Documents.Mail;

/// <summary>The plain text of an e-mail: paragraphs out of lines that were broken for terminals.</summary>
static class MailText
{
    /// <summary>A line this long was broken by a program, a shorter one by its writer.</summary>
    private const int Broken = 50;

    /// <summary>The blocks of a message; what it quotes loses its marks, and the signature is furniture.</summary>
    /// <param name="text">The text as it was sent.</param>
    /// <param name="isFlowed">Whether a blank at a line's end says that the line goes on (RFC 3676).</param>
    public static IEnumerable<Block> Blocks(string text, bool isFlowed)
    {
        var paragraph = new StringBuilder();
        var kind = BlockKind.Paragraph;
        var isSignature = false;
        var last = "";
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var depth = Depth(raw, out var line);
            isSignature |= depth == 0 && line is "-- " or "--";
            var found = isSignature ? BlockKind.Furniture : depth > 0 ? BlockKind.Quotation : BlockKind.Paragraph;
            if (paragraph.Length > 0 && (found != kind || string.IsNullOrWhiteSpace(line)))
            {
                yield return new(kind, paragraph.ToString());
                paragraph.Clear();
            }
            kind = found;
            if (string.IsNullOrWhiteSpace(line) || line is "-- " or "--") continue;
            if (paragraph.Length > 0) paragraph.Append(isFlowed ? last.EndsWith(' ') ? "" : "\n" : last.Length >= Broken
                ? ' ' : '\n');
            paragraph.Append(line);
            last = line;
        }
        if (paragraph.Length > 0) yield return new(kind, paragraph.ToString());
    }

    /// <summary>How often a line is quoted, and the line without the marks.</summary>
    private static int Depth(string raw, out string line)
    {
        var depth = 0;
        var at = 0;
        while (at < raw.Length && raw[at] == '>')
        {
            depth++;
            at++;
            if (at + 1 < raw.Length && raw[at] == ' ' && raw[at + 1] == '>') at++;
        }
        // RFC 3676 stuffs a blank before what would look like a mark; mail programs write one behind it.
        line = at < raw.Length && raw[at] == ' ' && (depth > 0 || at == 0 && raw.Length > 1)
            ? raw[(at + 1)..] : raw[at..];
        return depth;
    }
}
