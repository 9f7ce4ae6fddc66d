using System.Text;
using System.Text.Unicode;
using LongT5.Documents.Web;
using MimeKit;

namespace LongT5.Documents.Mail;

/// <summary>What a message says, in one of its forms.</summary>
static class MailBody
{
    /// <summary>The first part of the wanted kind that a mail program shows as the message, or null.</summary>
    public static TextPart? Part(MimeEntity? entity, Func<TextPart, bool> isWanted) => entity switch
    {
        TextPart part => !part.IsAttachment && isWanted(part) ? part : null,
        MultipartRelated related => Part(related.Root, isWanted),
        // Of several forms the last is the best.
        MultipartAlternative forms => FirstOf(forms.Reverse(), isWanted),
        Multipart parts => FirstOf(parts, isWanted),
        _ => null,
    };

    /// <summary>Its text, in the encoding that it names, or by the looks of its bytes.</summary>
    public static string Text(TextPart part)
    {
        using var decoded = new MemoryStream();
        part.Content?.DecodeTo(decoded);
        var bytes = decoded.GetBuffer().AsSpan(0, (int)decoded.Length);
        return part.ContentType.Charset?.Trim().ToLowerInvariant() switch
        {
            "utf-16" or "utf-16le" when bytes is not [0xFE, 0xFF, ..] => Unmarked(Encoding.Unicode, bytes),
            "utf-16" or "utf-16be" => Unmarked(Encoding.BigEndianUnicode, bytes),
            // Whoever names no encoding, or the plainest, may well have written another.
            not (null or "us-ascii" or "ascii") and var label when HtmlEncoding.ByLabel(label) is { } encoding
                && (encoding.CodePage != Encoding.UTF8.CodePage || Utf8.IsValid(bytes)) => Unmarked(encoding, bytes),
            _ => HtmlEncoding.Decode(bytes),
        };
    }

    private static TextPart? FirstOf(IEnumerable<MimeEntity> parts, Func<TextPart, bool> isWanted)
        => parts.Select(part => Part(part, isWanted)).FirstOrDefault(part => part is not null);

    private static string Unmarked(Encoding encoding, ReadOnlySpan<byte> bytes)
        => encoding.GetString(bytes).TrimStart('\uFEFF');
}
