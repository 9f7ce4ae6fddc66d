using System.Text;
using System.Text.RegularExpressions;
using LongT5.Documents.Pdf;

namespace LongT5.Documents;

/// <summary>
/// Joins lines, and the words that were broken at their ends, by the words that the document itself writes elsewhere.
/// </summary>
sealed partial class Hyphens
{
    private readonly Dictionary<string, int> _words = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _firstParts = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="lines">All lines of the document.</param>
    public Hyphens(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var matches = Spelled().Matches(line);
            foreach (Match match in matches)
            {
                if (match.Index + match.Length >= line.Length - 1 && Script.IsHyphen(line[^1])) continue;
                var word = match.Value;
                _words[word] = _words.GetValueOrDefault(word) + 1;
                if (word.IndexOf('-') is > 0 and var at) _firstParts.Add(word[..at]);
            }
        }
    }

    /// <summary>The text of lines that follow each other.</summary>
    public string Joined(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (line.Length == 0) continue;
            if (text.Length > 0) Join(text, line);
            text.Append(line);
        }
        return text.ToString();
    }

    private void Join(StringBuilder text, string line)
    {
        var last = text[^1];
        if (Script.IsHyphen(last) && text.Length > 1 && char.IsLetter(text[^2]) && char.IsLetter(line[0]))
        {
            if (last == '\u00AD' || !IsCompound(LastWord(text), FirstWord(line))) text.Length--;
        }
        else if (Script.IsHyphen(last) && text.Length > 1 && char.IsLetterOrDigit(text[^2])
            && char.IsLetterOrDigit(line[0])) { }
        else if (last is '—' && text.Length > 1 && text[^2] != ' ') { }
        else if (!Script.HasNoBlanks(last, line[0]))
            text.Append(' ');
    }

    /// <summary>The hyphen belongs to the word: "well-\nknown"; not: "know-\nledge".</summary>
    private bool IsCompound(string left, string right)
    {
        var (whole, hyphened) = (_words.GetValueOrDefault(left + right), _words.GetValueOrDefault($"{left}-{right}"));
        if (whole != hyphened) return hyphened > whole;
        if (char.IsUpper(right[0]) && right.Length > 1 && char.IsLower(right[1])) return true;
        if (left.Contains('-') || right.Contains('-')) return _words.ContainsKey(left[(left.LastIndexOf('-') + 1)..])
            && _words.ContainsKey(right[..(right + "-").IndexOf('-')]);
        return _firstParts.Contains(left) && _words.ContainsKey(left) && _words.ContainsKey(right);
    }

    private static string LastWord(StringBuilder text)
    {
        var start = text.Length - 1;
        while (start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] is '-' or '\'' or '’')) start--;
        return text.ToString(start, text.Length - 1 - start);
    }

    private static string FirstWord(string line) => Spelled().Match(line) is { Success: true, Index: 0 } match
        ? match.Value : line[..1];

    [GeneratedRegex(@"\p{L}[\p{L}\p{M}]*(?:[-'’]\p{L}[\p{L}\p{M}]*)*")]
    private static partial Regex Spelled();
}
