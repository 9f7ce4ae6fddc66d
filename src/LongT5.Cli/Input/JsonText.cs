using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LongT5.Cli.Input;

/// <summary>
/// Strings of JSON, lone surrogates included: Python writes them (<c>"\ud800"</c>), .NET refuses to read them.
/// </summary>
static class JsonText
{
    /// <summary>The text of a string.</summary>
    public static string Of(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(value.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }
            text.Append(raw[++i] switch
            {
                'u' => (char)int.Parse(raw.Slice(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                var other => other,
            });
            i += raw[i] == 'u' ? 4 : 0;
        }
        return text.ToString();
    }
}
