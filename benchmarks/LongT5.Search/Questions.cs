using System.Text.Json;
using LongT5.Data;

namespace LongT5.Search;

/// <summary>Passages, and questions of which each was written about one or more of them.</summary>
/// <param name="Passages">What is searched.</param>
/// <param name="Asked">Each question with the places of its passages.</param>
sealed record Questions(IReadOnlyList<string> Passages, IReadOnlyList<(string Text, int[] Answers)> Asked)
{
    private static readonly ReadOptions Reading = new();

    /// <summary>FairytaleQA: the sections of stories and what was asked about them.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="asked">The split whose questions are asked.</param>
    /// <param name="searched">The splits whose sections are searched.</param>
    public static Questions Fairytales(string folder, string asked, params ReadOnlySpan<string> searched)
    {
        var passages = new List<string>();
        var places = new Dictionary<(string Story, string Section), int>();
        foreach (var split in searched)
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "section-stories", split), "*.csv").Order())
                foreach (var row in Tables.Read(file, Reading))
                {
                    places[(Story(file, "-story.csv"), row.Text("section"))] = passages.Count;
                    passages.Add(row.Text("text"));
                }
        var questions = Directory.GetFiles(Path.Combine(folder, "questions", asked), "*.csv").Order()
            .SelectMany(file => Tables.Read(file, Reading).Select(row => (row.Text("question"),
                row.Text("cor_section").Split(',', StringSplitOptions.TrimEntries)
                    .Select(section => (Story(file, "-questions.csv"), section)).Where(places.ContainsKey)
                    .Select(key => places[key]).ToArray())));
        return new(passages, [.. questions.Where(question => question.Item2.Length > 0)]);

        static string Story(string file, string ending) => Path.GetFileName(file)[..^ending.Length];
    }

    /// <summary>PubMedQA: abstracts without their conclusion, and the titles that are questions.</summary>
    public static Questions PubMed(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var all = json.RootElement.EnumerateObject().Select(one => one.Value).ToList();
        return new(
            [.. all.Select(one => string.Join(' ', one.GetProperty("CONTEXTS").EnumerateArray()
                .Select(text => text.GetString())))],
            [.. all.Select((one, i) => (one.GetProperty("QUESTION").GetString()!, (int[])[i]))]);
    }

    /// <summary>The same passages, each to be found by its own first half.</summary>
    public Questions Halves => this with
    {
        Asked = [.. Passages.Select((text, i) => (text[..(text.Length / 2)], (int[])[i]))],
    };
}
