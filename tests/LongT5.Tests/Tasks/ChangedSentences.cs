using System.Text.Json;
using System.Text.RegularExpressions;
using LongT5.Text;

namespace LongT5.Tests.Tasks;

/// <summary>A sentence of a document that was changed in one place, or not at all.</summary>
/// <param name="Document">The document.</param>
/// <param name="Text">The sentence as it became.</param>
/// <param name="Start">Where it was changed.</param>
/// <param name="End">Where the change ends.</param>
public sealed record ChangedSentence(string Document, string Text, int Start, int End);

/// <summary>Sentences of held-out documents with numbers swapped, names swapped, or a "not" put in, by a script that
/// knows nothing of how doubts are found.</summary>
public static partial class ChangedSentences
{
    private static readonly string[] Auxiliaries =
        ["is", "are", "was", "were", "can", "could", "will", "would", "should", "may", "must", "has been", "have been"];

    /// <summary>The documents of a held-out set.</summary>
    /// <param name="set">openstax, scitldr or longdocs.</param>
    public static IReadOnlyList<string> Documents(string set)
    {
        var folder = Path.Combine(Goldens.Data!, set);
        return set switch
        {
            "openstax" => [.. File.ReadLines(Path.Combine(folder, "sections-val.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("document").GetString()!)],
            "scitldr" => [.. File.ReadLines(Path.Combine(folder, "dev.jsonl"))
                .Select(line => string.Join(' ', JsonDocument.Parse(line).RootElement.GetProperty("source")
                    .EnumerateArray().Select(sentence => sentence.GetString()!)))],
            _ => [.. Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText)],
        };
    }

    /// <summary>Sentences as they stand, in one line.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="each">How many of each document.</param>
    /// <param name="seed">Which.</param>
    public static IEnumerable<ChangedSentence> Unchanged(IReadOnlyList<string> documents, int each, int seed)
    {
        var random = new Random(seed);
        foreach (var document in documents)
        {
            var sentences = Sentences.Split(document).Select(range => document[range])
                .Where(sentence => Sentences.IsWhole(sentence) && sentence.Count(c => c == ' ') is > 5 and < 60)
                .Select(sentence => string.Join(' ', sentence.Split((char[]?)null,
                    StringSplitOptions.RemoveEmptyEntries))).Distinct().ToArray();
            random.Shuffle(sentences);
            foreach (var sentence in sentences.Take(each)) yield return new(document, sentence, 0, 0);
        }
    }

    /// <summary>The same with a number in the place of one of theirs: of another document, or of their own.</summary>
    public static IEnumerable<ChangedSentence> NumbersSwapped(
        IReadOnlyList<ChangedSentence> sentences, int seed, bool isForeign)
        => Swapped(sentences, Number(), seed, isForeign, (one, other) => one.TrimStart('0') != other.TrimStart('0'));

    /// <summary>The same with a name in the place of one of theirs: of another document, or of their own.</summary>
    public static IEnumerable<ChangedSentence> NamesSwapped(
        IReadOnlyList<ChangedSentence> sentences, int seed, bool isForeign)
        => Swapped(sentences, Name(), seed, isForeign, (one, other)
            => !one.Contains(other, StringComparison.Ordinal) && !other.Contains(one, StringComparison.Ordinal));

    /// <summary>The same with a "not" behind a verb that can have one, or without the one they have.</summary>
    public static IEnumerable<ChangedSentence> Negated(IReadOnlyList<ChangedSentence> sentences)
    {
        foreach (var one in sentences)
        {
            if (one.Text.IndexOf(" not ", StringComparison.Ordinal) is > 0 and var not)
                yield return one with { Text = one.Text.Remove(not, 4), Start = not, End = one.Text.Length - 4 };
            else if (Auxiliaries.Select(verb => $" {verb} ")
                .FirstOrDefault(verb => one.Text.Contains(verb, StringComparison.Ordinal)) is { } found)
            {
                var at = one.Text.IndexOf(found, StringComparison.Ordinal) + found.Split(' ')[1].Length + 2;
                yield return one with { Text = one.Text.Insert(at, "not "), Start = at, End = at + 3 };
            }
        }
    }

    /// <summary>The same with each number in another form that means the same.</summary>
    public static IEnumerable<ChangedSentence> Respelled(IReadOnlyList<ChangedSentence> sentences)
    {
        string[] words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        foreach (var one in sentences)
        {
            var text = Number().Replace(one.Text, number => number.Value switch
            {
                var said when int.TryParse(said, out var value) && value <= 10 && said.Length < 3 => words[value],
                var said when said.Contains(',') => said.Replace(",", ""),
                var said when said.Length > 4 && long.TryParse(said, out var value) && said[0] != '0' => $"{value:N0}",
                var said => said,
            });
            if (text != one.Text) yield return one with { Text = text };
        }
    }

    private static IEnumerable<ChangedSentence> Swapped(IReadOnlyList<ChangedSentence> sentences, Regex kind, int seed,
        bool isForeign, Func<string, string, bool> differ)
    {
        var random = new Random(seed);
        var all = sentences.SelectMany(one => kind.Matches(one.Text).Select(match => match.Value)).ToArray();
        foreach (var one in sentences)
        {
            var places = kind.Matches(one.Text);
            if (places.Count == 0) continue;
            var place = places[random.Next(places.Count)];
            var others = isForeign ? all
                : [.. kind.Matches(one.Document).Select(match => match.Value).Where(other => !other.Contains('\n'))];
            if (others.Length == 0) continue;
            var other = Enumerable.Range(0, 50).Select(_ => others[random.Next(others.Length)])
                .FirstOrDefault(other => differ(place.Value, other));
            if (other is null) continue;
            yield return new(one.Document, one.Text.Remove(place.Index, place.Length).Insert(place.Index, other),
                place.Index, place.Index + other.Length);
        }
    }

    [GeneratedRegex(@"(?<![\w.,/-])[0-9]+(?:[.,][0-9]+)*(?![\w/-]|[.,][0-9])")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*(?![\w-])")]
    private static partial Regex Name();
}
