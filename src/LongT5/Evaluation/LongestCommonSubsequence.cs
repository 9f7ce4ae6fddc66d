namespace LongT5.Evaluation;

/// <summary>
/// The longest common subsequence of two sequences of word numbers, 64 cells at a time (Crochemore et al., 2001).
/// </summary>
/// <remarks>
/// A row of the classical table is kept as one bit for each word of the first sequence: zero where the length grows.
/// Memory grows by the sum of the lengths times the root of the second, time by their product over 64.
/// </remarks>
sealed class LongestCommonSubsequence
{
    private readonly int[] _first;
    private readonly Dictionary<int, List<int>> _places = [];
    private readonly Dictionary<int, ulong[]> _frequent = [];
    private readonly ulong[] _mask;

    public LongestCommonSubsequence(int[] first)
    {
        _first = first;
        _mask = new ulong[(first.Length + 63) / 64];
        for (var i = 0; i < first.Length; i++)
        {
            if (!_places.TryGetValue(first[i], out var places)) _places[first[i]] = places = [];
            places.Add(i);
        }
        // There are at most 64 words that stand at more than a 64th of all places.
        foreach (var (word, places) in _places)
        {
            if (places.Count <= _mask.Length) continue;
            var mask = new ulong[_mask.Length];
            foreach (var place in places) mask[place >> 6] |= 1UL << place;
            _frequent[word] = mask;
        }
    }

    /// <summary>How long the longest subsequence common with <paramref name="second"/> is.</summary>
    public int Length(ReadOnlySpan<int> second)
    {
        var row = FirstRow();
        foreach (var word in second) Next(row, word);
        var length = 64 * row.Length;
        foreach (var bits in row) length -= System.Numerics.BitOperations.PopCount(bits);
        return length;
    }

    /// <summary>
    /// Marks which words of the first sequence are in it; of several ways the one that ROUGE's reference walks back.
    /// </summary>
    public void Mark(ReadOnlySpan<int> second, bool[] marked)
    {
        // Every so many rows are kept; the ones between are computed again on the way back.
        var width = Math.Max(1, (int)Math.Sqrt(second.Length));
        var kept = new List<ulong[]> { FirstRow() };
        var row = FirstRow();
        for (var j = 0; j < second.Length; j++)
        {
            Next(row, second[j]);
            if ((j + 1) % width == 0) kept.Add([.. row]);
        }
        var (i, last) = (_first.Length, second.Length);
        for (var block = (second.Length - 1) / width; block >= 0 && i > 0 && second.Length > 0; block--)
        {
            var from = block * width;
            var rows = Rows(kept[block], second[from..last]);
            var j = last;
            while (i > 0 && j > from)
            {
                if (_first[i - 1] == second[j - 1])
                {
                    marked[--i] = true;
                    j--;
                }
                else if ((rows[j - from - 1][(i - 1) >> 6] >> (i - 1) & 1) == 0)
                {
                    j--;
                }
                else
                {
                    i--;
                }
            }
            last = from;
        }
    }

    /// <summary>
    /// The same for a first sequence of at most 64 words, as the lines of most texts are: a row is one number.
    /// </summary>
    /// <param name="first">The first sequence.</param>
    /// <param name="masks">For each word of the vocabulary, a bit for each place in the first sequence.</param>
    /// <param name="second">The other sequence.</param>
    /// <param name="rows">Room for as many rows as the second sequence has words.</param>
    /// <param name="marked">A bit for each word of the first sequence; the common ones are added.</param>
    public static void MarkShort(ReadOnlySpan<int> first, ReadOnlySpan<ulong> masks, ReadOnlySpan<int> second,
        Span<ulong> rows, ref ulong marked)
    {
        var row = ulong.MaxValue;
        for (var j = 0; j < second.Length; j++)
        {
            var common = row & masks[second[j]];
            rows[j] = row = (row + common) | (row & ~common);
        }
        if (row == ulong.MaxValue) return;
        for (var (i, j) = (first.Length, second.Length); i > 0 && j > 0;)
        {
            if (first[i - 1] == second[j - 1])
            {
                marked |= 1UL << --i;
                j--;
            }
            else if ((rows[j - 1] >> (i - 1) & 1) == 0)
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }

    private ulong[] FirstRow()
    {
        var row = new ulong[_mask.Length];
        row.AsSpan().Fill(ulong.MaxValue);
        return row;
    }

    private List<ulong[]> Rows(ulong[] before, ReadOnlySpan<int> words)
    {
        var rows = new List<ulong[]>(words.Length);
        var row = before.ToArray();
        foreach (var word in words)
        {
            Next(row, word);
            rows.Add([.. row]);
        }
        return rows;
    }

    // row = (row + (row & mask)) | (row & ~mask), over all words of 64 bits.
    private void Next(ulong[] row, int word)
    {
        if (!_places.TryGetValue(word, out var places)) return;
        if (!_frequent.TryGetValue(word, out var mask))
        {
            mask = _mask;
            foreach (var place in places) mask[place >> 6] |= 1UL << place;
        }
        var carry = 0UL;
        for (var k = 0; k < row.Length; k++)
        {
            var common = row[k] & mask[k];
            var sum = row[k] + common;
            var over = sum < common ? 1UL : 0;
            sum += carry;
            over |= sum < carry ? 1UL : 0;
            row[k] = sum | (row[k] & ~mask[k]);
            carry = over;
        }
        if (mask == _mask) foreach (var place in places) mask[place >> 6] = 0;
    }
}
