using System.Text.Json;
using LongT5.Text;

namespace LongT5.Tests.Text;

/// <summary>
/// The splitter against 847 places that were marked by hand in real texts (tests/fixtures/sentences).
/// </summary>
public sealed class SentenceMarksTests
{
    private static readonly IReadOnlyList<Marks> All = [.. File.ReadLines(
        Path.Combine(Goldens.Repository, "tests", "fixtures", "sentences", "marks.jsonl"))
            .Select(line => new Marks(JsonDocument.Parse(line).RootElement))];

    [Fact]
    public void Full_stops_that_look_like_ends_are_told_apart()
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no data sets");
        var (right, wrong) = (0, new List<string>());
        foreach (var (text, marks) in All.Select(marks => (marks.Text(), marks)))
        {
            var ends = Sentences.Split(text).Select(range => range.End.Value).ToHashSet();
            foreach (var (at, isEnd) in marks.Ends("end", true).Concat(marks.Ends("go_on", false)))
            {
                var closed = at;
                while (closed < text.Length && text[closed] is '"' or '\'' or '\u201d' or '\u2019' or ')' or ']')
                    closed++;
                if (Enumerable.Range(at, closed - at + 1).Any(ends.Contains) == isEnd) right++;
                else wrong.Add($"{marks.Name} at {at}: ...{text[Math.Max(0, at - 40)..at]}");
            }
        }
        Assert.Equal(328, right + wrong.Count);
        Assert.True(right >= 318, $"{right} of 328 are right; wrong are {string.Join('\n', wrong)}");
    }

    [Fact]
    public void Read_through_every_sentence_is_found_and_none_is_cut()
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no data sets");
        foreach (var marks in All)
        {
            var text = marks.Text();
            foreach (var (from, to) in marks.Ranges("read"))
                Assert.Equal(
                    marks.Ranges("sentences").Concat(marks.Ranges("others")).Concat(marks.Ranges("open"))
                        .Where(range => range.Start >= from && range.End <= to).Order(),
                    Sentences.Split(text[from..to])
                        .Select(range => (range.Start.Value + from, range.End.Value + from)));
        }
    }

    [Fact]
    public void Headings_lists_of_contents_and_code_are_no_sentences()
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no data sets");
        Assert.DoesNotContain(
            All.SelectMany(marks => marks.Ranges("others").Select(range => marks.Text()[range.Start..range.End])),
            text => Sentences.IsWhole(text));
        var sentences = All.SelectMany(marks => marks.Ranges("sentences")
            .Select(range => marks.Text()[range.Start..range.End])).ToList();
        Assert.Equal(375, sentences.Count);
        Assert.InRange(sentences.Count(text => !Sentences.IsWhole(text)), 0, 3);
    }

    private sealed class Marks(JsonElement line)
    {
        private string? _text;

        public string Name => line.GetProperty("in").GetString()!;

        public IEnumerable<(int At, bool IsEnd)> Ends(string kind, bool isEnd)
            => line.TryGetProperty(kind, out var places)
                ? places.EnumerateArray().Select(place => (place.GetInt32(), isEnd)) : [];

        public IEnumerable<(int Start, int End)> Ranges(string kind)
            => line.TryGetProperty(kind, out var ranges)
                ? ranges.EnumerateArray().Select(range => (range[0].GetInt32(), range[1].GetInt32())) : [];

        // A file, or file:line:field of JSON Lines, where the sentences of a list are joined by spaces.
        public string Text()
        {
            if (_text is not null) return _text;
            var parts = Name.Split(':');
            var path = Path.Combine(Goldens.Data!, parts[0]);
            if (parts.Length == 1) return _text = File.ReadAllText(path);
            using var json = JsonDocument.Parse(File.ReadLines(path)
                .ElementAt(int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)));
            var field = json.RootElement.GetProperty(parts[2]);
            return _text = field.ValueKind == JsonValueKind.Array
                ? string.Join(' ', field.EnumerateArray().Select(item => item.GetString())) : field.GetString()!;
        }
    }
}
