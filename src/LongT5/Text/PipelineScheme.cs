using System.Globalization;
using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>
/// Tokens from a tokenizer.json: normalizer, pre-tokenizer, model and decoder, as the tokenizers library runs them.
/// </summary>
sealed class PipelineScheme : TokenScheme
{
    private readonly TokenizerJson _file;
    private readonly CharsMap? _map;
    private readonly UnigramModel _unigram;
    private readonly NormalizedTokens? _normalizedTokens;

    private PipelineScheme(TokenizerJson file, string[] pieces, IReadOnlyList<AddedToken> added, bool inText,
        string path)
        : base(pieces, new(added, inText ? added.Where(token => !token.Normalized) : []))
    {
        _file = file;
        _map = file.CharsMap.IsEmpty ? null : new(file.CharsMap.Span, path);
        _unigram = UnigramModel.Of(file.Pieces, file.Scores, file.UnknownId, file.ByteFallback);
        var normalized = added.Where(token => inText && token.Normalized)
            .Select(token => (token, NormalizedBytes(token.Content))).ToArray();
        _normalizedTokens = normalized.Length > 0 ? new(normalized) : null;
    }

    public override bool KeepsWrittenEnd => false;

    public override bool AddsEnd => _file.AddsEnd;

    public static PipelineScheme Create(TokenizerJson file, TokenizerOptions options, string path)
    {
        var pieces = file.Pieces.ToList();
        foreach (var token in file.AddedTokens.OrderBy(token => token.Id))
        {
            if (token.Id > pieces.Count)
                throw new BadFileException(path, $"the added token '{token.Content}' has the id {token.Id}, but "
                    + $"there are only {pieces.Count} ids before it");
            if (token.Id == pieces.Count) pieces.Add(token.Content);
            else pieces[token.Id] = token.Content;
        }
        return new(file, [.. pieces], file.AddedTokens, options.SpecialTokensInText, path);
    }

    public override void Encode(string text, TokenList output)
    {
        for (var from = 0; from < text.Length;)
        {
            if (!Special.Find(text, from, out var token, out var at))
            {
                Stretch(text, from, text.Length, output);
                return;
            }
            var (start, end) = (at, at + token.Content.Length);
            if (token.LeftStrip) while (start > from && char.IsWhiteSpace(text[start - 1])) start--;
            if (token.RightStrip) while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            Stretch(text, from, start, output);
            output.Add(token.Id, start, end);
            from = end;
        }
    }

    private void Stretch(string text, int start, int end, TokenList output)
    {
        if (start == end) return;
        var withOffsets = output.Offsets is not null || (_file.SplitsAtWhiteSpace && _file.Prefix == PrefixSpace.First);
        using var normalized = Normalized(text, start, end, withOffsets);
        using var word = new NormalizedText(64, withOffsets);
        var from = 0;
        while (_normalizedTokens is not null && _normalizedTokens.Find(normalized.Bytes, from, out var token,
            out var first, out var behind))
        {
            Split(normalized, from, first, start == 0 && from == 0, word, output);
            output.Add(token.Id, normalized, first, behind);
            from = behind;
        }
        Split(normalized, from, normalized.Length, start == 0 && from == 0, word, output);
    }

    private NormalizedText Normalized(string text, int start, int end, bool withOffsets)
    {
        var normalized = new NormalizedText(end - start + 16, withOffsets);
        Normalize(text, start, end, normalized);
        foreach (var edit in _file.Edits) normalized = Apply(edit, normalized);
        return normalized;
    }

    private byte[] NormalizedBytes(string content)
    {
        using var normalized = Normalized(content, 0, content.Length, withOffsets: false);
        return normalized.Bytes.ToArray();
    }

