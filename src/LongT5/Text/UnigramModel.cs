using System.Buffers;
using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>
/// The segmentation of highest probability under a unigram language model (Kudo, 2018), by Viterbi's algorithm.
/// </summary>
sealed class UnigramModel
{
    private const float UnknownPenalty = 10;

    private readonly PieceTrie _trie;
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly int[]? _bytes;
    private readonly bool _single;

    private UnigramModel(PieceTrie trie, double[] scores, int unknown, double lowest, int[]? bytes, bool single)
    {
        (_trie, _scores, _unknown, _bytes, _single) = (trie, scores, unknown, bytes, single);
        _unknownScore = single ? (float)lowest - UnknownPenalty : lowest - UnknownPenalty;
    }

    /// <summary>As SentencePiece computes it: sums in single precision, so that ties fall as they do there.</summary>
    public static UnigramModel Of(SentencePieceModel model, string path)
    {
        var keys = new List<KeyValuePair<byte[], int>>(model.Pieces.Count);
        var scores = new double[model.Pieces.Count];
        var (lowest, unknown) = (float.MaxValue, 0);
        for (var id = 0; id < scores.Length; id++)
        {
            var piece = model.Pieces[id];
            scores[id] = piece.Kind == PieceKind.UserDefined ? -0.1 : piece.Score;
            if (piece.Kind == PieceKind.Normal) lowest = Math.Min(lowest, piece.Score);
            if (piece.Kind == PieceKind.Unknown) unknown = id;
            if (piece.Kind is PieceKind.Normal or PieceKind.UserDefined
                && Key(piece.Text, model.EscapeWhitespaces) is { } key)
                keys.Add(new(key, id));
        }
        var bytes = model.ByteFallback ? BytePieces([.. model.Pieces.Select(piece => piece.Text)]) : null;
        if (model.ByteFallback && bytes is null)
            throw new BadFileException(path, "it is to spell unknown characters in bytes (byte_fallback), but has "
                + "not all 256 pieces <0x00> to <0xFF>");
        return new(new(keys), scores, unknown, lowest, bytes, single: true);
    }

    /// <summary>As the tokenizers library computes it: in double precision, every piece may be matched.</summary>
    public static UnigramModel Of(IReadOnlyList<string> pieces, double[] scores, int unknown, bool byteFallback)
    {
        var keys = pieces.Select((text, id) => KeyValuePair.Create(Key(text, true), id))
            .Where(pair => pair.Key is not null);
        var bytes = byteFallback ? BytePieces(pieces) : null;
        return new(new(keys!), scores, unknown, scores.Length == 0 ? 0 : scores.Min(), bytes, single: false);
    }

    /// <summary>
    /// Adds the best pieces for the bytes from <paramref name="from"/> to
    /// <paramref name="to"/>; unknown neighbours become one.
    /// </summary>
    public void Encode(NormalizedText normalized, int from, int to, TokenList output)
    {
        var text = normalized.Bytes[from..to];
        // nodes[i] is the best way to reach the byte window + i; beyond `reach` none is known.
        var nodes = ArrayPool<Node>.Shared.Rent(256);
        nodes[0] = default;
        var (window, reach) = (0, 0);
        var unknown = new UnknownRun();
        for (var at = 0; at < text.Length;)
        {
            if (at - window == reach && reach > 0)
            {
                // Every way goes through here: what lies behind is decided.
                Emit(nodes, window, reach, normalized, from, output, ref unknown);
                nodes[0] = new(nodes[reach].Score, 0, 0);
                (window, reach) = (at, 0);
            }
            var score = nodes[at - window].Score;
            var width = Math.Min(CharacterWidth(text[at]), text.Length - at);
            var whole = false;
            var node = PieceTrie.Root;
            for (var end = at; end < text.Length && _trie.Step(ref node, text[end]);)
            {
                end++;
                var id = _trie.Id(node);
                if (id < 0) continue;
                whole |= end - at == width;
                Consider(ref nodes, window, ref reach, at, end, id, score + _scores[id]);
            }
            if (!whole) Consider(ref nodes, window, ref reach, at, at + width, _unknown, Round(score + _unknownScore));
            at += width;
        }
        if (reach > 0) Emit(nodes, window, text.Length - window, normalized, from, output, ref unknown);
        Flush(ref unknown, normalized, output);
        ArrayPool<Node>.Shared.Return(nodes);
    }

