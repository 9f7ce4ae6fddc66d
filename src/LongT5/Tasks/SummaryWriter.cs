using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using LongT5.Generation;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>Makes a summary of the tokens that a model writes: sentence by sentence, in the characters of the source,
/// and no further than it makes sense.</summary>
/// <remarks>
/// It ends before a unit that the model repeats three times running, before the words that were put in front of the
/// text, and with the last whole sentence where a limit was reached. What it has given is never taken back. For one
/// sequence and one thread.
/// </remarks>
/// <param name="tokenizer">The vocabulary.</param>
/// <param name="source">What was read.</param>
/// <param name="prefix">What was put in front of it.</param>
sealed class SummaryWriter(Tokenizer tokenizer, SourceText source, string prefix) : ISummaryWriter
{
    private const int LongestUnit = 64;

    private static readonly SearchValues<char> Marks = SearchValues.Create(".!?\u2026\u3002\uff01\uff1f");

    private readonly string _ownWord = string.Concat(prefix.SkipWhile(c => !char.IsLetter(c)).TakeWhile(char.IsLetter));
    private readonly List<int> _ids = [];
    private readonly StringBuilder _text = new();
    private int _kept;
    private bool _sawMark;

    public string? EndedBy { get; private set; }

    public int LeftAway { get; private set; }

    public int Lost { get; private set; }

    public string Add(int id)
    {
        if (tokenizer.IsSpecial(id) && id != tokenizer.UnknownId) return "";
        var begins = id < tokenizer.VocabularySize && StreamingDecoder.StartsAnew(tokenizer.Piece(id));
        var given = begins && _sawMark ? Certain() : "";
        _ids.Add(id);
        _sawMark |= id < tokenizer.VocabularySize && tokenizer.Piece(id).AsSpan().ContainsAny(Marks);
        return given;
    }

    public string Finish(bool isCut)
    {
        var start = _text.Length;
        while (Certain().Length > 0) { }
        var pending = Pending();
        if (Repetition(_kept) is { Start: >= 0 } repeated)
        {
            EndedBy = "the model repeated itself";
            // A summary that is nothing else has it once.
            var length = repeated.Start - _kept;
            pending = pending[..(length > 0 || _text.Length > 0 ? length : repeated.Unit)];
        }
        var rest = Quote(pending);
        if (OwnWordIn(rest.Text) is >= 0 and var leak)
        {
            EndedBy ??= "the model wrote what was put in front of the text";
            rest = rest with { Text = rest.Text[..leak].TrimEnd() };
        }
        var isWhole = EndedBy is null
            && (!isCut || Sentences.IsWhole(rest.Text) && (rest.End < 0 || source.EndsSentence(rest.End)));
        if (isWhole || _text.Length == 0)
        {
            Append(rest);
            _kept += pending.Length;
        }
        LeftAway = _ids.Count - _kept;
        return _text.ToString(start, _text.Length - start);
    }

    public string Text => _text.ToString();

    public IReadOnlyList<string>? Quoted => null;

    // The first of the pending sentences, if another has begun.
    private string Certain()
    {
        _sawMark = false;
        var pending = Pending();
        var chunks = Chunks(pending, out var text);
        if (Sentences.Split(text) is not [var first, var second, ..]) return "";
        // A sign that the vocabulary lacks has no text: it belongs to the sentence before, unless a space stands before
        // it.
        bool IsAtSecond((int Token, int Start) chunk) => chunk.Start + Spaces(text, chunk.Start) == second.Start.Value;
        var next = chunks.FindIndex(chunk => IsAtSecond(chunk) && StartsWord(pending[chunk.Token]));
        if (next < 0) next = chunks.FindLastIndex(IsAtSecond);
        if (next < 0) return "";
        _sawMark = true;
        var length = chunks[next].Token;
        if (Repetition(_kept) is { Start: >= 0 } repeated && repeated.Start < _kept + length) return "";
        var sentence = Quote(pending.AsSpan(0, length));
        if (OwnWordIn(sentence.Text) >= 0) return "";
        var start = _text.Length;
        Append(sentence);
        _kept += length;
        return _text.ToString(start, _text.Length - start);
    }

    private int[] Pending() => [.. CollectionsMarshal.AsSpan(_ids)[_kept..]];

    private void Append(Run piece)
    {
        if (piece.Text.Length > 0 && _text.Length > 0 && !Sentences.IsOfScriptWithoutSpaces(piece.Text[0]))
            _text.Append(' ');
        _text.Append(piece.Text);
        Lost += piece.Lost;
    }

    private int OwnWordIn(string text)
    {
        if (_ownWord.Length < 3 || source.Has(_ownWord)) return -1;
        return text.IndexOf(_ownWord, StringComparison.OrdinalIgnoreCase);
    }

    private static int Spaces(string text, int at)
    {
        var spaces = 0;
        while (at + spaces < text.Length && text[at + spaces] == ' ') spaces++;
        return spaces;
    }

    // The tokens at which a word or a sign begins, and where it does so in the decoded text.
    private List<(int Token, int Start)> Chunks(ReadOnlySpan<int> ids, out string text)
    {
        var decoder = new StreamingDecoder(tokenizer);
        var decoded = new StringBuilder();
        var chunks = new List<(int, int)>();
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] >= tokenizer.VocabularySize || StreamingDecoder.StartsAnew(tokenizer.Piece(ids[i])))
            {
                decoded.Append(decoder.Finish());
                chunks.Add((i, decoded.Length));
            }
            decoder.Add(ids[i]);
        }
        text = decoded.Append(decoder.Finish()).ToString();
        return chunks;
    }

    // The text of some tokens: what the source has, in its characters; the rest as it is decoded.
    private Run Quote(ReadOnlySpan<int> ids)
    {
        var written = new StringBuilder();
        var chunks = Chunks(ids, out var text);
        if (ids.Length > 0 && (chunks.Count == 0 || chunks[0].Token > 0)) chunks.Insert(0, (0, 0));
        var (end, lost) = (-1, 0);
        for (var i = 0; i < chunks.Count;)
        {
            var (token, start) = chunks[i++];
            var quoted = source.Longest(ids[token..], out var quote, out end);
            while (i < chunks.Count && chunks[i].Token < token + quoted) i++;
            var (next, stop) = i < chunks.Count ? chunks[i] : (ids.Length, text.Length);
            if (quoted == 0) lost += ids[token..next].Count(tokenizer.UnknownId);
            written.Append(quoted == 0 ? text[start..stop] : Spaces(text, start) > 0 ? " " + quote : quote);
        }
        return new(written.ToString().Trim(), end, lost);
    }

    // The first unit that stands three times running, and not so in the source.
    private (int Start, int Unit) Repetition(int from)
    {
        var ids = CollectionsMarshal.AsSpan(_ids);
        for (var start = from; start < ids.Length; start++)
        {
            if (!StartsWord(ids[start])) continue;
            for (var unit = 1; unit <= Math.Min(LongestUnit, (ids.Length - start) / 3); unit++)
            {
                var thrice = ids.Slice(start, 3 * unit);
                if (thrice[unit..].SequenceEqual(thrice[..(2 * unit)]) && !source.Has(thrice))
                    return (start, unit);
            }
        }
        return (-1, 0);
    }

    private bool StartsWord(int id) => id < tokenizer.VocabularySize && tokenizer.Piece(id)
        .StartsWith(Normalizer.Space);

    /// <param name="Text">The text.</param>
    /// <param name="End">Where in the source its last words end; -1 where they do not stand there.</param>
    /// <param name="Lost">Signs that could not be given.</param>
    private readonly record struct Run(string Text, int End, int Lost);
}
