using System.Text.Json;

namespace LongT5.Data.Sets;

/// <summary>Qasper: questions about papers on language processing, answered by their readers.</summary>
static class Qasper
{
    public static readonly DataTask Task = new("qasper", "Qasper: questions about papers", TaskMetric.Squad,
    [
        WholeJson.Layout("qasper-train-v0.1.json (or v0.2, v0.3) and so on",
            name => name.EndsWith(".json", StringComparison.Ordinal),
            whole => whole.Members().Select(paper => paper.Value), Questions),
    ]);

    private static IEnumerable<Example> Questions(Row row, ReadOptions options)
    {
        var paper = string.Join("\n",
            [row.Text("title"), row.Text("abstract"), .. row["full_text"].Items("full_text").SelectMany(section =>
            section.Member("paragraphs").Strings("paragraphs")
                .Prepend(section.Member("section_name") is { ValueKind: JsonValueKind.String } name
                    ? name.GetString()! : ""))]);
        return row["qas"].Items("qas")
            .Select(question => Example.Answer(question.String("question_id"), question.String("question"), paper,
            [.. question.Member("answers").Items("answers").Select(answer => Answer(answer.Member("answer")))
                .Distinct()]));
    }

    /// <summary>The form that the set's own scorer gives an answer.</summary>
    private static string Answer(JsonElement answer)
    {
        if (answer.Member("unanswerable").ValueKind == JsonValueKind.True) return "Unanswerable";
        if (answer.Member("extractive_spans").Strings("extractive_spans") is { Count: > 0 } spans)
            return string.Join(", ", spans);
        if (answer.String("free_form_answer") is { Length: > 0 } words) return words;
        return answer.Member("yes_no").ValueKind switch
        {
            JsonValueKind.True => "Yes",
            JsonValueKind.False => "No",
            _ => throw new BadRowException("an answer says nothing"),
        };
    }
}
