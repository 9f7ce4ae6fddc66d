using System.Text.Json;
using LongT5.Data;
using LongT5.Tasks;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>
/// <c>longt5 evaluate</c> as a process, with a model of random numbers: what it
/// writes means nothing and is always the same.
/// </summary>
public sealed class EvaluateTests : IDisposable
{
    private static readonly string Model = TinyModel.Folder;
    private static readonly string[] Documents = ["The art of war. It is life and death.",
        "A road to safety. The art of life is war.", "It is that. War is the death of art."];

    private readonly Scratch _scratch = new();
    private readonly string _data;

    public EvaluateTests() => _data = _scratch.Write("test.jsonl", string.Concat(
        Documents.Select(
            (document, i) => $$"""{"id": "d{{i}}", "document": "{{document}}", "summary": "The art of life."}"""
                + "\n")));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Predictions_results_and_a_table_are_written_with_settings_and_fingerprints()
    {
        var run = Model3("--against", "lead-3", "--against", "lead-as-long");
        Assert.Equal(["predictions.jsonl", "results.json", "results.md", "settings.json"],
            Directory.GetFiles(_scratch["out"]).Select(Path.GetFileName).Order());

        var results = Results();
        Assert.Equal((3, 0, "t5"), (results.GetProperty("examples").GetInt32(), results.GetProperty("skipped")
            .GetInt32(), results.GetProperty("rouge_profile").GetString()));
        foreach (var measure in (string[])["rouge1", "rouge2", "rougeLsum"])
        {
            var interval = results.GetProperty("scores").GetProperty(measure);
            Assert.True(interval.GetProperty("low").GetDouble() <= interval.GetProperty("mean").GetDouble()
                && interval.GetProperty("mean").GetDouble() <= interval.GetProperty("high").GetDouble());
            var other = results.GetProperty("against").GetProperty("lead-as-long").GetProperty(measure);
            Assert.Equal(interval.GetProperty("mean").GetDouble(), other.GetProperty("theirs").GetDouble()
                + other.GetProperty("difference").GetProperty("mean").GetDouble(), 9);
        }
        foreach (var figure in (string[])["words", "sentences", "compression", "novel_1_grams", "novel_2_grams",
            "novel_3_grams", "novel_4_grams", "repeated_3_grams", "copied_sentences", "second_half"])
            Assert.True(double.IsFinite(results.GetProperty("scores").GetProperty(figure).GetDouble()));
        Assert.True(results.GetProperty("seconds").GetDouble() > 0 && results.GetProperty("peak_memory_mib")
            .GetDouble() > 1);
        var settings = results.GetProperty("settings");
        Assert.Matches("test split, fingerprint [0-9a-f]{16}$", settings.GetProperty("data").GetString()!);
        Assert.Matches("fingerprint [0-9a-f]{16}$", settings.GetProperty("model").GetString()!);
        Assert.Contains("max_new_tokens 6, num_beams 2", settings.GetProperty("generation").GetString());

        Assert.Equal(File.ReadAllText(_scratch["out/results.md"]).TrimEnd(), run.Output.TrimEnd());
        foreach (var expected in (string[])["| rouge1 |", "95% interval", "ROUGE by the profile t5", "peak memory",
            "tokens written a second", "less lead-as-long", "| novel_4_grams |"])
            Assert.Contains(expected, run.Output);
    }

