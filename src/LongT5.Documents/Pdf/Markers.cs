using System.Text.RegularExpressions;

namespace LongT5.Documents.Pdf;

/// <summary>What stands before the items of lists, under pictures and before notes.</summary>
static partial class Markers
{
    /// <summary>"2.1 Methods" or "Chapter 3" or "§ 4 Scope", without a full stop at the end.</summary>
    public static bool IsNumberedTitle(string text) => NumberedTitle().IsMatch(text);

    /// <summary>A question of three words or more, all begun with capitals but the small ones, as titles are.</summary>
    public static bool IsTitledQuestion(string text) => TitledQuestion().IsMatch(text);

    /// <summary>A bullet of any look.</summary>
    public static bool IsBullet(string text) => Bullet().IsMatch(text);

    /// <summary>A number or letter as it stands before an item.</summary>
    public static bool IsNumber(string text) => Number().IsMatch(text);

    /// <summary>A label of a reference: [12] or [Abc99].</summary>
    public static bool IsLabel(string text) => Label().IsMatch(text);

    /// <summary>A word that is a marker and nothing else.</summary>
    public static bool IsAlone(string word) => IsBullet(word + " ") || IsNumber(word + " ") || IsLabel(word + " ")
        || Section().IsMatch(word);

    /// <summary>An item's text without its bullet; numbers stay, they are read.</summary>
    public static string WithoutBullet(string text) => Bullet().Replace(text, "");

    /// <summary>"Figure 3", "Table II", "Abb. 2" and what follows it.</summary>
    public static bool IsCaption(string text) => Caption().IsMatch(text);

    /// <summary>A note's number or sign at the start of its text.</summary>
    public static bool IsNote(string text) => Note().IsMatch(text);

    /// <summary>The number or sign that a note begins with, or nothing.</summary>
    public static string Mark(string text) => MarkOf().Match(text).Groups[1].Value;

    [GeneratedRegex(
        @"^\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+\p{Lu}|[IVX]{1,5}\.\s+\p{Lu}|§\s*\d+|(?i:chapter|section|part|article|kapitel|abschnitt|artikel|teil|chapitre|capítulo|artículo|capitolo|глава|статья|раздел|المادة)\s+[\dIVX]+\b).*[^.,;:]\s*$")]
    private static partial Regex NumberedTitle();

    [GeneratedRegex(@"^\p{Lu}\S*(?:\s+(?:\p{Lu}\S*|an?|the|of|and|or|in|on|at|to|for|by|with|from|as)){2,}\?$")]
    private static partial Regex TitledQuestion();

    [GeneratedRegex(@"^\s*(?:[•◦▪▫‣·●○■□◆◇►▶➢➤✓✔❖∙⁃\u0080-\u009F\uE000-\uF8FF]|[–—−*o-](?=\s))\s*")]
    private static partial Regex Bullet();

    [GeneratedRegex(@"^\s*(?:\(?\d{1,3}[.)]|\(\d{1,3}\)|\(?[a-zA-Z]\)|[a-z]\.|\(?[ivx]{1,5}[.)])\s")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\s*\[[\p{L}\d+\s.,-]{1,12}\]\s")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.?|[A-Z]\.|§)$")]
    private static partial Regex Section();

    [GeneratedRegex(
        @"^\s*(?:fig(?:ure|\.)?|table|tab\.|scheme|plate|exhibit|box|chart|abb(?:ildung|\.)?|tabelle|tableau|figura|tabla|tabela|tabella|рис(?:унок|\.)?|табл(?:ица|\.)?|图|圖|図|表)\s*(?:[\dIVX]+(?:[.\-–]\d+)*[a-z]?)(?:\s*[.:：|—–-]|\s+\p{Lu}|\s+\p{Lo}|\s*$)", RegexOptions.IgnoreCase)]
    private static partial Regex Caption();

    [GeneratedRegex(@"^\s*(?:\d{1,3}|[*†‡§¶∗]{1,3}|[a-z](?=\s))[.)]?\s*\S")]
    private static partial Regex Note();

    [GeneratedRegex(@"^\s*(\d{1,3}|[*†‡§¶∗]{1,3}|[a-z](?=\s))")]
    private static partial Regex MarkOf();
}
