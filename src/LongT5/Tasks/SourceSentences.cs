using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>The sentences of a text that a model read: where they stand in it, and which tokens they are.</summary>
sealed class SourceSentences
{
    private readonly (int Start, int End)[] _places;
    private readonly string _line;
    private readonly int[] _placeInLine;

    /// <param name="whole">What was given to the tokenizer: the prefix and the text.</param>
    /// <param name="start">Where the text begins in it.</param>
    /// <param name="tokens">The tokens of all of it.</param>
    /// <param name="read">The tokens that were read; sentences beyond them are none of these.</param>
    public SourceSentences(string whole, int start, Tokenization tokens, ReadOnlySpan<int> read)
    {
        Text = whole[start..];
        var same = read.CommonPrefixLength(tokens.Ids);
        while (same > 0 && tokens.Offsets[same - 1].End <= start) same--;
        var end = same == 0 ? start : tokens.Offsets[same - 1].End;
        _places = [.. Sentences.Split(Text).Select(range => (range.Start.Value, range.End.Value))
            .Where(place => place.Item1 + start < end)];
        Bounds = new int[_places.Length + 1];
        var token = 0;
        for (var i = 0; i < _places.Length; i++)
        {
            while (token < same && tokens.Offsets[token].End <= _places[i].Start + start) token++;
            Bounds[i] = token;
        }
        Bounds[^1] = same;
        (_line, _placeInLine) = InOneLine();
    }

    /// <summary>The text, without the prefix.</summary>
    public string Text { get; }

    /// <summary>How many there are.</summary>
    public int Count => _places.Length;

    /// <summary>The first token of each in what was read, and the one behind the last.</summary>
    public int[] Bounds { get; }

    /// <summary>The words of one.</summary>
    public ReadOnlySpan<char> this[int i] => Text.AsSpan()[_places[i].Start.._places[i].End];

    /// <summary>One as a passage.</summary>
    public Passage Passage(int i, double weight) => new(_places[i].Start, _places[i].End, this[i].ToString(), weight);

    /// <summary>The sentences that some words stand in as they are, but for white space: at the first place where they
    /// are whole sentences, or else at the first where they are whole words; none where they stand nowhere.</summary>
    public Range? Standing(string words)
    {
        var wanted = OneLine(words);
        (int Start, int End)? first = null;
        for (var at = 0; wanted.Length > 0 && (at = _line.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0; at++)
        {
            if (!IsWordEdge(at) || !IsWordEdge(at + wanted.Length)) continue;
            var (low, high) = (Holding(at), Holding(at + wanted.Length - 1));
            if (_placeInLine[low] == at && (high + 1 == Count ? _line.Length : _placeInLine[high + 1] - 1)
                == at + wanted.Length)
                return low..(high + 1);
            first ??= (low, high);
        }
        return first is { } found ? found.Start..(found.End + 1) : null;
    }

    // All sentences with single spaces, and where each begins.
    private (string Line, int[] Places) InOneLine()
    {
        var line = new System.Text.StringBuilder();
        var places = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            if (i > 0) line.Append(' ');
            places[i] = line.Length;
            line.Append(OneLine(this[i].ToString()));
        }
        return (line.ToString(), places);
    }

    private static string OneLine(string text)
        => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private int Holding(int at) => Array.BinarySearch(_placeInLine, at) is >= 0 and var i ? i : ~Array.BinarySearch(
        _placeInLine, at) - 1;

    private bool IsWordEdge(int at) => at == 0 || at == _line.Length
        || !(char.IsLetterOrDigit(_line[at - 1]) && char.IsLetterOrDigit(_line[at]));
}
