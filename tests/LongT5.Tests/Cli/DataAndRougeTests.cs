using System.Text.Json;
using System.Text.RegularExpressions;
using LongT5.Data;
using LongT5.Evaluation;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary><c>longt5 data</c> and <c>longt5 rouge</c> as processes.</summary>
public sealed class DataAndRougeTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Rouge_reads_lines_JSONL_and_CSV_and_prints_its_profile()
    {
        string[] written = ["The cat sat.", "It rained, all day"], wanted = ["The cats sat.", "It rained."];
        string[] predictions =
        [
            _scratch.Write("p.txt", string.Concat(written.Select(text => text + "\n"))),
            _scratch.Write("p.jsonl",
                string.Concat(written.Select(text => JsonSerializer.Serialize(new { prediction = text }) + "\n"))),
            _scratch.Write("p.csv",
                "id,prediction\n" + string.Concat(written.Select((text, i) => $"{i},\"{text}\"\n"))),
        ];
        var references = _scratch.Write("r.txt", string.Concat(wanted.Select(text => text + "\n")));
        foreach (var profile in RougeProfile.All)
        {
            var files = profile == RougeProfile.T5 ? predictions : predictions[..1];
            var runs = files.Select(file => Good("rouge", file, references, "--profile", profile.Name, "--json").Output)
                .ToList();
            Assert.Single(runs.Distinct());
            var result = JsonElement.Parse(runs[0]);
            Assert.Equal((profile.Name, 2),
                (result.GetProperty("profile").GetString(), result.GetProperty("count").GetInt32()));
            foreach (var measure in profile.Measures)
            {
                var expected = written.Zip(wanted, (prediction, reference) => profile.Factor
                    * new Rouge(profile).Score(reference, prediction)[measure].F).Average();
                Assert.Equal(expected, result.GetProperty(measure).GetProperty("mean").GetDouble(), 9);
            }
        }
        Assert.StartsWith("2 texts, profile rouge_score: F, mean and 95% interval\nrouge1",
            Good("rouge", predictions[0], references).Output);
        Assert.Contains("holds 1 texts for 2 predictions",
            Longt5.Start("rouge", predictions[0], _scratch.Write("one.txt", "One.\n")).Errors);
        Assert.Contains("gone.txt does not exist", Longt5.Start("rouge", predictions[0], _scratch["gone.txt"]).Errors);
        Assert.Contains("is empty", Longt5.Start("rouge", _scratch.Write("none.txt", ""), _scratch["none.txt"]).Errors);
    }

    [Fact]
    public void Of_several_reference_files_the_best_text_counts()
    {
        var run = Good("rouge", _scratch.Write("p.txt", "a b\nc d\n"), _scratch.Write("1.txt", "a b\nx\n"),
            _scratch.Write("2.txt", "y\nc d\n"), "--json");
        Assert.Equal(1, JsonElement.Parse(run.Output).GetProperty("rouge1").GetProperty("mean").GetDouble());
    }

    [Fact]
    public void Columns_are_named_and_a_list_holds_several_references()
    {
        var both = _scratch.Write("both.jsonl", """
            {"generated": "a b", "gold": ["x", "a b"], "other": "y"}
            {"generated": "c d", "gold": ["z"], "other": "c d"}
            """);
        double Rouge1(params string[] arguments)
            => JsonElement.Parse(
                Good(["rouge", both, "--prediction-column", "generated", .. arguments, "--json"]).Output)
                    .GetProperty("rouge1").GetProperty("mean").GetDouble();
        Assert.Equal(0.5, Rouge1("--reference-column", "gold"));
        Assert.Equal(0.5, Rouge1("--reference-column", "other"));
        Assert.Equal(1, Rouge1("--reference-column", "gold", "--reference-column", "other"));
        Assert.Equal(1, Rouge1(_scratch.Write("wanted.txt", "a b\nc d\n")));

        (string Expected, string[] Arguments)[] mistakes =
        [
            ("there is no column prediction or summary or text or output; there are generated, gold, other. Mend it, "
                + "or name another column with --prediction-column", [both, both]),
            ("there is no column gone; there are generated, gold, other. Mend it, or name another column with "
                + "--reference-column", [both, "--prediction-column", "generated", "--reference-column", "gone"]),
            ("holds 2 texts for prediction 1; one is expected",
                [both, both, "--prediction-column", "gold", "--reference-column", "gold"]),
            ("name a file of references, or a column of the same file with --reference-column",
                [both, "--prediction-column", "generated"]),
            ("there is no reference for prediction 1: its list is empty",
                [_scratch.Write("none.jsonl", """{"prediction": "a", "gold": []}"""), "--reference-column", "gold"]),
            ("row 1: it is not JSON: found a at character 1. Mend it", [_scratch.Write("bad.jsonl", "a"), both]),
        ];
        foreach (var (expected, arguments) in mistakes)
        {
            var run = Longt5.Start(["rouge", .. arguments]);
            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains(expected, run.Errors);
            Assert.DoesNotContain("--skip-bad", run.Errors);
        }
    }

    [Fact]
    public void ROUGE_of_texts_in_other_letters_warns()
    {
        var russian = _scratch.Write("ru.txt", "\u0432\u043e\u0439\u043d\u0430 2024\n");
        Assert.Contains(
            "warning: ROUGE reads the letters a to z alone, and 100% of the letters of the references are others",
            Good("rouge", russian, russian).Errors);
        var french = _scratch.Write("fr.txt", "il est arriv\u00e9 hier dans la ville\n");
        Assert.Equal("", Good("rouge", french, french).Errors);
        var data = _scratch.Write("test.csv", $"document,summary\nx,{File.ReadAllText(russian)}");
        string[] call = ["evaluate", "--task", "table", "--data", data, "--baseline", "lead-3", "-o", _scratch["out"]];
        Assert.Contains("100% of the letters of the references", Good(call).Errors);
        Assert.DoesNotContain("warning", Good([.. call, "--metric", "translation"]).Errors);
    }

    [Fact]
    public void Evaluate_says_where_it_wrote()
    {
        var data = _scratch.Write("test.csv", "document,summary\nThe war.,war\n");
        var run = Good("evaluate", "--task", "table", "--data", data, "--baseline", "lead-3", "-o", _scratch["out"]);
        Assert.Contains($"written: {Path.Combine(_scratch["out"], "results.md")}, results.json, predictions.jsonl.",
            run.Errors);
    }

    [Fact]
    public void Data_tasks_lists_every_task()
    {
        var lines = Good("data", "tasks").Output.TrimEnd('\n').Split('\n');
        Assert.Equal(DataTasks.All.Select(task => task.Name), lines.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Data_show_prints_examples_with_their_tokens()
    {
        var data = _scratch.Write("test.jsonl",
            string.Concat(Enumerable.Range(0, 9)
                .Select(i => $$"""{"document": "the war {{i}}", "summary": "life"}""" + "\n")));
        var output = Good("data", "show", "xsum", data, "-m", TinyModel.Folder).Output;
        Assert.Equal(3, Regex.Count(output, "^== test.jsonl:", RegexOptions.Multiline));
        using var model = LongT5Model.Load(TinyModel.Folder);
        Assert.Contains($"-- input: {model.Tokenizer.Encode("summarize: the war 0").Length} tokens, 20 "
            + $"characters\nsummarize: the war 0\n-- target: 2 tokens, 4 characters\nlife\n", output);
        Assert.Equal(5,
            Regex.Count(Good("data", "show", "xsum", data, "-m", TinyModel.Folder, "--limit", "5", "--sample-seed",
                "1").Output, "^== ", RegexOptions.Multiline));
    }

    [Fact]
    public void Data_stats_prints_the_papers_length_table_and_a_histogram()
    {
        var data = _scratch.Write("test.csv",
            "document,summary\n"
                + string.Concat(Enumerable.Range(1, 10)
                    .Select(i => $"{string.Join(' ', Enumerable.Repeat("the", 20 * i))},life\n")));
        var lines = Good("data", "stats", "table", data, "-m", TinyModel.Folder).Output.TrimEnd('\n').Split('\n');
        Assert.Equal(["tokens", "count", "average", "median", "90%", "maximum"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["inputs", "10", "111.0", "111.0", "181", "201"],
            lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["targets", "10", "2.0", "2.0", "2", "2"],
            lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(lines, line => Regex.IsMatch(line, "^inputs   from        64         3 #+$"));
        var json = JsonElement.Parse(Good("data", "stats", "table", data, "-m", TinyModel.Folder, "--json").Output)
            .GetProperty("inputs");
        Assert.Equal((111.0, 111.0, 181, 201),
            (json.GetProperty("average").GetDouble(), json.GetProperty("median").GetDouble(),
                json.GetProperty("percentile_90").GetInt32(), json.GetProperty("maximum").GetInt32()));
    }

    /// <summary>With a model, data and predictions under the names that the page uses.</summary>
    [Fact]
    public void Every_command_of_the_page_on_evaluation_works_as_written()
    {
        TinyModel.Write(_scratch["my-model"]);
        const string Paper =
            """{"article_id": "p1", "article_text": ["the art of war .", "it is life ."], "abstract_text": ["<S> the art of life . </S>"], "section_names": ["a"], "sections": [["the art of war ."]], "labels": null}""";
        foreach (var split in (string[])["train", "val", "test"])
            _scratch.Write($"pubmed-dataset/{split}.txt",
                Paper + "\n" + Paper.Replace("p1", "p2", StringComparison.Ordinal) + "\n");
        _scratch.Write("sections.jsonl",
            """{"id": "a", "document": "The art of war. It is life.", "summary": "War is life."}""");
        _scratch.Write("both.csv", "generated,highlights\nthe art,art\n");
        _scratch.Write("pairs.csv", "english,german\nThe war.,Der Krieg.\n");
        _scratch.Write("qmsum/test/m1.json",
            """{"meeting_transcripts": [{"speaker": "A", "content": "the art of war"}], "general_query_list": [{"query": "What is it?", "answer": "art"}], "specific_query_list": []}""");
        foreach (var file in (string[])["theirs.jsonl", "ours/predictions.jsonl"])
            _scratch.Write(file, """{"id": "m1:1:1", "prediction": "art"}""");
        foreach (var file in (string[])["written.txt", "wanted.txt"]) _scratch.Write(file, "art\n");

        var commands = File.ReadLines(Path.Combine(Goldens.Repository, "docs", "evaluate.md"))
            .Select(line => line.Trim()).Where(line => line.StartsWith("longt5 ", StringComparison.Ordinal)).ToList();
        Assert.True(commands.Count >= 8);
        Assert.Contains("--task pubmed_summarization --data pubmed-dataset --max-input 16384 --num-beams 2",
            commands[0]);
        foreach (var command in commands)
        {
            var run = Longt5.Finish(Longt5.Launch("bash", ["-c", $"longt5() {{ dotnet "
                + $"'{Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll")}' \"$@\"; }}; {command}"],
                _scratch.Folder, ("LONGT5_MODEL", _scratch["my-model"])));
            Assert.True(run.ExitCode == 0, $"{command}\n{run.Errors}");
        }
        Assert.True(File.Exists(_scratch["evaluation-pubmed_summarization/results.json"]));
    }

    private static Run Good(params string[] arguments)
    {
        var run = Longt5.Start(arguments);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run;
    }
}
