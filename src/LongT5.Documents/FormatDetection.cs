using System.Text;
using System.Text.RegularExpressions;

namespace LongT5.Documents;

/// <summary>Recognises a format by its bytes; the name only tells kinds of plain text apart that look alike.</summary>
static partial class FormatDetection
{
    private const int Head = 1 << 16;

    private static readonly string[] MarkdownNames = [".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd"];

    private static readonly string[] MarkdownSigns = ["# ", "](", "```", "~~~", "**"];

    /// <summary>The format of a document.</summary>
    /// <exception cref="BadFileException">It is empty, or of a kind that is not
    /// read; the message says which.</exception>
    public static DocumentFormat Of(Source source)
    {
        var bytes = source.Bytes.AsSpan();
        if (bytes.IsEmpty)
            throw source.Bad("it is empty: there is nothing to read in it");
        if (IsPdf(bytes))
            return DocumentFormat.Pdf;
        if (IsZip(bytes))
            return Zip.PackageFormat.Of(source);
        if (bytes is [0xD0, 0xCF, 0x11, 0xE0, ..])
            throw source.Bad(OldOffice(bytes));
        if (BinaryKinds.Name(bytes) is { } kind)
            throw source.Bad($"it is {kind}");
        return OfText(HeadOf(bytes), source);
    }

    /// <summary>Whether it is plain text, told without looking into anything that is packed.</summary>
    /// <exception cref="BadFileException">It is text of a kind that is not read.</exception>
    public static bool IsPlainText(Source source)
    {
        var bytes = source.Bytes.AsSpan();
        return !bytes.IsEmpty && bytes is not [0xD0, 0xCF, 0x11, 0xE0, ..] && !IsPdf(bytes) && !IsZip(bytes)
            && BinaryKinds.Name(bytes) is null && OfText(HeadOf(bytes), source) == DocumentFormat.PlainText;
    }

