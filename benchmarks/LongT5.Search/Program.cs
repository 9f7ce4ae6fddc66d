using System.Globalization;
using LongT5;
using LongT5.Hub;
using LongT5.Search;

// The table of docs/search.md: LongT5.Search DATA [MODEL], where DATA has fairytaleqa/ and pubmedqa/.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var tales = Path.Combine(args[0], "fairytaleqa");
using var model = LongT5Model.Load(ModelLocation.Resolve(args.ElementAtOrDefault(1)));
var retrieval = new Retrieval(model);
var validation = Questions.Fairytales(tales, "val", "val");
retrieval.Report("FairytaleQA, validation", validation);
retrieval.Report("FairytaleQA, among all stories", Questions.Fairytales(tales, "val", "val", "train"));
retrieval.Report("PubMedQA", Questions.PubMed(Path.Combine(args[0], "pubmedqa", "ori_pqal.json")));
retrieval.Report("A passage by its first half", validation.Halves);
