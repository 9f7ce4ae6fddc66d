using System.Text.Json;
using System.Text.RegularExpressions;
using LongT5.Data.Files;

namespace LongT5.Data.Sets;

/// <summary>TriviaQA: trivia questions with the Wikipedia pages that help to answer them.</summary>
/// <remarks>
/// As the authors of LongT5 prepare it: lower case, title and text of every Wikipedia page (search results of the web
/// are left out), the target the answer's value, and every alias counts in scoring.
/// </remarks>
static partial class TriviaQa
{
    /// <summary>
    /// The part of the published training set that LongT5 trains on; the rest
    /// is its validation, and validation its test.
    /// </summary>
    private const int Trained = 78785;

    public static readonly DataTask Task = new("trivia_qa_full", "TriviaQA with Wikipedia pages; LongT5's own splits",
        TaskMetric.TriviaQa,
        Layouts(published: split => split == Split.Test ? Split.Validation : Split.Train));

    public static readonly DataTask TestTask = new("trivia_qa_full_test",
        "TriviaQA with Wikipedia pages; train and validation, test", TaskMetric.TriviaQa,
        Layouts(published: null));

    private static DataLayout[] Layouts(Func<Split, Split>? published)
    {
        ReadOptions Published(ReadOptions options) => published is null
            ? options : options with { Split = published(options.Split) };
        DataLayout[] layouts =
        [
            new("triviaqa-rc, unpacked: qa/wikipedia-train.json and so on beside evidence/wikipedia",
                (name, options) => IsOriginal(name, options.Split), Original),
            TableLayout.Of("Parquet or JSONL with columns question, entity_pages and answer", Exported),
        ];
        return [.. layouts.Select(layout => layout with
        {
            Claims = (name, options) => layout.Claims(name, Published(options)),
            Read = (path, options) => (published is null, options.Split) switch
            {
                (false, Split.Train) => layout.Read(path, Published(options)).Take(Trained),
                (false, Split.Validation) => layout.Read(path, Published(options)).Skip(Trained),
                (true, Split.Train) => layout.Read(path, options)
                    .Concat(layout.Read(path, options with { Split = Split.Validation })),
                _ => layout.Read(path, Published(options)),
            },
        })];
    }

    private static bool IsOriginal(string name, Split split)
        => Path.GetFileName(name).StartsWith("wikipedia-", StringComparison.Ordinal)
            && name.EndsWith(".json", StringComparison.Ordinal) && Splits.Of(name) == split;

    private static IEnumerable<Example> Original(string path, ReadOptions options)
    {
        // Evidence is read by name, so it lies on disk, beside the folder of the questions.
        var root = File.Exists(path) ? Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path)))! : path;
        var evidence = Directory.GetDirectories(root, "evidence", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new FileNotFoundException($"{root} holds no folder evidence with the pages that the questions "
                + $"name; unpack triviaqa-rc.tar.gz whole.");
        foreach (var file in DataFile.Under(path).Where(file => IsOriginal(file.Name, options.Split)))
        {
            var rows = WholeJson.Read(file).Member("Data").Items("Data")
                .Select((value, i) => new Row(file.Where, i + 1, value));
            foreach (var example in TableLayout.Examples(rows, options, (row, _) => Question(row, evidence)))
                yield return example;
        }
    }

    private static IEnumerable<Example> Question(Row row, string evidence)
    {
        var pages = row["EntityPages"].Items("EntityPages").Where(page => page.TryGetProperty("Filename", out _))
            .Select(page =>
            (Title: page.String("Title"), File: EvidenceFile(evidence, page.String("Filename"))))
                .Where(page => File.Exists(page.File)).ToList();
        var answers = row.Has("Answer")
            ? Answers(row["Answer"].String("Value"), row["Answer"].Member("Aliases")) : ["<unk>"];
        return [Make(row.Label("QuestionId"), row.Text("Question"),
            pages.Select(page => (page.Title, File.ReadAllText(page.File))), answers)];
    }

    /// <summary>A name in a file stays below the folder it is meant for.</summary>
    private static string EvidenceFile(string evidence, string name)
    {
        var folder = Path.GetFullPath(Path.Combine(evidence, "wikipedia")) + Path.DirectorySeparatorChar;
        var file = Path.GetFullPath(Path.Combine(folder, name));
        return file.StartsWith(folder, StringComparison.Ordinal)
            ? file : throw new BadRowException($"the page {name} leaves the folder of the evidence");
    }

    private static IEnumerable<Example> Exported(Row row, ReadOptions options)
    {
        var pages = row["entity_pages"];
        var (titles, texts) = (pages.Member("title").Strings("title"), pages.Member("wiki_context")
            .Strings("wiki_context"));
        var answer = row["answer"];
        return [Make(row.Label("question_id"), row.Text("question"), titles.Zip(texts),
            Answers(answer.String("value"), answer.Member("aliases")))];
    }

    private static Example Make(string id, string question, IEnumerable<(string Title, string Text)> pages,
        string[] answers)
    {
        var context = Plain(string.Join(" ", pages.Select(page => $"{page.Title} {page.Text}")));
        if (context.Length == 0) throw new BadRowException("none of its pages is at hand");
        return Example.Answer(id, Plain(question), context, [.. answers.Select(Plain).Distinct()]);
    }

    private static string[] Answers(string value, JsonElement aliases) => [value, .. aliases.Strings("aliases")];

    private static string Plain(string text) => Blanks().Replace(Quoted().Replace(text.ToLowerInvariant(), "$1"), " ")
        .Trim();

    [GeneratedRegex("'(.*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