    [Fact]
    public void What_stands_in_the_folder_is_not_computed_again_and_never_mixed_with_other_settings()
    {
        Model3();
        var whole = Predictions();
        var lines = File.ReadAllLines(_scratch["out/predictions.jsonl"]);
        File.WriteAllText(_scratch["out/predictions.jsonl"],
            lines[0].Replace(whole[0].Text, "Kept.", StringComparison.Ordinal) + "\n" + lines[1][..20]);

        Assert.Contains("1 of 3 predictions are in", Model3().Errors);
        Assert.Equal(["Kept.", whole[1].Text, whole[2].Text], Predictions().Select(one => one.Text));

        foreach (var other in (string[][])[["--min-p", "0.5", "--do-sample"], ["--max-input", "8"], ["--prefix", "x "],
            ["--limit", "2"]])
        {
            var refused = Longt5.Start([.. Call(), .. other]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("holds a run with other settings", refused.Errors);
        }
        Assert.Contains("other settings", Longt5.Start("evaluate", "--task", "table", "--data", _data, "--baseline",
            "lead-3", "-o", _scratch["out"]).Errors);
    }

    [Fact]
    public void A_batch_changes_no_result()
    {
        Model3();
        var alone = Predictions();
        File.Delete(_scratch["out/predictions.jsonl"]);
        Model3("--batch", "3");
        Assert.Equal(alone, Predictions());
    }

    [Fact]
    public void Max_input_cuts_at_exactly_that_token_and_the_cuts_are_counted()
    {
        Assert.Contains("Of 3 inputs the end was not read.", Model3("--max-input", "10").Output);
        Assert.Equal(3, Results().GetProperty("inputs_cut").GetInt32());
        using var model = LongT5Model.Load(Model);
        Assert.Equal(
            Documents.Select(
                document => model.Tokenizer.Decode(model.Generate([model.Tokenizer.Encode(document, 10)],
                    new() { MaxNewTokens = 6, NumBeams = 2 })[0].Ids)),
            Predictions().Select(one => one.Text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("short")]
    [InlineData("long")]
    public void A_summary_is_the_one_that_summarize_writes(string? length)
    {
        var model = TinyModel.Write(_scratch["model"], """
            , "task_specific_params": {"summarization": {"prefix": "sum: ", "max_new_tokens": 9, "max_input_tokens": 16}, "summarization_long": {"prefix": "long: ", "max_new_tokens": 14}}
            """);
        var xsum = _scratch.Write("xsum/test.jsonl", File.ReadAllText(_data));
        string[] asked = length is null ? [] : ["--length", length];
        Good(["evaluate", "--task", "xsum", "--data", xsum, "-m", model, "-o", _scratch["out"], .. asked]);

        using var loaded = LongT5Model.Load(model);
        var options = new SummaryOptions
        {
            Length = length is null
            ? null : Enum.Parse<SummaryLength>(length, ignoreCase: true)
        };
        Assert.Equal(Documents.Select(document => new Summarizer(loaded).Summarize(document, options).Text),
            Predictions().Select(one => one.Text));
        Assert.Equal(length == "long" ? "long: " : "sum: ", Results().GetProperty("settings").GetProperty("prefix")
            .GetString());
    }

    [Theory]
    [InlineData("rouge")]
    [InlineData("squad")]
    public void The_prefix_that_a_model_was_trained_with_is_put_before_tables_of_ones_own_too(string metric)
    {
        var path = TinyModel.Write(_scratch["model"],
            """, "task_specific_params": {"summarization": {"prefix": "sum: "}}""");
        Good(["evaluate", "--task", "table", "--data", _data, "-m", path, "--metric", metric, "--max-new-tokens", "6",
            "-o", _scratch["out"]]);
        using var model = LongT5Model.Load(path);
        Assert.Equal(
            Documents.Select(
                document => model.Generate("sum: " + document,
                    new TextOptions { Generation = new() { MaxNewTokens = 6 } })[0].Text),
                    Predictions().Select(one => one.Text));
    }

    [Fact]
    public void The_prefix_is_the_tasks_own_where_the_checkpoint_has_none()
    {
        var xsum = _scratch.Write("xsum/test.jsonl", File.ReadAllText(_data));
        string[] call = ["evaluate", "--task", "xsum", "--data", xsum, "-m", Model, "--max-new-tokens", "6"];
        Good([.. call, "-o", _scratch["out"]]);
        using var model = LongT5Model.Load(Model);
        Assert.Equal(
            Documents.Select(
                document => model.Generate("summarize: " + document,
                    new TextOptions { Generation = new() { MaxNewTokens = 6 } })[0].Text),
                    Predictions().Select(one => one.Text));
        Good([.. call, "-o", _scratch["bare"], "--prefix", ""]);
        Assert.Equal(
            Documents.Select(
                document => model.Generate(document,
                    new TextOptions { Generation = new() { MaxNewTokens = 6 } })[0].Text),
                    Predictions("bare").Select(one => one.Text));
    }

    [Theory]
    [InlineData("lead-3", "The art of war.\nIt is life and death.")]
    [InlineData("lead-to-length", "The art of war.")]
    [InlineData("oracle", "The art of war.")]
    public void Baselines_need_no_model(string name, string first)
    {
        Good("evaluate", "--task", "table", "--data", _data, "--baseline", name, "-o", _scratch["out"]);
        Assert.Equal(first, Predictions()[0].Text);
        Assert.Equal(name, Results().GetProperty("system").GetString());
    }

    [Theory]
    [InlineData("theirs.jsonl",
        """{"id": "d2", "prediction": "War"}|{"id": "d0", "prediction": "The art of life."}|{"id": "d1", "prediction": "Art, life"}""")]
    [InlineData("theirs.csv", """prediction,id|War,d2|The art of life.,d0|"Art, life",d1""")]
    [InlineData("theirs.txt", "The art of life.|Art, life|War")]
    public void The_predictions_of_any_system_are_scored(string name, string lines)
    {
        var file = _scratch.Write(name, lines.Replace('|', '\n') + "\n");
        Good("evaluate", "--task", "table", "--data", _data, "--reference", file, "--against", file, "-o",
            _scratch["out"]);
        Assert.Equal((100 + 200.0 / 3 + 0) / 3, Results().GetProperty("scores").GetProperty("rouge1")
            .GetProperty("mean").GetDouble(), 6);
        Assert.Equal(1, Results().GetProperty("against").GetProperty(file).GetProperty("rouge1").GetProperty("p")
            .GetDouble());
    }

    [Fact]
    public void Examples_of_the_same_name_keep_predictions_of_their_own()
    {
        var data = _scratch.Write("same.jsonl", File.ReadAllText(_data)
            .Replace("\"d1\"", "\"d0\"", StringComparison.Ordinal));
        Good("evaluate", "--task", "table", "--data", data, "--baseline", "lead-3", "-o", _scratch["out"]);
        Assert.Equal(["d0", "d0#2", "d2"], Predictions().Select(one => one.Id));
    }

    [Fact]
    public void Bad_lines_stop_the_run_or_are_named_and_counted()
    {
        var data = _scratch.Write("bad.jsonl", File.ReadAllText(_data) + "{\"document\": \"x\"\n");
        string[] call = ["evaluate", "--task", "table", "--data", data, "--baseline", "lead-3", "-o", _scratch["out"]];
        var stopped = Longt5.Start(call);
        Assert.Equal((1, ""), (stopped.ExitCode, stopped.Output));
        Assert.Contains($"{data}: row 4: it is not JSON", stopped.Errors);
        var run = Good([.. call, "--skip-bad"]);
        Assert.Contains("row 4: it is not JSON", run.Errors);
        Assert.Contains("1 bad rows were left out", run.Errors);
        Assert.Equal(1, Results().GetProperty("skipped").GetInt32());
    }

    [Theory]
    [InlineData(2, "There is no task nosuch. There are cnn_summarization", "--task", "nosuch", "--data", "DATA",
        "--baseline", "lead-3")]
    [InlineData(1, "missing does not exist", "--task", "table", "--data", "missing", "--baseline", "lead-3")]
    [InlineData(1, "holds no example of the test split", "--task", "table", "--data", "empty.jsonl",
        "--baseline", "lead-3")]
    [InlineData(1, "row 1: there is no column text; there are id, document, summary", "--task", "table", "--data",
        "DATA", "--source-column", "text", "--baseline", "lead-3")]
    [InlineData(1, "row 1: byte 17 of it is not UTF-8. Mend it, or leave bad rows out (--skip-bad)", "--task", "table",
        "--data", "damaged.jsonl", "--baseline", "lead-3")]
    [InlineData(1, "There are files of the test split: --split test", "--task", "table", "--data", "DATA", "--split",
        "dev", "--baseline", "lead-3")]
    [InlineData(2, "'exam' not recognized. Must be one of: 'train'", "--task", "table", "--data", "DATA", "--split",
        "exam", "--baseline", "lead-3")]
    [InlineData(1, "cannot be written", "--task", "table", "--data", "DATA", "--baseline", "lead-3", "-o",
        "DATA/below")]
    [InlineData(1, "theirs.jsonl does not exist", "--task", "table", "--data", "DATA", "--reference", "theirs.jsonl")]
    [InlineData(1, "holds 1 predictions for 3 examples", "--task", "table", "--data", "DATA", "--reference", "one.txt")]
    [InlineData(2, "--baseline and --reference were both given", "--task", "table", "--data", "DATA", "--reference",
        "x", "--baseline", "lead-3")]
    [InlineData(2, "--num-beams is for a model", "--task", "table", "--data", "DATA", "--baseline", "lead-3",
        "--num-beams", "2")]
    [InlineData(2, "--length is for summaries", "--task", "squad", "--data", "squad.jsonl", "-m", "MODEL",
        "--length", "long")]
    [InlineData(2, "--prefix would stand in the place of the questions", "--task", "squad", "--data", "squad.jsonl",
        "-m", "MODEL", "--prefix", "x")]
    [InlineData(2, "--sample-seed draws", "--task", "table", "--data", "DATA", "--baseline", "lead-3",
        "--sample-seed", "2")]
    public void A_mistake_is_one_sentence_that_says_what_to_do(int code, string expected, params string[] arguments)
    {
        _scratch.Write("empty.jsonl", "");
        _scratch.Write("one.txt", "One.\n");
        _scratch.Write("damaged.jsonl",
            System.Text.Encoding.Latin1.GetBytes("{\"document\": \"\u00c3\u00a9t\u00e9\", \"summary\": \"x\"}\n"));
        _scratch.Write("squad.jsonl",
            """{"id": "1", "question": "Who?", "context": "Me.", "answers": {"text": ["me"]}}""");
        string[] call =
            [.. arguments.Select(
                word => word switch { "MODEL" => Model, _ when word.StartsWith("DATA", StringComparison.Ordinal) =>
                    _data + word[4..], _ => word })];
        var run =
            Longt5.Finish(
                Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), "evaluate", .. call],
                    _scratch.Folder));
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, Assert.Single(run.Errors.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public void Questions_are_put_as_their_task_puts_them()
    {
        var data = _scratch.Write("squad.jsonl",
            """{"id": "1", "question": "What is it?", "context": "The art of war.", "answers": {"text": ["art"]}}""");
        Good("evaluate", "--task", "squad", "--data", data, "-m", Model, "-o", _scratch["out"],
            "--max-new-tokens", "9");
        Assert.Equal(Good("answer", "-q", "What is it?", _scratch.Write("a.txt", "The art of war."), "-m", Model,
            "--max-new-tokens", "9").Output.TrimEnd('\n'), Predictions()[0].Text);
        Assert.Equal(["exact_match", "f1"], Results().GetProperty("scores").EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public void A_table_of_ones_own_is_judged_as_asked()
    {
        foreach (var (metric, expected) in new[] { ("translation", "bleu"), ("classes", "macro_f1"), ("squad", "f1"),
            ("trivia_qa", "exact_match") })
        {
            Good("evaluate", "--task", "table", "--data", _data, "--baseline", "lead-3", "--metric", metric, "-o",
                _scratch[metric]);
            Assert.True(Results(metric).GetProperty("scores").TryGetProperty(expected, out _));
        }
    }

    [Fact]
    public void Documents_in_one_folder_and_their_summaries_in_another_are_a_table()
    {
        _scratch.Write("own/document/1.html",
            "<html><body><script>no</script><p>The harbour is <b>full</b> of ships.</p><p>More.</p></body></html>");
        _scratch.Write("own/document/2.txt", "The wind stood still. More.");
        _scratch.Write("own/summary/1.txt", "A full harbour.");
        _scratch.Write("own/summary/2.txt", "No wind.");
        Good("evaluate", "--task", "table", "--data", _scratch["own"], "--baseline", "lead-3", "-o", _scratch["out"]);
        Assert.Equal(
            ["The harbour is full of ships. More.", "The wind stood still. More."],
            Predictions().Select(one => one.Text.Replace('\n', ' ')));
    }

    private string[] Call(
        ) => ["evaluate", "--task", "table", "--data", _data, "-m", Model, "--max-new-tokens", "6", "--num-beams", "2",
            "-o", _scratch["out"]];

    private Run Model3(params string[] more) => Good([.. Call(), .. more]);

    private List<(string Id, string Text)> Predictions(string folder = "out")
        => [.. File.ReadLines(_scratch[$"{folder}/predictions.jsonl"]).Select(line => JsonElement.Parse(line))
            .Select(one => (one.GetProperty("id").GetString()!, one.GetProperty("prediction").GetString()!))];

    private JsonElement Results(string folder = "out")
        => JsonElement.Parse(File.ReadAllText(_scratch[$"{folder}/results.json"]));

    private static Run Good(params string[] arguments)
    {
        var run = Longt5.Start(arguments);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run;
    }
}
