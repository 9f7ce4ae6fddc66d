using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>The text that was read, to quote from in its own characters.</summary>
/// <remarks>
/// Ids are less than text: a vocabulary folds characters, and has none for many. A run of written tokens that stands in
/// the text is therefore given as it stands there.
/// </remarks>
sealed class SourceText
{
    // So many words are no coincidence: a run of them is a quotation even where another place spells it otherwise.
    private const int Quotation = 3;

    private const string Space = "\u2581";

    private readonly Tokenizer _tokenizer;
    private readonly string _whole;
    private readonly int _start;
    private readonly Tokenization _tokens;
    private readonly Lazy<ILookup<int, int>> _places;
    private readonly Lazy<HashSet<int>> _ends;

    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="whole">What was given to it: the prefix and the text.</param>
    /// <param name="start">Where the text begins in it.</param>
    /// <param name="tokens">Its tokens.</param>
    public SourceText(Tokenizer tokenizer, string whole, int start, Tokenization tokens)
    {
        (_tokenizer, _whole, _start, _tokens) = (tokenizer, whole, start, tokens);
        _places = new(() => Enumerable.Range(0, tokens.Ids.Length)
            .Where(at => tokens.Offsets[at].End > start && StreamingDecoder.StartsAnew(tokens.Pieces[at]))
            .ToLookup(at => tokens.Ids[at]));
        _ends = new(() => [.. Sentences.Split(whole[start..]).Select(range => range.End.Value + start)]);
    }

    /// <summary>The tokens of the text, the prefix and the end token not among them.</summary>
    public int Tokens => _tokens.Offsets.Count(offset => offset.End > _start);

    /// <summary>Whether the text has these tokens in a row.</summary>
    public bool Has(ReadOnlySpan<int> ids) => _tokens.Ids.AsSpan().IndexOf(ids) >= 0;

    /// <summary>Whether the text has a word.</summary>
    public bool Has(string word) => _whole.AsSpan(_start).Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a sentence of the text ends at a place, or with the quotes and brackets that close there.
    /// </summary>
    public bool EndsSentence(int at)
    {
        while (!_ends.Value.Contains(at))
            if (at == _whole.Length || !char.IsPunctuation(_whole[at++]))
                return false;
        return true;
    }

    /// <summary>The tokens between two sentences, where no sentence begins with its space.</summary>
    public int[] Separator => _tokenizer.IsOfBytes ? _tokenizer.Encode(" ", addEnd: false) : [];

    /// <summary>
    /// The sentences, in order: what may be quoted whole. Of a text that has hardly any, all its pieces.
    /// </summary>
    /// <param name="read">The tokens that are read; sentences beyond them are not among those given.</param>
    public List<(int[] Tokens, string Text)> Quotable(ReadOnlySpan<int> read)
    {
        var text = _whole[_start..];
        var pieces = Sentences.Split(text);
        var whole = Prose.Problem(text) is null
            ? pieces.Where(piece => Sentences.IsWhole(text.AsSpan()[piece])) : pieces;
        var same = read.CommonPrefixLength(_tokens.Ids);
        var (sentences, known) = (new List<(int[], string)>(), new HashSet<string>());
        var next = 0;
        foreach (var piece in whole)
        {
            var (start, end) = (piece.Start.Value + _start, piece.End.Value + _start);
            while (next < same && _tokens.Offsets[next].End <= start) next++;
            if (next == same) break;
            var first = next;
            while (next < same && _tokens.Offsets[next].End > start && _tokens.Offsets[next].Start < end) next++;
            // The space before a sentence may be a token by itself. Tokens may reach beyond it, into white space alone.
            var isBare = !StreamingDecoder.StartsAnew(_tokens.Pieces[first])
                || _tokens.Ids[first] == _tokenizer.UnknownId;
            if (isBare && first > 0 && _tokens.Pieces[first - 1] == Space) first--;
            var isAll = next > first && _tokens.Offsets[next - 1].End >= end
                && IsBlank(_tokens.Offsets[first].Start, start) && IsBlank(end, _tokens.Offsets[next - 1].End);
            // One with a special token cannot be written: an end token would end it.
            isAll &= !_tokens.Ids[first..next].Any(id => _tokenizer.IsSpecial(id) && id != _tokenizer.UnknownId);
            var words = OneLine(_whole[start..end]);
            if (isAll && known.Add(words)) sentences.Add((_tokens.Ids[first..next], words));
        }
        return sentences;
    }

    /// <summary>The longest beginning of some tokens that is a quotation.</summary>
    /// <param name="ids">Tokens, of which the first begins something.</param>
    /// <param name="quote">The characters of the text, in one line.</param>
    /// <param name="end">Where they end in it.</param>
    /// <returns>How many tokens it takes; 0 where the text has no such run.</returns>
    public int Longest(ReadOnlySpan<int> ids, out string quote, out int end)
    {
        var (longest, place, isAlone) = (0, 0, true);
        foreach (var at in _places.Value[ids[0]])
        {
            var length = Whole(ids, _tokens.Ids.AsSpan(at), at);
            if (length == 0 || length < longest) continue;
            isAlone = length > longest || isAlone && Between(at, length) == Between(place, length);
            if (length > longest) (longest, place) = (length, at);
        }
        (quote, end) = ("", -1);
        if (longest == 0) return 0;
        quote = Between(place, longest);
        end = _tokens.Offsets[place + longest - 1].End;
        var isQuotation = isAlone || quote.Count(' ') + 1 >= Quotation;
        return isQuotation && Letters(_tokenizer.Encode(quote, addEnd: false)) == Letters(ids[..longest]) ? longest : 0;
    }

    // White space apart, since a line break may be no sign of the vocabulary.
    private string Letters(ReadOnlySpan<int> ids)
        => string.Concat(_tokenizer.Decode(ids).Where(c => !char.IsWhiteSpace(c)));

    // How many tokens are the same from here on, up to where something ends in both.
    private int Whole(ReadOnlySpan<int> ids, ReadOnlySpan<int> source, int at)
    {
        var same = ids.CommonPrefixLength(source);
        while (same > 0 && (same < ids.Length && !Begins(ids[same]) || same < source.Length
            && !StreamingDecoder.StartsAnew(_tokens.Pieces[at + same])))
            same--;
        return same;
    }

    private bool Begins(int id) => id >= _tokenizer.VocabularySize || StreamingDecoder.StartsAnew(_tokenizer.Piece(id));

    private bool IsBlank(int from, int to) => from >= to || _whole.AsSpan(from..to).IsWhiteSpace();

    private string Between(int at, int length)
        => OneLine(_whole[_tokens.Offsets[at].Start.._tokens.Offsets[at + length - 1].End]);

    private static string OneLine(string text)
        => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