    private static bool IsPdf(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, 1024)]
        .IndexOf("%PDF-"u8) >= 0;

    private static bool IsZip(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK\u0003\u0004"u8)
        || bytes.StartsWith("PK\u0005\u0006"u8);

    /// <summary>Signs are looked for before patterns: most texts are plain, and those start at once.</summary>
    private static DocumentFormat OfText(string head, Source source)
    {
        var start = head.AsSpan().TrimStart();
        if (head.StartsWith("{\\rtf", StringComparison.Ordinal)) return DocumentFormat.Rtf;
        if (head.StartsWith("WEBVTT", StringComparison.Ordinal) && VttStart().IsMatch(head))
            return DocumentFormat.WebVtt;
        if (start is [>= '0' and <= '9', ..] && SrtStart().IsMatch(head)) return DocumentFormat.SubRip;
        if (start is ['<', ..] && OfMarkup(head, source) is { } markup) return markup;
        var extension = Path.GetExtension(source.Name).ToLowerInvariant();
        if (MarkdownNames.Contains(extension)) return DocumentFormat.Markdown;
        if (start is ['<', ..] && HtmlStart().IsMatch(head)) return DocumentFormat.Html;
        if (head.Contains("From", StringComparison.OrdinalIgnoreCase) && IsMail(head)) return DocumentFormat.Email;
        if (extension is ".tex" or ".latex" || head.Contains('\\', StringComparison.Ordinal) && LatexStart()
            .IsMatch(head))
            return DocumentFormat.Latex;
        return LooksLikeMarkdown(head) ? DocumentFormat.Markdown : DocumentFormat.PlainText;
    }

    private static DocumentFormat? OfMarkup(string head, Source source)
    {
        var root = XmlProlog.Root(head, out var isXml);
        if (root.Equals("html", StringComparison.OrdinalIgnoreCase)) return DocumentFormat.Html;
        if (root is "article" or "pmc-articleset" && (isXml || head.Contains("<front", StringComparison.Ordinal)))
            return DocumentFormat.Jats;
        return isXml && root.Length > 0
            ? throw source.Bad($"it is XML with the root <{root}>, which is not read; XHTML and JATS articles are")
            : null;
    }

    /// <summary>The beginning as text, good enough for signatures, which are ASCII.</summary>
    private static string HeadOf(ReadOnlySpan<byte> bytes)
    {
        var head = bytes[..Math.Min(bytes.Length, Head)];
        return head switch
        {
            [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.Latin1.GetString(rest),
            [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
            [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
            [0, (byte)'<', ..] => Encoding.BigEndianUnicode.GetString(head),
            [(byte)'<', 0, ..] => Encoding.Unicode.GetString(head),
            _ => Encoding.Latin1.GetString(head),
        };
    }

    /// <summary>Old Office files and encrypted new ones share a container, whose names are UTF-16.</summary>
    private static string OldOffice(ReadOnlySpan<byte> bytes)
        => bytes.IndexOf(Encoding.Unicode.GetBytes("EncryptedPackage")) >= 0
            ? "it is protected by a password, and encrypted Office documents are not opened; save it without one"
            : "it is an old Office document (Word 97 and its like); save it as DOCX or PDF";

    /// <summary>A header of mail: who wrote it, and something that only mail has.</summary>
    private static bool IsMail(string head)
    {
        if (!MailStart().IsMatch(head)) return false;
        var end = HeaderEnd().Match(head) is { Success: true } blank ? blank.Index : head.Length;
        var header = head[..end];
        return MailAuthor().IsMatch(header) && MailOnly().IsMatch(header);
    }

    /// <summary>Two different signs of Markdown: one alone also stands in plain text.</summary>
    private static bool LooksLikeMarkdown(string head)
    {
        if (MarkdownSigns.Count(sign => head.Contains(sign, StringComparison.Ordinal)) < 2) return false;
        var signs = (MarkdownHeading().IsMatch(head) ? 1 : 0) + (MarkdownLink().IsMatch(head) ? 1 : 0)
            + (MarkdownFence().Count(head) > 1 ? 1 : 0) + (MarkdownBold().IsMatch(head) ? 1 : 0);
        return signs >= 2;
    }

    [GeneratedRegex(@"\AWEBVTT(?=[ \t\r\n]|\z)")]
    private static partial Regex VttStart();

    [GeneratedRegex(@"\A\s*\d+[ \t]*\r?\n[ \t]*\d{1,3}:\d\d:\d\d[,.]\d{1,3}[ \t]*-->")]
    private static partial Regex SrtStart();

    [GeneratedRegex(
        @"\A\s*<(?:!--|(?:script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link|article|section|main|ul|ol)\b)",
        RegexOptions.IgnoreCase)]
    private static partial Regex HtmlStart();

    [GeneratedRegex(@"\A(?:From [^\r\n]*\r?\n)?[!-9;-~]+:[ \t]?[^\r\n]*\r?\n")]
    private static partial Regex MailStart();

    [GeneratedRegex(@"\r?\n[ \t]*\r?\n")]
    private static partial Regex HeaderEnd();

    [GeneratedRegex(@"^(?:From|Sender|Return-Path|Received):", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MailAuthor();

    [GeneratedRegex(
        @"^(?:MIME-Version:|Message-ID:|Received:|Return-Path:|Content-Type:|Date:.*\d:\d\d.*[+-]\d{4})",
        RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MailOnly();

    [GeneratedRegex(@"^[ \t]*\\(?:documentclass|documentstyle|begin\s*\{document\})", RegexOptions.Multiline)]
    private static partial Regex LatexStart();

    [GeneratedRegex(@"^#{1,6} \S", RegexOptions.Multiline)]
    private static partial Regex MarkdownHeading();

    [GeneratedRegex(@"\[[^\]\r\n]+\]\([^)\s]+\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"^(?:```|~~~)", RegexOptions.Multiline)]
    private static partial Regex MarkdownFence();

    [GeneratedRegex(@"(?<![*\w])\*\*[^\s*][^*\r\n]*\*\*(?!\*)")]
    private static partial Regex MarkdownBold();
}
