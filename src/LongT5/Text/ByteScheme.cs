using System.Buffers;
using System.Globalization;
using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>
/// Tokens of ByT5: the bytes of a text in UTF-8, each three higher, and no vocabulary at all (Xue et al., 2022).
/// </summary>
sealed class ByteScheme : TokenScheme
{
    private const int First = 3, Sentinels = 125, Behind = First + 256;

    private ByteScheme(string[] pieces, SpecialTokens special) : base(pieces, special)
    {
    }

    public override bool KeepsWrittenEnd => true;

    public override bool AddsEnd => true;

    /// <param name="files">What the files of the folder say: other tokens behind the bytes.</param>
    /// <param name="options">What they leave open.</param>
    public static ByteScheme Create(VocabularyFiles files, TokenizerOptions options)
    {
        List<string> pieces = ["<pad>", "</s>", "<unk>", .. Enumerable.Range(0, Behind - First).Select(Shown)];
        var special = Enumerable.Range(0, First)
            .ToDictionary(id => id, id => new AddedToken(id, pieces[id], true, true, true));
        var sentinels = Enumerable.Range(0, options.Sentinels ?? files.Sentinels ?? Sentinels)
            .Select(n => $"<extra_id_{n}>");
        foreach (var name in files.AdditionalSpecialTokens is { Count: > 0 } named ? named : sentinels)
        {
            special[pieces.Count] = new(pieces.Count, name, false, false, true);
            pieces.Add(name);
        }
        foreach (var token in files.AddedTokens)
        {
            while (pieces.Count <= token.Id) pieces.Add("");
            pieces[token.Id] = token.Content;
            special[token.Id] = token;
        }
        return new([.. pieces], new(special.Values, options.SpecialTokensInText ? special.Values : []));
    }

    public override void Encode(string text, TokenList output)
    {
        var takeSpace = false;
        for (var from = 0; from < text.Length;)
        {
            var found = Special.Find(text, from, out var token, out var at);
            var (start, end) = (from, found ? at : text.Length);
            if (takeSpace) while (start < end && char.IsWhiteSpace(text[start])) start++;
            if (found && token.LeftStrip) while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
            Spell(text, start, end, output);
            if (!found) break;
            from = at + token.Content.Length;
            takeSpace = token.RightStrip;
            output.Add(token.Id, at, from);
        }
    }

    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        // Tokens behind the bytes stand between stretches of text, one space on either side; the first three stand in
        // them.
        var parts = new List<string>();
        var stretch = new List<byte>();
        foreach (var id in ids)
        {
            if (skipSpecialTokens && Special.IsSpecial(id)) continue;
            if (id < First) stretch.AddRange(Encoding.UTF8.GetBytes(Pieces[id]));
            else if (id < Behind) stretch.Add((byte)(id - First));
            if (id < Behind) continue;
            if (stretch.Count > 0 && Text([.. stretch]) is { Length: > 0 } text) parts.Add(text);
            stretch.Clear();
            parts.Add(Pieces[id]);
        }
        if (stretch.Count > 0) parts.Add(Text([.. stretch]));
        return string.Join(' ', parts);
    }

    private static void Spell(string text, int start, int end, TokenList output)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = start; i < end;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i, end - i), out var rune, out var taken);
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)]) output.Add(value + First, i, i + taken);
            i += taken;
        }
    }

    /// <summary>Characters as far as the bytes make some; what is none is left out.</summary>
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var taken) == OperationStatus.Done)
                text.Append(rune.ToString());
            bytes = bytes[taken..];
        }
        return text.ToString();
    }

    private static string Shown(int value)
        => value is > ' ' and < 127
            ? ((char)value).ToString() : string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");
}