    private double Round(double score) => _single ? (float)score : score;

    private void Consider(ref Node[] nodes, int window, ref int reach, int start, int end, int id, double score)
    {
        var target = end - window;
        if (target >= nodes.Length)
        {
            var larger = ArrayPool<Node>.Shared.Rent(Math.Max(2 * nodes.Length, target + 1));
            nodes.AsSpan(0, reach + 1).CopyTo(larger);
            ArrayPool<Node>.Shared.Return(nodes);
            nodes = larger;
        }
        while (reach < target) nodes[++reach] = new(0, -1, 0);
        ref var node = ref nodes[target];
        if (node.Start < 0 || score > node.Score) node = new(Round(score), start - window, id);
    }

    private void Emit(Node[] nodes, int window, int last, NormalizedText normalized, int from, TokenList output,
        ref UnknownRun unknown)
    {
        // Backwards, each node is told where the way goes on; forwards, the way is written.
        var next = last;
        for (var at = last; at > 0;)
        {
            var start = nodes[at].Start;
            nodes[at].Start = next;
            (next, at) = (at, start);
        }
        for (var (at, end) = (0, next); at < last; (at, end) = (end, nodes[end].Start))
        {
            var id = nodes[end].Id;
            var (first, behind) = (from + window + at, from + window + end);
            if (id == _unknown)
            {
                unknown = unknown.End > unknown.Start ? unknown with { End = behind } : new(first, behind);
                continue;
            }
            Flush(ref unknown, normalized, output);
            output.Add(id, normalized, first, behind);
        }
    }

    private void Flush(ref UnknownRun run, NormalizedText normalized, TokenList output)
    {
        if (run.Start == run.End) return;
        if (_bytes is null)
        {
            output.Add(_unknown, normalized, run.Start, run.End);
        }
        else
        {
            for (var i = run.Start; i < run.End; i++)
            {
                foreach (var value in Spelled(in normalized.Bytes[i]))
                    output.Add(_bytes[value], normalized, run.Start, run.End);
            }
        }
        run = default;
    }

    private static ReadOnlySpan<byte> Spelled(in byte value) => value == ' ' ? "\u2581"u8 : new(in value);

    private static int CharacterWidth(byte first) => first switch { < 0xc0 => 1, < 0xe0 => 2, < 0xf0 => 3, _ => 4 };

    // A piece with a space in it can never be met where spaces are escaped.
    private static byte[]? Key(string piece, bool escaped)
        => !escaped ? Encoding.UTF8.GetBytes(piece)
            : piece.Contains(' ') ? null
            : Encoding.UTF8.GetBytes(piece.Replace(Normalizer.Space, ' '));

    private static int[]? BytePieces(IReadOnlyList<string> pieces)
    {
        var ids = new int[256];
        ids.AsSpan().Fill(-1);
        for (var id = 0; id < pieces.Count; id++)
        {
            if (ByteOf(pieces[id]) is { } value) ids[value] = id;
        }
        return ids.Contains(-1) ? null : ids;
    }

    /// <summary>The byte that a piece such as <c>&lt;0x0A&gt;</c> stands for.</summary>
    public static byte? ByteOf(string piece)
        => piece is ['<', '0', 'x', _, _, '>']
            && byte.TryParse(piece.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : null;

    private record struct Node(double Score, int Start, int Id);

    private readonly record struct UnknownRun(int Start, int End);
}
