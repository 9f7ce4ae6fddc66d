using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>
/// Tokens from a spiece.model: SentencePiece between the special tokens, as the reference's T5Tokenizer does it.
/// </summary>
sealed class SentencePieceScheme : TokenScheme
{
    private readonly Normalizer _normalizer;
    private readonly UnigramModel _unigram;
    private readonly SentencePieceModel _model;
    private readonly bool _legacy;

    private SentencePieceScheme(SentencePieceModel model, string[] pieces, SpecialTokens special, string path,
        bool legacy)
        : base(pieces, special)
    {
        _normalizer = new(model, path);
        _unigram = UnigramModel.Of(model, path);
        (_model, _legacy) = (model, legacy);
    }

    public override bool KeepsWrittenEnd => true;

    public override bool AddsEnd => true;

    public static SentencePieceScheme Create(
        SentencePieceModel model, TokenizerOptions options, IReadOnlyList<AddedToken> added, string path)
    {
        var pieces = model.Pieces.Select(piece => piece.Text).ToList();
        var special = new Dictionary<int, AddedToken>();
        for (var id = 0; id < pieces.Count; id++)
        {
            var own = pieces[id].StartsWith("<extra_id_", StringComparison.Ordinal);
            if (own || pieces[id] is "<pad>" or "</s>" or "<unk>") special[id] = new(id, pieces[id], own, own, true);
        }
        var sentinels = options.Sentinels ?? (pieces.Any(piece => piece is "<extra_id_0>" or "\u2581<extra_id_0>")
            ? 0 : 100);
        ArgumentOutOfRangeException.ThrowIfNegative(sentinels, nameof(options.Sentinels));
        for (var n = sentinels - 1; n >= 0; n--)
        {
            special[pieces.Count] = new(pieces.Count, $"<extra_id_{n}>", true, true, true);
            pieces.Add($"<extra_id_{n}>");
        }
        foreach (var token in added)
        {
            while (pieces.Count <= token.Id) pieces.Add("");
            pieces[token.Id] = token.Content;
            special[token.Id] = token;
        }
        return new(model, [.. pieces], new(special.Values, options.SpecialTokensInText ? special.Values : []), path,
            options.Legacy);
    }

    public override void Encode(string text, TokenList output)
    {
        // The space before the first word is written down, so that SentencePiece need not add one before each stretch.
        var prefixed = _legacy || text.Length == 0 ? text : Normalizer.Space + text.Replace(Normalizer.Space, ' ');
        var shift = prefixed.Length - text.Length;
        var from = 0;
        var takeSpace = false;
        var firstIsSpecial = new List<bool>(2);
        while (from < prefixed.Length)
        {
            var found = Special.Find(prefixed, from, out var token, out var at);
            var (start, end) = (from, found ? at : prefixed.Length);
            if (takeSpace) while (start < end && IsPythonSpace(prefixed[start])) start++;
            if (found && token.LeftStrip) while (end > start && IsPythonSpace(prefixed[end - 1])) end--;
            Stretch(prefixed, start, end, shift, output);
            while (firstIsSpecial.Count < Math.Min(2, output.Ids.Count)) firstIsSpecial.Add(false);
            if (!found) break;
            from = at + token.Content.Length;
            takeSpace = token.RightStrip;
            output.Add(token.Id, Math.Max(at - shift, 0), from - shift);
            if (firstIsSpecial.Count < 2) firstIsSpecial.Add(token.Special);
        }
        // Before a special token, the space of the prefix stands for nothing.
        if (!_legacy && firstIsSpecial is [false, true] && Pieces[output.Ids[0]] == "\u2581") output.RemoveFirst();
    }

    private void Stretch(string text, int start, int end, int shift, TokenList output)
    {
        if (start == end) return;
        var stretch = text.AsSpan(start, end - start);
        using var normalized = new NormalizedText(stretch.Length + 16, output.Offsets is not null);
        var afterText = !_legacy && stretch[0] is Normalizer.Space or ' ';
        _normalizer.Normalize(stretch, start - shift, _legacy && _model.AddDummyPrefix, afterText, normalized);
        _unigram.Encode(normalized, 0, normalized.Length, output);
    }

    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        // Sentinels and tokens added by hand stand between stretches of text, one space on either side; other special
        // tokens stand in them.
        var parts = new List<string>();
        var stretch = new List<int>();
        foreach (var id in ids)
        {
            if (skipSpecialTokens && Special.IsSpecial(id)) continue;
            if (id < _model.Pieces.Count && (Special.IsSpecial(id) || !Special.Contains(id)))
            {
                stretch.Add(id);
                continue;
            }
            if (stretch.Count > 0 && DecodeStretch(stretch) is { Length: > 0 } text) parts.Add(text);
            stretch.Clear();
            parts.Add(Pieces[id]);
        }
        if (stretch.Count > 0) parts.Add(DecodeStretch(stretch));
        return string.Join(' ', parts);
    }

    private string DecodeStretch(List<int> ids)
    {
        var text = new StringBuilder();
        var run = new List<int>();
        var (afterSpecial, first) = (false, true);
        foreach (var id in ids)
        {
            if (Special.IsSpecial(id))
            {
                if (!afterSpecial) text.Append(' ');
                DecodeRun(run, text, first);
                text.Append(Pieces[id]);
                run.Clear();
                (afterSpecial, first) = (true, false);
            }
            else
            {
                run.Add(id);
                afterSpecial = false;
            }
        }
        DecodeRun(run, text, first);
        return Trim(text.ToString());
    }

    // As SentencePiece's decoder: spaces at the start of the text go, bytes become characters.
    private void DecodeRun(List<int> ids, StringBuilder text, bool first)
    {
        var start = text.Length;
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            var piece = _model.Pieces[id];
            var leads = first;
            first = false;
            if (piece.Kind == PieceKind.Byte && UnigramModel.ByteOf(piece.Text) is { } value)
            {
                bytes.Add(value);
                continue;
            }
            Flush(bytes, text);
            if (piece.Kind == PieceKind.Control) continue;
            if (piece.Kind == PieceKind.Unknown)
            {
                text.Append(_model.UnknownSurface);
                continue;
            }
            var shown = piece.Text.AsSpan();
            // The reference takes the prefix space off the first piece; SentencePiece one more from each until there is
            // text.
            if (leads && shown is [Normalizer.Space, ..]) shown = shown[1..];
            if (text.Length == start && (_model.AddDummyPrefix || _model.RemoveExtraWhitespaces)
                && shown is [Normalizer.Space, ..]) shown = shown[1..];
            foreach (var c in shown) text.Append(c == Normalizer.Space ? ' ' : c);
        }
        Flush(bytes, text);
    }

    private static void Flush(List<byte> bytes, StringBuilder text)
    {
        text.Append(Encoding.UTF8.GetString([.. bytes]));
        bytes.Clear();
    }

    // Python's str.isspace: .NET's white space, and four separators of ASCII.
    private static bool IsPythonSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    private static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsPythonSpace(text[start])) start++;
        while (end > start && IsPythonSpace(text[end - 1])) end--;
        return text[start..end];
    }
}
