// dotnet run --project samples/LongT5.Samples -- SAMPLE MODEL DOCUMENT
using LongT5.Samples;

Dictionary<string, Func<string, string, Task>> samples = new()
{
    ["summarize"] = SummarizeADocument.Run,
    ["stream"] = StreamASummary.Run,
    ["answer"] = AnswerAQuestion.Run,
    ["many"] = ManyDocumentsAtOnce.Run,
    ["options"] = ChooseOptions.Run,
    ["states"] = StatesOfTheEncoder.Run,
    ["save"] = SaveInHalfTheSize.Run,
};
if (args is not [var name, var model, var document] || !samples.TryGetValue(name, out var sample))
{
    Console.Error.WriteLine($"Say a sample ({string.Join(", ", samples.Keys)}), a model's folder and a text file.");
    return 2;
}
await sample(model, document);
return 0;
