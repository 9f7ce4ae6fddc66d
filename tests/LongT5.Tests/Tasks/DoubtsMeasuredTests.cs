using System.Globalization;
using LongT5.Tasks;
using LongT5.Tasks.Doubting;

namespace LongT5.Tests.Tasks;

/// <summary>How many changed sentences are doubted, how many doubts are right, and how many are raised by sentences
/// that were not changed.</summary>
public sealed class DoubtsMeasuredTests(ITestOutputHelper output)
{
    private const int Seed = 2718;

    private static readonly DoubtKind[] Numbers = [DoubtKind.Number, DoubtKind.Date, DoubtKind.Unit];

    private readonly Dictionary<string, Passages> _read = [];

    [Theory]
    [InlineData("openstax", 2)]
    [InlineData("scitldr", 1)]
    [InlineData("longdocs", 40)]
    public void Swapped_numbers_and_names_are_doubted_and_unchanged_sentences_are_not(string set, int each)
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no data sets");
        each *= int.Parse(Environment.GetEnvironmentVariable("LONGT5_DOUBTS_TIMES") ?? "1", CultureInfo.InvariantCulture);
        IReadOnlyList<ChangedSentence> unchanged =
            [.. ChangedSentences.Unchanged(ChangedSentences.Documents(set), each, Seed)];
        var respelled = ChangedSentences.Respelled(unchanged).ToList();
        var alarms = unchanged.Concat(respelled).Count(one => Doubts.Of(Of(one.Document), [one.Text]).Count > 0);
        output.WriteLine($"{set}: {unchanged.Count} unchanged, {respelled.Count} respelled, {alarms} false alarms");
        Assert.InRange(alarms, 0, 0.02 * (unchanged.Count + respelled.Count));

        foreach (var isForeign in (bool[])[true, false])
        {
            var from = isForeign ? "other documents" : "the document";
            AssertFound($"numbers of {from}", ChangedSentences.NumbersSwapped(unchanged, Seed, isForeign), Numbers, 0.95, 0.9);
            AssertFound($"names of {from}", ChangedSentences.NamesSwapped(unchanged, Seed, isForeign), [DoubtKind.Name],
                0.9, 0.8);
        }
        AssertFound("negations", ChangedSentences.Negated(unchanged), [DoubtKind.Negation], 0.9, 0.8);
    }

    private Passages Of(string document)
        => _read.TryGetValue(document, out var passages) ? passages : _read[document] = new(document);

    private void AssertFound(
        string name, IEnumerable<ChangedSentence> changed, DoubtKind[] kinds, double precision, double recall)
    {
        var (right, all, found, count) = (0, 0, 0, 0);
        foreach (var one in changed)
        {
            var doubts = Doubts.Of(Of(one.Document), [one.Text]).Where(doubt => kinds.Contains(doubt.Kind)).ToList();
            var hits = doubts.Count(doubt => doubt.Start <= one.End && doubt.End >= one.Start);
            (right, all, found, count) = (right + hits, all + doubts.Count, found + Math.Min(hits, 1), count + 1);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name}: {count} swapped, precision {(double)right / all:P1}, recall {(double)found / count:P1}"));
        Assert.InRange((double)right / all, precision, 1);
        Assert.InRange((double)found / count, recall, 1);
    }
}
