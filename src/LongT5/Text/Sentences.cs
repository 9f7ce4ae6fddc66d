using System.Buffers;

namespace LongT5.Text;

/// <summary>Where the sentences of a text are.</summary>
public static class Sentences
{
    // A word in front of a full stop is looked at over so many characters; no abbreviation is longer.
    private const int LongestAbbreviation = 12;

    private static readonly SearchValues<char> Candidates = SearchValues.Create(".!?\u2026\u3002\uff01\uff1f\n");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NeverLast = Words(
        "Mr Mrs Ms Messrs Dr Prof Rev Hon Gen Col Maj Capt Cmdr Lt Sgt Cpl Pvt Gov Sen Rep Pres St Mt Ft Mme Mlle " +
        "vs cf e.g i.e viz ca approx resp Fig Figs fig figs Eq Eqs eq eqs Ref Refs ref refs Sec sec Ch ch Vol vol pp p pt Art art ed eds trans al");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NotBeforeNumbers = Words(
        "No Nos no nos Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SeldomLast = Words("Inc Ltd Co Corp Jr Sr Ave Blvd Rd Univ Dept");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Openers = Words(
        "A After All Although An And As At Because Before But By During Each Finally First For From He Her Here His How However I If In Instead It Its " +
        "Many Most My No Not Nor On One Or Our Over Second She Since So Some Such Than That The Their Then There These They This Those Though Thus To " +
        "Under Until We What When Where Whether Which While Who Why With Yet You Your");

    /// <summary>The sentences of prose, in order, without the white space around them.</summary>
    /// <remarks>
    /// A sentence ends at a full stop, mark or ellipsis, with the quotes and brackets that close behind it, if what follows can
    /// start one; not behind titles, initials and abbreviations. An empty line, a heading and a list item end one too; a line
    /// break alone does not. Everything but white space is in some sentence. Linear in the length of the text.
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
            while (marks < text.Length && text[at] != '\n' && text[marks] != '\n' && Candidates.Contains(text[marks])) marks++;
            var end = text[at] == '\n' ? EndOfBlock(text, Math.Min(start, at), at) : EndOfSentence(text, start, at, marks);
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

    /// <summary>The sentences as PEGASUS's pre-training cuts them: behind every run of <c>.</c>, <c>!</c>, <c>?</c> and the white space after it.</summary>
    /// <remarks>
    /// The regular expression is <c>((?:\.|\!|\?)+(?:\s)+)</c>, as RE2 reads it (white space of ASCII); mark and space stay with
    /// the sentence, and all sentences together are the text.
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

    // Behind a line break: its place if an empty line or a list item follows, or if a Markdown heading ends; else -1.
    private static int EndOfBlock(string text, int start, int at)
    {
        var next = at + 1;
        while (next < text.Length && text[next] is ' ' or '\t' or '\r') next++;
        if (next == text.Length || text[next] == '\n') return next;
        return text[start] == '#' || text[next] is '#' or '\u2022' || StartsItem(text.AsSpan(next)) ? next : -1;
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

    // Behind the marks from `at` to `marks` and what closes with them: the end of the sentence, or -1 if it goes on.
    private static int EndOfSentence(string text, int start, int at, int marks)
    {
        var end = marks;
        var wide = text[end - 1] is '\u3002' or '\uff01' or '\uff1f';
        var onlyStop = text[at] == '.' && end == at + 1;
        while (end < text.Length && text[end] is '"' or '\'' or '\u201d' or '\u2019' or '\u00bb' or ')' or ']' or '\u300d' or '\u300f') end++;
        if (end == text.Length) return end;
        if (!char.IsWhiteSpace(text[end])) return wide ? end : -1;
        var next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next])) next++;
        if (next == text.Length || IsEmptyLineBetween(text, end, next)) return end;
        var first = next;
        while (first < text.Length && text[first] is '"' or '\'' or '\u201c' or '\u2018' or '\u00ab' or '(' or '[' or '_' or '*' or '\u2014' or '-') first++;
        if (first == text.Length) return end;
        if (char.IsLower(text[first]) || text[next] is '.' or ',' or ';' or ':') return -1;
        return onlyStop && marks == end && GoesOn(text, start, at, first) ? -1 : end;
    }

    private static bool IsEmptyLineBetween(string text, int from, int to)
    {
        var breaks = text.AsSpan(from, to - from);
        return breaks.IndexOf('\n') is >= 0 and var one && breaks[(one + 1)..].Contains('\n');
    }

    // Whether the full stop at `at` belongs to an abbreviation, an initial or a number that more text follows.
    private static bool GoesOn(string text, int start, int at, int next)
    {
        var from = at;
        while (from > start && at - from < LongestAbbreviation && (char.IsLetterOrDigit(text[from - 1]) || text[from - 1] == '.')) from--;
        var word = text.AsSpan(from, at - from);
        if (word.IsEmpty) return false;
        if (NeverLast.Contains(word)) return true;
        if (NotBeforeNumbers.Contains(word)) return char.IsAsciiDigit(text[next]);
        if (word.IndexOfAnyExceptInRange('0', '9') < 0) return text.AsSpan(start, from - start).IsWhiteSpace();
        var initials = char.IsUpper(word[^1]) && (word.Length == 1 || word[^2] == '.');
        return (initials || SeldomLast.Contains(word)) && !StartsWithOpener(text.AsSpan(next));
    }

    private static bool StartsWithOpener(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < Math.Min(text.Length, LongestAbbreviation) && char.IsLetter(text[length])) length++;
        return Openers.Contains(text[..length]);
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words(string words)
        => words.Split(' ').ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
