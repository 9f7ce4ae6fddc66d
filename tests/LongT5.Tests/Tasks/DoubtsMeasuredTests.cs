using System.Globalization;
using LongT5.Tasks;
using LongT5.Tasks.Doubting;

namespace LongT5.Tests.Tasks;

/// <summary>How many changed sentences are doubted, and how many doubts are right.</summary>
public sealed class DoubtsMeasuredTests(ITestOutputHelper output)
{
    private const int Seed = 2718;

    [Theory]
    [InlineData("openstax", 8)]
    [InlineData("scitldr", 4)]
    [InlineData("longdocs", 60)]
    public void Swapped_numbers_and_names_are_doubted_and_unchanged_sentences_are_not(string set, int each)
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no data sets");
        var documents = ChangedSentences.Documents(set);
        IReadOnlyList<ChangedSentence> unchanged = [.. ChangedSentences.Unchanged(documents, each, Seed)];
        DoubtKind[] numbers = [DoubtKind.Number, DoubtKind.Date, DoubtKind.Unit];

        var alarms = unchanged.Count(one => Doubts.Of(one.Document, [one.Text]).Count > 0);
        var respelled = ChangedSentences.Respelled(unchanged).ToList();
        foreach (var one in respelled)
            foreach (var doubt in Doubts.Of(one.Document, [one.Text]))
                output.WriteLine($"RESPELLED {one.Text} :: {doubt}");
        foreach (var one in unchanged)
            foreach (var doubt in Doubts.Of(one.Document, [one.Text]))
                output.WriteLine($"UNCHANGED {one.Text} :: {doubt}");
        var respelledAlarms = respelled.Count(one => Doubts.Of(one.Document, [one.Text]).Count > 0);
        output.WriteLine($"{set}: {unchanged.Count} unchanged, {alarms} alarms; respelled {respelled.Count}, {respelledAlarms}");
        foreach (var isForeign in (bool[])[true, false])
        {
            Measure($"numbers {isForeign}", [.. ChangedSentences.NumbersSwapped(unchanged, Seed, isForeign)], numbers);
            Measure($"names {isForeign}", [.. ChangedSentences.NamesSwapped(unchanged, Seed, isForeign)], [DoubtKind.Name]);
        }
        Measure("negations", [.. ChangedSentences.Negated(unchanged)], [DoubtKind.Negation]);

        if (set == "scitldr")
        {
            var (n, f) = (0, 0);
            foreach (var line in File.ReadLines(Path.Combine(Goldens.Data!, "scitldr", "dev.jsonl")))
            {
                var root = System.Text.Json.JsonDocument.Parse(line).RootElement;
                var doc = string.Join(' ', root.GetProperty("source").EnumerateArray().Select(x => x.GetString()));
                foreach (var t in root.GetProperty("target").EnumerateArray().Select(x => x.GetString()!).Take(1))
                {
                    n++;
                    var ds = Doubts.Of(doc, [t]);
                    if (ds.Count > 0) f++;
                    foreach (var d in ds) output.WriteLine($"HUMAN {d.Kind} [{t[d.Start..d.End]}] {d.Reason} :: {t}");
                }
            }
            output.WriteLine($"human {n} {f}");
        }

        (double Precision, double Recall) Measure(string name, IReadOnlyList<ChangedSentence> changed, DoubtKind[] kinds)
        {
            var (right, wrong, found) = (0, 0, 0);
            foreach (var one in changed)
            {
                var doubts = Doubts.Of(one.Document, [one.Text]).Where(doubt => kinds.Contains(doubt.Kind)).ToList();
                var hits = doubts.Count(doubt => doubt.Start < one.End && doubt.End > one.Start);
                (right, wrong, found) = (right + hits, wrong + doubts.Count - hits, found + Math.Min(hits, 1));
                if (hits == 0) output.WriteLine($"MISSED {name} [{one.Text[one.Start..one.End]}] {one.Text}");
                foreach (var doubt in doubts.Where(doubt => !(doubt.Start < one.End && doubt.End > one.Start)))
                    output.WriteLine($"WRONG {name} [{one.Text[one.Start..one.End]}] {doubt} {one.Text}");
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{set} {name}: {changed.Count} changed, precision {100.0 * right / (right + wrong):0.0}, recall {100.0 * found / changed.Count:0.0}"));
            return ((double)right / (right + wrong), (double)found / changed.Count);
        }
    }
}
