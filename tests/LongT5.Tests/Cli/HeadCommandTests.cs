using System.Text.Json;
using LongT5.Formats;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary><c>classify</c>, <c>tag</c> and <c>answer --extract</c>, and how <c>evaluate</c> judges them.</summary>
public sealed class HeadCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Texts_and_rows_of_tables_are_classified()
    {
        var model = Model(ModelHead.Sequence, ["calm", "loud"], new() { ["\u2581war"] = [0, 3], ["\u2581life"] = [2, 0] });
        var text = _scratch.Write("a.txt", "It is the war");
        Assert.Equal("loud\t0.9526\n", Good("classify", text, "-m", model).Output);
        var table = _scratch.Write("t.jsonl", """
            {"id": "x", "text": "the war", "label": "loud"}
            {"id": "y", "text": "that is life", "label": "calm"}
            {"id": "z", "text": "of life", "label": "loud"}
            """);
        Assert.Equal([$"{table}:1\tloud\t0.9526", $"{table}:2\tcalm\t0.8808", $"{table}:3\tcalm\t0.8808"],
            Lines(Good("classify", table, "-m", model)));
        var json = JsonElement.Parse(Lines(Good("classify", table, text, "--json", "-m", model))[1]);
        Assert.Equal(("y", 2, "calm", 4), (json.GetProperty("id").GetString(), json.GetProperty("row").GetInt32(),
            json.GetProperty("labels")[0].GetString(), json.GetProperty("tokens_in").GetInt32()));
        Assert.Equal(0.880797, json.GetProperty("scores").GetProperty("calm").GetDouble(), 5);

        var results = Evaluated("classes", table, model);
        Assert.Equal(200 / 3.0, results.GetProperty("accuracy").GetProperty("mean").GetDouble(), 3);
        Assert.Equal(200 / 3.0, results.GetProperty("macro_f1").GetDouble(), 3);
    }

    [Fact]
    public void What_was_labelled_before_a_stop_is_left_row_by_row()
    {
        var model = Model(ModelHead.Sequence, ["calm", "loud"], new() { ["\u2581war"] = [0, 3], ["\u2581life"] = [2, 0] });
        var table = _scratch.Write("t.jsonl", """
            {"text": "the war"}
            {"text": "that is life"}
            {"text": "of life"}
            """);
        Good("classify", table, "-o", _scratch["whole.jsonl"], "-m", model);
        var lines = File.ReadAllLines(_scratch["whole.jsonl"]);
        Assert.Equal(3, lines.Length);
        // Stopped in the second row.
        File.WriteAllText(_scratch["cut.jsonl"], $"{lines[0]}\n{lines[1][..9]}");
        var text = _scratch.Write("a.txt", "It is the war");
        Good("classify", table, text, "-o", _scratch["cut.jsonl"], "--skip-done", "-m", model);
        Assert.Equal(lines, File.ReadAllLines(_scratch["cut.jsonl"])[..3]);
        Assert.Equal(4, File.ReadAllLines(_scratch["cut.jsonl"]).Length);
        Good("classify", table, text, "-o", _scratch["cut.jsonl"], "--skip-done", "-m", model);
        Assert.Equal(4, File.ReadAllLines(_scratch["cut.jsonl"]).Length);
    }

    [Fact]
    public void Spans_of_documents_are_tagged_with_their_places()
    {
        var model = Model(ModelHead.Tokens, ["O", "B-CAUSE", "I-CAUSE"], new() { ["\u2581war"] = [0, 9, 0] });
        var text = _scratch.Write("a.md", "# The art\n\nIt is the war.\n");
        var run = Good("tag", text, "-m", model);
        var fields = Lines(run).Single().Split('\t');
        Assert.Equal(("CAUSE", "war"), (fields[2], fields[4]));
        var json = JsonElement.Parse(Good("tag", text, "--json", "-m", model).Output);
        var span = json.GetProperty("spans")[0];
        Assert.Equal((fields[0], "The art"), ($"{span.GetProperty("start").GetInt32()}",
            span.GetProperty("section").GetString()));

        var tagged = _scratch.Write("t.conll", "the O\nwar B-CAUSE\n\ndeath B-CAUSE\nof O\nwar B-CAUSE\n");
        var results = Evaluated("entities", tagged, model);
        Assert.Equal(80, results.GetProperty("f1").GetDouble(), 3);
        Assert.Equal(200 / 3.0, results.GetProperty("recall").GetDouble(), 3);
    }

    [Fact]
    public void Answers_stand_in_the_text_or_there_is_none()
    {
        var model = Model(ModelHead.Spans, ["start", "end"],
            new() { ["\u2581of"] = [9, 0], ["\u2581the"] = [0, 9], ["<pad>"] = [2, 2] });
        var text = _scratch.Write("a.txt", "It is life of the war.");
        var answer = Lines(Good("answer", "--extract", "-q", "a?", text, "-m", model)).Single().Split('\t');
        Assert.Equal(("the war", "14", "21"), (answer[0], answer[2], answer[3]));
        var rows = _scratch.Write("t.jsonl", """
            {"question": "a?", "context": "A life of the war.", "answers": ["the war"]}
            {"question": "a?", "context": "It is life.", "answers": []}
            """);
        var json = Lines(Good("answer", "--extract", rows, "--json", "-m", model)).Select(line
            => JsonElement.Parse(line)).ToList();
        Assert.Equal(["the war", null], json.Select(line => line.GetProperty("answer").GetString()));
        Assert.False(json[1].TryGetProperty("start", out _));
        var always = Good("answer", "--extract", "--always-answer", rows, "--json", "-m", model);
        Assert.NotNull(JsonElement.Parse(Lines(always)[1]).GetProperty("answer").GetString());
        Assert.Equal(100, Evaluated("answers", rows, model).GetProperty("f1").GetProperty("mean").GetDouble(), 3);
    }

    [Fact]
    public void Words_are_judged_where_they_stand_in_their_text_and_a_word_may_have_a_space()
    {
        var model = Model(ModelHead.Tokens, ["O", "B-CAUSE"], new() { ["\u2581war"] = [0, 9] });
        var tagged = _scratch.Write("t.jsonl", """
            {"text": "death-war, war.", "entities": [{"start": 11, "end": 14, "label": "CAUSE"}]}
            {"tokens": ["the death", "war"], "tags": ["O", "B-CAUSE"]}
            {"tokens": ["the", "war"], "ner_tags": [0, 1]}
            """);
        Assert.Equal(100, Evaluated("entities", tagged, model).GetProperty("f1").GetDouble(), 3);
        Assert.DoesNotContain(File.ReadLines(_scratch["out-entities/predictions.jsonl"]),
            line => line.Contains("\"input_tokens\":0", StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_of_labels_are_their_names_in_evaluating_as_in_training()
    {
        var model = Model(ModelHead.Sequence, ["calm", "loud"], new() { ["\u2581war"] = [0, 3], ["\u2581life"] = [2, 0] });
        var table = _scratch.Write("t.jsonl", """
            {"text": "the war", "label": 1}
            {"text": "that is life", "label": 0}
            """);
        Assert.Equal(100, Evaluated("classes", table, model).GetProperty("accuracy").GetProperty("mean").GetDouble(), 3);
    }

    [Fact]
    public void A_correlation_that_is_not_defined_is_null_and_a_comma_is_no_point()
    {
        var model = Model(ModelHead.Sequence, ["score"], new() { ["\u2581war"] = [3] });
        var table = _scratch.Write("t.csv", "text,score\nthe war,2.5\nof life,2.5\n");
        Assert.Equal(JsonValueKind.Null, Evaluated("numbers", table, model).GetProperty("pearson").ValueKind);
        var run = Longt5.Start("evaluate", "--task", "numbers", "-m", model, "-o", _scratch["comma"], "--data",
            _scratch.Write("c.csv", "text;score\nthe war;2,5\n"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is 2,5, where a number is expected", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_a_head_of_labels_says_what_it_is_when_it_is_asked_to_write()
    {
        var run = Longt5.Start("summarize", "-m", Model(ModelHead.Sequence, ["calm", "loud"], []),
            _scratch.Write("a.txt", string.Concat(Enumerable.Repeat("It is the war of the people. ", 200))));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("it writes no text", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("please report", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_inspected_with_what_its_head_says_and_its_labels()
    {
        var model = Model(ModelHead.Sequence, ["calm", "loud"], []);
        Assert.Contains("sequence-classification: calm, loud", Good("inspect", model).Output);
        var json = JsonElement.Parse(Good("inspect", model, "--json").Output);
        Assert.Equal(("sequence-classification", "loud"),
            (json.GetProperty("head").GetString(), json.GetProperty("labels")[1].GetString()));
    }

    [Fact]
    public void An_adapter_is_inspected_with_the_head_that_it_brings()
    {
        var model = Model(ModelHead.Tokens, ["O", "B-X"], []);
        using (var checkpoint = Checkpoint.Open(model))
        {
            Directory.CreateDirectory(_scratch["adapter"]);
            SafetensorsWriter.Write(_scratch["adapter/adapter_model.safetensors"], new[] { "weight", "bias" }.Select(
                part => OutgoingTensor.Of($"base_model.model.classifier.{part}",
                    checkpoint.Tensors[$"classifier.{part}"].Shape,
                    checkpoint.Tensors[$"classifier.{part}"].ToArray())));
        }
        _scratch.Write("adapter/adapter_config.json",
            """{"peft_type": "LORA", "base_model_name_or_path": "org/base", "modules_to_save": ["classifier"]}""");
        File.Copy(_scratch["model/config.json"], _scratch["adapter/config.json"]);
        var said = Good("inspect", _scratch["adapter"]).Output;
        Assert.Contains("LoRA", said);
        Assert.Contains("org/base", said);
        Assert.Contains("token-classification of its own: O, B-X", said);
        var json = JsonElement.Parse(Good("inspect", _scratch["adapter"], "--json").Output);
        Assert.Equal(("token-classification", "B-X"), (json.GetProperty("head").GetString(), json.GetProperty("labels")[1].GetString()));

        // The head takes the place of the vocabulary's, and the labels their names.
        var text = _scratch.Write("a.txt", "It is the war.");
        Assert.Equal("", Good("tag", text, "-m", TinyBase(), "--adapter", _scratch["adapter"]).Output);
    }

    // A model that writes, of the same shape.
    private string TinyBase()
        => LookupHead.Write(_scratch["base"], ModelHead.Embedding, ["LABEL_0", "LABEL_1"], []);

    [Theory]
    [InlineData("train --head sequence-classification", 1, "classify", "a.txt")]
    [InlineData("train --head token-classification", 1, "tag", "a.txt")]
    [InlineData("train --head extractive", 1, "answer", "--extract", "-q", "a?", "a.txt")]
    [InlineData("--num-beams is about a text that is written", 2, "answer", "--extract", "-q", "a?", "a.txt",
        "--num-beams", "2")]
    [InlineData("--always-answer goes with --extract", 2, "answer", "-q", "a?", "a.txt", "--always-answer")]
    [InlineData("--threshold is \"abc\"; expected a number.", 2, "classify", "--threshold", "abc", "a.txt")]
    [InlineData("empty.csv: there is no row in it", 1, "classify", "empty.csv")]
    [InlineData("entities is judged by what a head", 1, "evaluate", "--task", "entities", "--data", "t.conll")]
    public void What_does_not_fit_is_refused_with_what_to_do(string says, int code, params string[] call)
    {
        _scratch.Write("a.txt", "It is the war.");
        _scratch.Write("t.conll", "war B-CAUSE\n");
        _scratch.Write("empty.csv", "text\n");
        var model = call.Contains("empty.csv") ? Model(ModelHead.Sequence, ["calm", "loud"], []) : TinyModel.Folder;
        var run = Longt5.Start([.. call.Select(word => word.Contains('.') ? _scratch[word] : word), "-m", model]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(says, run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private string Model(ModelHead head, string[] labels, Dictionary<string, float[]> scores)
        => LookupHead.Write(_scratch["model"], head, labels, scores);

    private JsonElement Evaluated(string task, string data, string model)
    {
        var folder = _scratch[$"out-{task}"];
        Good("evaluate", "--task", task, "--data", data, "-m", model, "-o", folder);
        return JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "results.json"))).GetProperty("scores");
    }

    private static string[] Lines(Run run) => run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Run Good(params string[] arguments)
    {
        var run = Longt5.Start(arguments);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run;
    }
}