    // The library looks rules up by grapheme, and takes the shortest rule that a short one starts with for the whole of
    // it.
    private void Normalize(string text, int start, int end, NormalizedText output)
    {
        var aligned = new AlignedWriter(text, start, output);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = start; i < end;)
        {
            if ((_map is null ? text[i] is < (char)128 and not '\r' : _map.IsPlain(text[i]))
                && (i + 1 == end || text[i + 1] < 128))
            {
                aligned.Write((byte)text[i++]);
                continue;
            }
            var grapheme = text.AsSpan(i, StringInfo.GetNextTextElementLength(text.AsSpan(i, end - i)));
            if (_map is not null && Encoding.UTF8.GetByteCount(grapheme) < 6
                && _map.Shortest(grapheme, out var whole) > 0)
            {
                aligned.Write(whole, grapheme);
                i += grapheme.Length;
                continue;
            }
            for (var behind = i + grapheme.Length; i < behind;)
            {
                Rune.DecodeFromUtf16(text.AsSpan(i, behind - i), out var rune, out var taken);
                var character = text.AsSpan(i, taken);
                var bytes = _map is not null && _map.Shortest(character, out var replacement) > 0
                    ? replacement : utf8[..rune.EncodeToUtf8(utf8)];
                aligned.Write(bytes, character);
                i += taken;
            }
        }
    }

    private static NormalizedText Apply(TextEdit edit, NormalizedText text)
    {
        switch (edit)
        {
            case StripEdit(var left, var right):
                var (start, end) = (0, text.Length);
                while (right && end > 0 && Rune.DecodeLastFromUtf8(text.Bytes[..end], out var last, out var length) == 0
                    && Rune.IsWhiteSpace(last)) end -= length;
                while (left && start < end && Rune.DecodeFromUtf8(text.Bytes[start..end], out var first, out var length)
                    == 0 && Rune.IsWhiteSpace(first)) start += length;
                return text.Keep(start, end);
            case ReplaceEdit(var pattern, var content):
                return text.Replace(pattern is null ? "  "u8 : Encoding.UTF8.GetBytes(pattern), pattern is null,
                    Encoding.UTF8.GetBytes(content));
            default:
                throw new InvalidOperationException($"No such edit: {edit}");
        }
    }

    // Metaspace: a space is written U+2581, one is set before the first word, and each starts a word.
    private void Split(NormalizedText text, int from, int to, bool startsText, NormalizedText word, TokenList output)
    {
        for (var at = from; at < to;)
        {
            var end = to;
            if (_file.SplitsAtWhiteSpace)
            {
                at = SkipSpace(text.Bytes[..to], at);
                end = SkipInk(text.Bytes[..to], at);
                if (at == end) break;
            }
            if (_file.SplitsAtWhiteSpace && _file.Prefix == PrefixSpace.First) startsText = text.StartsAtZero(at);
            var prefix = _file.Prefix == PrefixSpace.Always || (_file.Prefix == PrefixSpace.First && startsText);
            word.Truncate(0);
            var bytes = text.Bytes;
            if (prefix && bytes[at] != ' ' && !bytes[at..end].StartsWith("\u2581"u8)) word.Append((byte)' ', text, at);
            for (; at < end; at++)
            {
                var isSpace = bytes[at] == ' ';
                var escaped = !isSpace && bytes[at] == 0xe2 && bytes[at..end].StartsWith("\u2581"u8);
                if ((isSpace || escaped) && _file.SplitsAtSpaces && word.Length > 0)
                {
                    _unigram.Encode(word, 0, word.Length, output);
                    word.Truncate(0);
                }
                word.Append(escaped ? (byte)' ' : bytes[at], text, at);
                if (escaped) at += 2;
            }
            if (word.Length > 0) _unigram.Encode(word, 0, word.Length, output);
        }
    }

    private static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out var rune, out var length) == 0
            && Rune.IsWhiteSpace(rune)) at += length;
        return at;
    }

    private static int SkipInk(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out var rune, out var length) == 0
            && !Rune.IsWhiteSpace(rune)) at += length;
        return at;
    }

    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var pieces = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if (!skipSpecialTokens || !Special.IsSpecial(id)) pieces.Add(Pieces[id]);
        }
        if (_file.Decoders.Count == 0) return string.Join(' ', pieces);
        foreach (var decoder in _file.Decoders) pieces = Apply(decoder, pieces);
        return string.Concat(pieces);
    }

    private static List<string> Apply(PieceEdit decoder, List<string> pieces) => decoder switch
    {
        MetaspaceDecoder(var takesFirst) =>
            [.. pieces.Select((piece, i) => piece.Replace("\u2581", i == 0 && takesFirst
                ? "" : " ", StringComparison.Ordinal))],
        ReplaceDecoder(var pattern, var content) =>
            [.. pieces.Select(piece => piece.Replace(pattern, content, StringComparison.Ordinal))],
        StripDecoder strip => [.. pieces.Select(piece => Strip(piece, strip))],
        FuseDecoder => [string.Concat(pieces)],
        ByteFallbackDecoder => JoinBytes(pieces),
        _ => throw new InvalidOperationException($"No such decoder: {decoder}"),
    };

    private static string Strip(string piece, StripDecoder strip)
    {
        var (start, end) = (0, piece.Length);
        for (var i = 0; i < strip.Start && start < end && strip.Content.StartsWith(piece[start]); i++) start++;
        for (var i = 0; i < strip.Stop && end > start && strip.Content.StartsWith(piece[end - 1]); i++) end--;
        return piece[start..end];
    }

    // A run of bytes that is not UTF-8 becomes one U+FFFD a byte.
    private static List<string> JoinBytes(List<string> pieces)
    {
        var (joined, bytes) = (new List<string>(pieces.Count), new List<byte>());
        foreach (var piece in pieces.Append(""))
        {
            if (UnigramModel.ByteOf(piece) is { } value)
            {
                bytes.Add(value);
                continue;
            }
            if (bytes.Count > 0)
            {
                var run = bytes.ToArray();
                joined.Add(System.Text.Unicode.Utf8.IsValid(run)
                    ? Encoding.UTF8.GetString(run) : new string('\ufffd', run.Length));
                bytes.Clear();
            }
            joined.Add(piece);
        }
        return joined;
    }
}
