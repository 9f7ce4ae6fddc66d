using System.Text.Json;
using LongT5.Data.Files;

namespace LongT5.Data.Sets;

/// <summary>PubMedQA: questions that papers ask, answered yes, no or maybe from their abstracts.</summary>
static class PubMedQa
{
    public static readonly DataTask Task = new("pubmedqa", "PubMedQA: yes, no or maybe from an abstract",
        TaskMetric.Classes, Layouts("final_decision"));

    /// <summary>The conclusion that the abstract itself ends with, and that its context leaves out.</summary>
    public static readonly DataTask Conclusions = new("pubmedqa_long",
        "PubMedQA: the conclusion, from the rest of an abstract", TaskMetric.Rouge, Layouts("long_answer"));

    private static DataLayout[] Layouts(string answer) =>
    [
        new("ori_pqal.json (beside test_ground_truth.json, which says what the test split is)",
            (name, _) => IsQuestions(name), (path, options) => Labelled(path, options, answer)),
        TableLayout.Of($"a table with columns question, context and {answer}", (row, _) =>
            [Example.Answer(row.Has("pubid") ? row.Label("pubid") : TableLayout.Name(row), row.Text("question"),
                Context(row["context"]), row.Text(answer))]),
    ];

    private static IEnumerable<Example> Labelled(string path, ReadOptions options, string answer)
    {
        // The published split: 500 questions are for testing; the others are for training, and nothing else is.
        var tested = DataFile.Under(path).Where(file => Path.GetFileName(file.Name) == "test_ground_truth.json")
            .SelectMany(file => WholeJson.Read(file).Members().Select(member => member.Name)).ToHashSet();
        foreach (var file in DataFile.Under(path).Where(file => IsQuestions(file.Name)))
        {
            var members = WholeJson.Read(file).Members()
                .Where(member => tested.Contains(member.Name) == (options.Split == Split.Test)).ToList();
            var ids = members.ConvertAll(member => member.Name);
            var rows = members.Select((member, i) => new Row(file.Where, i + 1, member.Value));
            foreach (var example in TableLayout.Examples(rows, options,
                (row, _) => [Example.Answer(ids[(int)row.Number - 1],
                row.Text("QUESTION"), string.Join(" ", row.Texts("CONTEXTS")),
                row.Text(answer, answer.ToUpperInvariant()))]))
                yield return example;
        }
    }

    private static string Context(JsonElement value)
        => value.ValueKind == JsonValueKind.String
            ? value.GetString()! : string.Join(" ", value.Member("contexts").Strings("contexts"));

    private static bool IsQuestions(string name) => Path.GetFileName(name) == "ori_pqal.json";
}
