using LongT5.Data.Files;

namespace LongT5.Data.Sets;

/// <summary>NarrativeQA: books and film scripts, and questions about their plots.</summary>
static class NarrativeQa
{
    public static readonly DataTask Task = new("narrativeqa", "NarrativeQA: books, scripts and questions",
        TaskMetric.Squad,
    [
        new("qaps.csv beside the stories (a .content file each), or summaries.csv in their place",
            (name, _) => IsQuestions(name), Questions),
    ]);

    private static IEnumerable<Example> Questions(string path, ReadOptions options)
    {
        var summaries = new Lazy<Dictionary<string, string>>(() => DataFile.Under(path)
            .Where(file => Path.GetFileName(file.Name) == "summaries.csv")
            .SelectMany(file => Tables.Of(file, options)).ToDictionary(row => row.Label("document_id"),
                row => row.Text("summary").Trim()));
        var stories = DataFile.Under(path).Where(file => file.Name.EndsWith(".content", StringComparison.Ordinal)
            && File.Exists(file.Where))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), file => file.Where);
        var set = options.Split switch { Split.Train => "train", Split.Validation => "valid", _ => "test" };

        string Story(string id) => stories.TryGetValue(id, out var file) ? File.ReadAllText(file)
            : summaries.Value.GetValueOrDefault(id) ?? throw new BadRowException($"the story {id} is not at hand");

        return DataFile.Under(path).Where(file => IsQuestions(file.Name))
            .SelectMany(file => TableLayout.Examples(Tables.Of(file, options), options, (row, _) =>
            row.Text("set") != set
                ? []
                : [Example.Answer($"{row.Label("document_id")}:{row.Number}", row.Text("question"),
                    Story(row.Label("document_id")),
                [row.Text("answer1"), row.Text("answer2")])]));
    }

    private static bool IsQuestions(string name) => Path.GetFileName(name) == "qaps.csv";
}
