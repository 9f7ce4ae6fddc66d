using System.Text.RegularExpressions;

namespace LongT5.Documents;

/// <summary>A plain text as people read it: without what terminals and typesetting put into it.</summary>
static partial class TypedText
{
    /// <summary>After these a hyphen stands for a part of the word that follows later: "pre- and post-war".</summary>
    private static readonly HashSet<string> Joining =
        new(["and", "or", "to", "nor", "und", "oder", "bis", "et", "ou"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The text without escape sequences and invisible marks, its words whole that were broken at the ends of lines.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Contains('\e', StringComparison.Ordinal))
            text = Escapes().Replace(text, "");
        text = Invisible().Replace(Overstruck().Replace(text, ""), "");
        if (!Broken().IsMatch(text))
            return text;
        var hyphens = new Hyphens(text.Split('\n').Select(line => line.TrimEnd('\r')));
        return Broken().Replace(text, broken => Joining.Contains(broken.Groups["right"].Value) ? broken.Value
            : hyphens.Joined([broken.Groups["left"].Value + "-", broken.Groups["right"].Value]));
    }

    /// <summary>What colours and moves on a terminal: control sequences, titles and links, single letters.</summary>
    [GeneratedRegex(@"\e(?:\[[0-?]*[ -/]*[@-~]|\][^\a\e]*(?:\a|\e\\)?|[ -/]*[0-Z\\^-~])?")]
    private static partial Regex Escapes();

    /// <summary>What is struck over by the sign behind it: bold and underlined text of manual pages.</summary>
    [GeneratedRegex("[^\n\b]\b")]
    private static partial Regex Overstruck();

    /// <summary>Soft hyphens, blanks without width, marks of byte order within the text, bells.</summary>
    [GeneratedRegex("[\u00AD\u200B\u2060\uFEFF\a\b]")]
    private static partial Regex Invisible();

    /// <summary>A word that goes on in small letters after a hyphen and the end of the line.</summary>
    [GeneratedRegex(
        @"(?<![\p{L}\p{M}'’-])(?<left>(?>\p{L}[\p{L}\p{M}'’]+(?:-[\p{L}\p{M}'’]+)*))[-\u2010]\r?\n[ \t]*(?<right>\p{Ll}[\p{L}\p{M}]+)")]
    private static partial Regex Broken();
}
