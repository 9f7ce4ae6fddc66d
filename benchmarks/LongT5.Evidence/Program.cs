using System.CommandLine;
using System.Globalization;
using LongT5;
using LongT5.Evidence;
using LongT5.Hub;
using LongT5.Tasks;

// How often the passages that are found for a sentence are those it was made from: docs/evidence.md has the table.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var data = new Argument<string>("data") { Description = "Where openstax/, scitldr/ and squality/ lie." };
var set = new Argument<string>("set") { Description = "quoted, changed, scitldr, squality, or cost." };
set.AcceptOnlyFromAmong("quoted", "changed", "scitldr", "squality", "cost");
var count = new Option<int>("--count", "-n") { Description = "Documents.", DefaultValueFactory = _ => 20 };
var causal = new Option<bool>("--causal") { Description = "Also hide the likeliest passages, which takes long." };
var name = new Option<string?>("--model", "-m") { Description = "The model. Default: the embedded one." };
var threads = new Option<int?>("--threads") { Description = "Threads that compute; one a processor by default." };
var root = new RootCommand("Measures evidence where the truth is known.") { data, set, count, causal, name, threads };
root.SetAction(parsed =>
{
    using var model = LongT5Model.Load(ModelLocation.Resolve(parsed.GetValue(name)), parsed.GetValue(threads));
    var (folder, documents) = (parsed.GetValue(data)!, parsed.GetValue(count));
    if (parsed.GetValue(set) == "cost")
    {
        EvidenceWeights[] weights = [EvidenceWeights.Passages, EvidenceWeights.Causal];
        foreach (var beams in (ReadOnlySpan<int>)[1, 4])
            Console.Write(Cost.Measure(model, beams, Cases.Printed(folder, documents), weights));
        return;
    }
    var cases = parsed.GetValue(set) switch
    {
        "quoted" => Cases.Quoted(model, folder, documents),
        "changed" => Cases.Changed(folder, documents),
        "scitldr" => Cases.SciTldr(folder, documents),
        _ => Cases.Squality(folder, documents),
    };
    var ways = new List<(string, EvidenceWeights)>
    {
        ("words", new(1, 0, 0)), ("attention", new(0, 1, 0)), ("both", EvidenceWeights.Passages),
    };
    if (parsed.GetValue(causal)) ways.Add(("causal", EvidenceWeights.Causal));
    Console.Write(new Measurement(model, ways).Table(cases));
});
return root.Parse(args).Invoke();
