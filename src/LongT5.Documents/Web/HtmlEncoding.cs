using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace LongT5.Documents.Web;

/// <summary>Bytes of HTML and XHTML to text, as browsers do it: by mark, by declaration, by looks.</summary>
static partial class HtmlEncoding
{
    private const int Head = 4096;

    static HtmlEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The text; what no encoding fits is read as Windows-1252, as the web's oldest pages are.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.UTF8.GetString(rest),
        [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
        [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
        [(byte)'<', 0, ..] => Encoding.Unicode.GetString(bytes),
        [0, (byte)'<', ..] => Encoding.BigEndianUnicode.GetString(bytes),
        _ => (Declared(bytes) ?? (Utf8.IsValid(bytes) ? Encoding.UTF8 : ByLabel("windows-1252")!)).GetString(bytes),
    };

    /// <summary>An encoding by the label that pages, mails and rich text give it; null for an unknown one.</summary>
    public static Encoding? ByLabel(string label)
    {
        try
        {
            // The web has agreed that these labels mean their supersets.
            return Encoding.GetEncoding(label.Trim().ToLowerInvariant() switch
            {
                "iso-8859-1" or "latin1" or "ascii" or "us-ascii" => "windows-1252",
                "iso-8859-9" => "windows-1254",
                "gb2312" or "gbk" => "gb18030",
                "utf-16" or "utf-16le" or "utf-16be" => "utf-8",
                "x-sjis" or "sjis" => "shift_jis",
                "ks_c_5601-1987" => "euc-kr",
                var other => other,
            });
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>What the page says of itself, unless its bytes prove it wrong.</summary>
    private static Encoding? Declared(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, Head)]);
        return Charset().Match(head) is { Success: true } said && ByLabel(said.Groups["label"].Value) is { } encoding
            && (encoding.CodePage != Encoding.UTF8.CodePage || Utf8.IsValid(bytes)) ? encoding : null;
    }

    [GeneratedRegex(
        """(?:<meta[^>]*?\bcharset\s*=\s*["']?\s*|<\?xml[^>]*?\bencoding\s*=\s*["'])(?<label>[A-Za-z0-9_:.-]+)""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Charset();
}
