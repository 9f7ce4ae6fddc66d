using System.Buffers;

namespace LongT5.Text;

/// <summary>Where the sentences of a text are.</summary>
public static class Sentences
{
    // A bracket, and what is looked for behind a full stop within it, is no longer than this.
    private const int LongestAside = 200;

    // "[12]", "[^note]", "[citation needed]" behind a full stop.
    private const int LongestReference = 20;

    // A piece of so many lines with fewer words on each is a list.
    private const int FewestOfList = 3, WordsOfLine = 3;

    private static readonly SearchValues<char> Candidates = SearchValues.Create(
        ".!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964\n");

    private static readonly SearchValues<char> Closing = SearchValues.Create("\"'\u201d\u2019\u00bb)]\u300d\u300f_*");

    private static readonly SearchValues<char> Opening = SearchValues.Create("\"'\u201c\u2018\u00ab([_*\u2014-");

    private static readonly string[] Farewells =
        ["sincerely", "yours", "regards", "best", "kind regards", "warm regards", "respectfully", "cheers", "thanks",
            "many thanks", "cordially", "love"];

    /// <summary>The sentences of prose, in order, without the white space around them.</summary>
    /// <remarks>
    /// A sentence ends at a full stop, mark or ellipsis, with the quotes and brackets that close behind it, if what
    /// follows can start one; not behind titles, initials and abbreviations, and not inside a bracket within it. An
    /// empty line, a heading, a list item, a line of a table of contents, and a line that was broken on purpose end one
    /// too; a line that is merely full does not. Everything but white space is in some sentence, headings too: see
    /// <see cref="IsWhole"/>. Linear in the length of the text.
    /// </remarks>
    public static IReadOnlyList<Range> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sentences = new List<Range>();
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Candidates);
            if (found < 0) break;
            at += found;
            var marks = at + 1;
            while (marks < text.Length && text[at] != '\n' && text[marks] != '\n' && Candidates.Contains(text[marks]))
                marks++;
            var end = text[at] == '\n' ? EndOfBlock(text, start, at) : EndOfSentence(text, start, at, marks);
            if (end >= 0)
            {
                Add(text, start, end, sentences);
                start = end;
                while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
            }
            at = Math.Max(start, marks);
        }
        Add(text, start, text.Length, sentences);
        return sentences;
    }

    /// <summary>Whether no space stands before a sentence that begins with this sign.</summary>
    internal static bool IsOfScriptWithoutSpaces(char sign) => sign >= '\u2e80';

    /// <summary>The sentences themselves.</summary>
    internal static string[] Texts(string text) => [.. Split(text).Select(sentence => text[sentence])];

    /// <summary>Whether a piece that <see cref="Split"/> gave is a sentence, and not a heading, a line of a table of
    /// contents, an item of a list of words, a signature, code.</summary>
    /// <remarks>
    /// A sentence ends with a mark, has two words at least, one of them in small letters (where the script has such),
    /// and no leader of dots, and does not stand word by word on lines of its own. What ends with a colon or a
    /// semicolon only leads to something.
    /// </remarks>
    public static bool IsWhole(ReadOnlySpan<char> piece)
    {
        piece = piece.Trim();
        var end = piece.Length;
        while (end > 0 && piece[end - 1] == ']' && piece[..end].LastIndexOf('[') is > 0 and var note
            && end - note <= LongestReference) end = note;
        while (end > 0 && char.IsAsciiDigit(piece[end - 1]) && piece.Length - end < 3) end--;
        while (end > 0 && Closing.Contains(piece[end - 1])) end--;
        if (end == 0 || piece[end - 1] == '\n' || !Candidates.Contains(piece[end - 1])) return false;
        if (piece[0] == '#' || piece.StartsWith("-- ") || IsLineOfContents(piece) || IsFarewell(piece)) return false;
        var (words, small) = (0, false);
        for (var at = 0; at < end; at++)
        {
            if (!char.IsLetter(piece[at]) || at > 0
                && (char.IsLetterOrDigit(piece[at - 1]) || piece[at - 1] is '\'' or '\u2019')) continue;
            words++;
            small |= !char.IsUpper(piece[at]);
            if (char.GetUnicodeCategory(piece[at]) == System.Globalization.UnicodeCategory.OtherLetter) words++;
        }
        var lines = 1 + piece.Count('\n');
        return words > 1 && small && (lines < FewestOfList || words >= lines * WordsOfLine);
    }

    // "Kind regards," and the lines below it.
    private static bool IsFarewell(ReadOnlySpan<char> piece)
    {
        var line = piece.IndexOf('\n') is > 0 and var length ? piece[..length].TrimEnd() : default;
        if (line is not [.., ',']) return false;
        var words = line[..^1];
        foreach (var farewell in Farewells)
            if (words.StartsWith(farewell, StringComparison.OrdinalIgnoreCase) && words.Count(' ') < 3)
                return true;
        return false;
    }

    /// <summary>
    /// The sentences as PEGASUS's pre-training cuts them: behind every run of <c>.</c>,
    /// <c>!</c>, <c>?</c> and the white space after it.
    /// </summary>
    /// <remarks>
    /// The regular expression is <c>((?:\.|\!|\?)+(?:\s)+)</c>, as RE2 reads it (white space of ASCII); mark and space
    /// stay with the sentence, and all sentences together are the text.
    /// </remarks>
    public static IReadOnlyList<Range> SplitAsPegasus(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sentences = new List<Range>();
        var start = 0;
        for (var at = 1; at < text.Length; at++)
        {
            if (!IsRe2Space(text[at]) || text[at - 1] is not ('.' or '!' or '?')) continue;
            while (at < text.Length && IsRe2Space(text[at])) at++;
            sentences.Add(start..at);
            start = at;
        }
        if (start < text.Length) sentences.Add(start..text.Length);
        return sentences;
    }

    private static bool IsRe2Space(char c) => c is ' ' or '\t' or '\n' or '\f' or '\r';

    private static void Add(string text, int start, int end, List<Range> sentences)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        if (start < end) sentences.Add(start..end);
    }

    // Behind a line break: its place if the block ends there, else -1.
    private static int EndOfBlock(string text, int start, int at)
    {
        var next = at + 1;
        while (next < text.Length && text[next] is ' ' or '\t' or '\r') next++;
        if (next == text.Length || text[next] == '\n') return next;
        if (start >= at) return -1;
        var line = text.AsSpan(start, at - start);
        line = line[(line.LastIndexOf('\n') + 1)..].Trim();
        var after = text.AsSpan(next);
        after = (after.IndexOf('\n') is >= 0 and var length ? after[..length] : after).TrimEnd();
        var ends = text[start] == '#' || after[0] is '#' or '\u2022'
            || StartsItem(after) && !(GoesOnBehind(line) && char.IsLetterOrDigit(after[after[0] == '(' ? 1 : 0]))
            || IsLineOfContents(line) || IsLineOfContents(after)
            || IsWholeLine(text, start, line.Length, at) && BreaksOnPurpose(line, after);
        return ends ? next : -1;
    }

    // Whether nothing but this one line was read since the sentence, or the line, began.
    private static bool IsWholeLine(string text, int start, int length, int at)
    {
        if (text.AsSpan(start, at - start).TrimEnd().Length > length) return false;
        while (start > 0 && text[start - 1] is ' ' or '\t') start--;
        return start == 0 || text[start - 1] == '\n';
    }

    // Whether a line stops although the next word would have had room, and that word can begin something: a heading
    // does so.
    private static bool BreaksOnPurpose(ReadOnlySpan<char> line, ReadOnlySpan<char> after)
    {
        if (line.IsEmpty || char.IsLower(after[0]) || !char.IsLetterOrDigit(after[0]) || GoesOnBehind(line))
            return false;
        var word = after.IndexOfAny(' ', '\t');
        return word > 0 && line.Length + 1 + word <= after.Length;
    }

    private static bool GoesOnBehind(ReadOnlySpan<char> line)
        => line is [.., ',' or ';' or '-' or '\u2013' or '\u2014' or '('] || line.EndsWith("; and")
            || line.EndsWith("; or");

    // "Methods ........ 12", with dots side by side or apart.
    private static bool IsLineOfContents(ReadOnlySpan<char> line)
    {
        var title = line.TrimEnd("0123456789ivxlc");
        if (title.Length == line.Length) return false;
        var leader = title.TrimEnd(" .\u2026\u00b7\u2024_\t");
        return title[leader.Length..].ContainsAny("\u2026\u2024") || title[leader.Length..].Count('.')
            + title[leader.Length..].Count('\u00b7') >= 4;
    }

    // "- ", "* ", "3. ", "12) ", "(a) ".
    private static bool StartsItem(ReadOnlySpan<char> line)
    {
        if (line is ['-' or '*' or '\u2013' or '\u2014', ' ' or '\t', ..]) return true;
        if (line is ['(', _, ')', ' ', ..] or ['(', _, _, ')', ' ', ..]) return char.IsAsciiLetterOrDigit(line[1]);
        var digits = 0;
        while (digits < Math.Min(line.Length, 3) && char.IsAsciiDigit(line[digits])) digits++;
        return digits > 0 && line[digits..] is ['.' or ')', ' ' or '\t', ..];
    }

    // "b. " with a capital letter behind it.
    private static bool IsLetteredItem(ReadOnlySpan<char> text) => text is [_, '.', ' ', _, ..]
        && char.IsUpper(text[3]);

    // Behind the marks from `at` to `marks` and what closes with them: the end of the sentence, or -1 if it goes on.
    private static int EndOfSentence(string text, int start, int at, int marks)
    {
        var end = marks;
        var wide = text[end - 1] is '\u3002' or '\uff01' or '\uff1f';
        var onlyStop = text[at] == '.' && end == at + 1;
        while (end < text.Length && Closing.Contains(text[end])) end++;
        var noted = BehindReferences(text, at, end);
        onlyStop &= noted == end;
        end = noted;
        if (end == text.Length) return end;
        if (!char.IsWhiteSpace(text[end])) return wide ? end : -1;
        var next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next])) next++;
        if (next == text.Length || IsEmptyLineBetween(text, end, next)) return end;
        var first = next;
        while (first < text.Length && (Opening.Contains(text[first]) || text[first] == ' ' && text[first - 1] is '-'
            or '\u2014')) first++;
        if (first == text.Length) return end;
        if (char.IsLower(text[first]) && !IsLetteredItem(text.AsSpan(first)) || text[next] is '.' or ',' or ';' or ':')
            return -1;
        if (IsInBracket(text, start, at, marks) || IsLeader(text, at, marks, next)) return -1;
        return onlyStop && marks == end && Abbreviations.Continue(text, start, at, text.AsSpan(next)) ? -1 : end;
    }

    // Notes stand behind the stop of the sentence they belong to: "[3]", "[^a]", and a number that hangs on a word's
    // stop.
    private static int BehindReferences(string text, int at, int end)
    {
        while (end < text.Length && text[end] == '[' && text.AsSpan(end, Math.Min(LongestReference, text.Length - end))
            .IndexOf(']') is > 1 and var length)
            end += length + 1;
        if (at > 1 && char.IsLetter(text[at - 1]) && char.IsLower(text[at - 2]) || end > at + 1)
        {
            var digits = end;
            while (digits < text.Length && digits - end < 3 && char.IsAsciiDigit(text[digits])) digits++;
            if (digits < text.Length && char.IsWhiteSpace(text[digits])) end = digits;
        }
        return end;
    }

    // Whether a bracket that was opened within the sentence closes only behind the mark, not far away.
    private static bool IsInBracket(string text, int start, int at, int marks)
    {
        var before = text.AsSpan(Math.Max(start, at - LongestAside), Math.Min(at - start, LongestAside));
        var open = before.LastIndexOf('(');
        if (open < 0 || before.LastIndexOf(')') > open || before[..open].IsWhiteSpace()) return false;
        var behind = text.AsSpan(marks, Math.Min(LongestAside, text.Length - marks));
        var close = behind.IndexOf(')');
        return close >= 0 && behind[..close].IndexOfAny('(', '\n') < 0;
    }

    // Whether the dots lead to the page of a table of contents.
    private static bool IsLeader(string text, int at, int marks, int next)
    {
        var apart = at >= 4 && text.AsSpan(at - 4, 4) is ['.', ' ', '.', ' '];
        if (marks - at < 4 && text[at] != '\u2026' && !apart) return false;
        var page = next;
        while (page < text.Length && char.IsAsciiDigit(text[page])) page++;
        return page > next && (page == text.Length || text[page] is '\n' or '\r');
    }

    private static bool IsEmptyLineBetween(string text, int from, int to)
    {
        var breaks = text.AsSpan(from, to - from);
        return breaks.IndexOf('\n') is >= 0 and var one && breaks[(one + 1)..].Contains('\n');
    }
}
