using LongT5.Data.Files;

namespace LongT5.Data.Sets;

/// <summary>FairytaleQA: stories, and questions that teachers ask about them.</summary>
static class FairytaleQa
{
    public static readonly DataTask Task = new("fairytaleqa", "FairytaleQA: stories and questions", TaskMetric.Rouge,
    [
        new("questions and section-stories, each with train, val and test, a CSV a story",
            (name, options) => IsQuestions(name, options.Split), Stories),
        TableLayout.Of("a table with columns content, question and answer", (row, _) =>
            [Example.Answer(TableLayout.Name(row), row.Text("question"), row.Text("content", "story_section"),
                row.Text("answer", "answer1"))]),
    ]);

    private static readonly string[] AnswerColumns = ["answer1", "answer2", "answer3", "answer4", "answer5", "answer6"];

    private static IEnumerable<Example> Stories(string path, ReadOptions options)
    {
        var stories = new Dictionary<string, string>();
        foreach (var file in DataFile.Under(path)
            .Where(file => file.Name.EndsWith("-story.csv", StringComparison.Ordinal)))
            stories[Key(file.Name, "-story.csv")] = string.Join("\n", Tables.Of(file, options)
                .Select(row => row.Text("text")));

        return DataFile.Under(path).Where(file => IsQuestions(file.Name, options.Split)).SelectMany(file =>
            TableLayout.Examples(Tables.Of(file, options), options, (row, _) =>
            {
                var key = Key(file.Name, "-questions.csv");
                var story = stories.GetValueOrDefault(key)
                    ?? throw new BadRowException($"the story {key} is missing from section-stories");
                string[] answers = [.. AnswerColumns.Where(row.Has).Select(column => row.Text(column))
                    .Where(text => text.Length > 0).Distinct()];
                return [Example.Answer($"{key}:{row.Label("question_id")}", row.Text("question"), story, answers)];
            }));
    }

    private static bool IsQuestions(string name, Split split)
        => name.EndsWith("-questions.csv", StringComparison.Ordinal) && Splits.Of(name) == split;

    private static string Key(string name, string ending) => Path.GetFileName(name)[..^ending.Length];
}
