using System.Collections.Frozen;

namespace LongT5.Tasks.Doubting;

/// <summary>Numbers in words: "twenty-five", "two hundred and third", "a dozen".</summary>
static class NumberWords
{
    private static readonly FrozenDictionary<string, int> Small = Numbered(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            + "seventeen eighteen nineteen",
        "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
            + "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth",
        1, 0);

    private static readonly FrozenDictionary<string, int> Tens = Numbered(
        "twenty thirty forty fifty sixty seventy eighty ninety",
        "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth", 10, 20);

    private static readonly FrozenDictionary<string, decimal> Scales = new Dictionary<string, decimal>
    {
        ["dozen"] = 12,
        ["hundred"] = 100,
        ["hundredth"] = 100,
        ["thousand"] = 1_000,
        ["thousandth"] = 1_000,
        ["million"] = 1_000_000,
        ["millionth"] = 1_000_000,
        ["billion"] = 1_000_000_000,
        ["trillion"] = 1_000_000_000_000,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, decimal> Signs = new Dictionary<string, decimal>
    {
        ["k"] = 1_000,
        ["K"] = 1_000,
        ["m"] = 1_000_000,
        ["M"] = 1_000_000,
        ["mn"] = 1_000_000,
        ["mln"] = 1_000_000,
        ["bn"] = 1_000_000_000,
        ["B"] = 1_000_000_000,
        ["tn"] = 1_000_000_000_000,
        ["\u4e07"] = 10_000,
        ["\u842c"] = 10_000,
        ["\u5104"] = 100_000_000,
        ["\u4ebf"] = 100_000_000,
    }.ToFrozenDictionary();

    // What says a number without counting it.
    private static readonly FrozenDictionary<string, decimal> Other = new Dictionary<string, decimal>
    {
        ["once"] = 1,
        ["single"] = 1,
        ["both"] = 2,
        ["couple"] = 2,
        ["pair"] = 2,
        ["twice"] = 2,
        ["double"] = 2,
        ["triple"] = 3,
        ["thrice"] = 3,
        ["half"] = 0.5m,
        ["decade"] = 10,
        ["century"] = 100,
        ["fortnight"] = 14,
        ["dozens"] = 12,
    }.ToFrozenDictionary();

    /// <summary>What a word multiplies the number before it by, such as "million" or, as a sign, "bn"; or 0.</summary>
    public static decimal Scale(string folded, ReadOnlySpan<char> written)
        => Scales.TryGetValue(folded, out var scale) ? scale
            : Signs.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(written, out scale) ? scale : 0;

    /// <summary>A number that a word means beside what it says: "twice" is 2, "half" 0.5.</summary>
    public static decimal? Meant(string folded) => Other.TryGetValue(folded, out var value) ? value : null;

    /// <summary>The number that begins with a word.</summary>
    /// <param name="words">The words.</param>
    /// <param name="first">The word.</param>
    /// <param name="joined">Whether nothing but a space or a hyphen stands between a word and the next.</param>
    /// <param name="count">How many words it takes; 0 where none begins.</param>
    public static decimal Read(List<Word> words, int first, Func<int, bool> joined, out int count)
    {
        var (total, current, at) = (0m, 0m, first);
        var (wasSmall, isAny) = (false, false);
        for (count = 0; at < words.Count; at++)
        {
            var word = words[at].Folded;
            if (at > first && !joined(at - 1)) break;
            if (Small.TryGetValue(word, out var small) && !wasSmall)
            {
                current += small;
                wasSmall = true;
            }
            else if (Tens.TryGetValue(word, out var tens) && !wasSmall && (current == 0 || current % 100 == 0))
                current += tens;
            else if (Scales.TryGetValue(word, out var scale) && (isAny || at > first && words[first].Folded == "a"))
            {
                if (scale <= 100) current = Math.Max(current, 1) * scale;
                else (total, current) = (total + Math.Max(current, 1) * scale, 0);
                wasSmall = false;
            }
            else if (isAny && word == "and" && current + total >= 100) continue;
            else if (at == first && word == "a") continue;
            else break;
            isAny = true;
            count = at - first + 1;
        }
        return total + current;
    }

    private static FrozenDictionary<string, int> Numbered(string cardinals, string ordinals, int step, int from)
        => cardinals.Split(' ').Zip(Enumerable.Range(0, 100)).Concat(ordinals.Split(' ').Zip(Enumerable.Range(0, 100)))
            .ToFrozenDictionary(one => one.First, one => from + one.Second * step);
}
