using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LongT5.Text;

/// <summary>Turns ids into text as they arrive, in whole characters and whole words.</summary>
/// <remarks>
/// All it gives, joined, is what <see cref="Tokenizer.Decode"/> gives for all ids without special tokens. For one
/// sequence and one thread.
/// </remarks>
public sealed class StreamingDecoder(Tokenizer tokenizer)
{
    // Ids whose text was given already; they are decoded again with the next ones, so that spaces come out right.
    private List<int> _context = [];
    private readonly List<int> _pending = [];

    /// <summary>Takes the next id; gives the text that became final, often empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    public string Add(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        if (id >= tokenizer.VocabularySize || tokenizer.IsSpecial(id)) return "";
        var text = StartsAnew(tokenizer.Piece(id)) ? Finish() : "";
        _pending.Add(id);
        return text;
    }

    /// <summary>Gives what is left when no more ids come.</summary>
    public string Finish()
    {
        if (_pending.Count == 0) return "";
        var given = Decode(_context).Length;
        var behind = Decode(_pending).Length > 0 ? [] : _context;
        _context.AddRange(_pending);
        var text = Decode(_context)[given..];
        if (behind != _context) _context = [.. _pending];
        _pending.Clear();
        return text;
    }

    private string Decode(List<int> ids) => tokenizer.Decode(CollectionsMarshal.AsSpan(ids));

    // Whether what came before a piece is complete: a space or a sign starts the piece, or a script that sets no
    // spaces.
    internal static bool StartsAnew(string piece)
    {
        if (UnigramModel.ByteOf(piece) is not null || Rune.DecodeFromUtf16(piece, out var first, out _)
            != System.Buffers.OperationStatus.Done) return false;
        return first.Value is 0x2581 or (>= 0x0e00 and <= 0x0eff) or (>= 0x1000 and <= 0x109f)
            or (>= 0x1780 and <= 0x17ff) or (>= 0x2e80 and <= 0x9fff) or >= 0x20000
            || (first.Value is not ('\'' or '\u2019' or '-')
                && Rune.GetUnicodeCategory(first) is >= UnicodeCategory.SpaceSeparator and not UnicodeCategory.Format);
    }
}
