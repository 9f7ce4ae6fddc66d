using System.Text.RegularExpressions;

namespace LongT5.Evidence;

/// <summary>Sentences changed on purpose, so that what they were made from is known.</summary>
static partial class Changes
{
    /// <summary>All kinds of change, by name.</summary>
    public static readonly string[] Kinds = ["two joined", "synonyms", "words left out", "order turned", "all at once"];

    /// <summary>A sentence made from one or two others; null where the kind does not fit them.</summary>
    public static string? Make(string kind, string first, string second, Random random) => kind switch
    {
        "two joined" => Join(first, second),
        "synonyms" => Replace(first),
        "words left out" => LeaveOut(first, random),
        "order turned" => Turn(first),
        _ => LeaveOut(first, random) is { } less && LeaveOut(second, random) is { } other
            ? Join(Replaced(less), Replaced(other)) : null,
    };

    /// <summary>The first without its full stop, "and", the second.</summary>
    private static string Join(string first, string second) => $"{first[..^1]}, and {Small(second)}";

    /// <summary>Every word of which the list knows another; at least two.</summary>
    private static string? Replace(string sentence)
        => Word().Matches(sentence).Count(word => Synonyms.Of(word.Value) is not null) < 2 ? null : Replaced(sentence);

    private static string Replaced(string sentence)
        => Word().Replace(sentence, word => Synonyms.Of(word.Value) ?? word.Value);

    /// <summary>A third of the words, by lot; the first and the last stay.</summary>
    private static string? LeaveOut(string sentence, Random random)
    {
        var words = sentence.Split(' ');
        return words.Length < 9 ? null
            : string.Join(' ', words.Where((_, i) => i == 0 || i == words.Length - 1 || random.Next(3) > 0));
    }

    /// <summary>What stands behind the comma in the middle, and then what stands before it.</summary>
    private static string? Turn(string sentence)
    {
        var comma = Enumerable.Range(0, sentence.Length - 1).Where(i => sentence[i] == ',' && sentence[i + 1] == ' ')
            .MinBy(i => Math.Abs(2 * i - sentence.Length), -1);
        if (comma < 12 || comma > sentence.Length - 14) return null;
        var (before, behind) = (sentence[..comma], sentence[(comma + 2)..^1]);
        return $"{char.ToUpperInvariant(behind[0])}{behind[1..]}, {Small(before)}{sentence[^1]}";
    }

    private static string Small(string sentence)
        => sentence.Length > 1 && char.IsLower(sentence[1]) ? char.ToLowerInvariant(sentence[0]) + sentence[1..]
            : sentence;

    private static int MinBy(this IEnumerable<int> numbers, Func<int, int> key, int none)
        => numbers.Any() ? numbers.MinBy(key) : none;

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
