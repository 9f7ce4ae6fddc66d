using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Text;
using LongT5.Training.Data;

namespace LongT5.Training.Tests;

/// <summary>
/// The recipe of the embedded model, end to end and small: its own runs, one after the other, to a model that writes.
/// </summary>
public sealed class RecipeTests : IDisposable
{
    // A sentence is "The" and ten words drawn evenly from so many: whoever cannot copy pays log(1000) for each,
    // whatever he learns.
    const int Words = 1000, WordsOfSentence = 10;

    // What a target has beside those words: "The", the full stop, and the end.
    const double TokensOfSentence = WordsOfSentence + 3;

    static readonly double s_leastWithoutCopying = WordsOfSentence * Math.Log(Words) / TokensOfSentence;

    static readonly string s_models = Path.Combine(Goldens.Repository, "models");

    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public RecipeTests()
    {
        var config =
            JsonNode.Parse(File.ReadAllBytes(Path.Combine(s_models, "longt5-embedded", "config.json")))!.AsObject();
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("d_model", 128), ("d_kv", 32), ("d_ff", 128),
            ("num_layers", 2), ("local_radius", 31)])
            config[name] = value;
        File.WriteAllText(In("config.json"), config.ToJsonString());
        File.Copy(Path.Combine(s_models, "longt5-embedded", "spiece.model"), In("spiece.model"));
        File.WriteAllLines(In("rows.jsonl"), Rows(Tokenizer.Load(In("spiece.model"))));
    }

    [Fact]
    public void The_runs_of_the_recipe_end_below_what_a_model_that_cannot_copy_reaches_and_the_result_writes()
    {
        var last = "";
        foreach (var run in Directory.GetFiles(Path.Combine(s_models, "recipe"), "*.json")
            .Order(StringComparer.Ordinal))
        {
            var (loss, output) = Take(Small(run));
            Assert.True(loss < 0.75 * s_leastWithoutCopying,
                $"{Path.GetFileName(run)}: the loss is {loss}, without copying {s_leastWithoutCopying} or more");
            last = output;
        }
        using var trained = LongT5Model.Load(last);
        trained.Save(In("model"), ElementType.BF16);
        using var model = LongT5Model.Load(In("model"));
        var text = JsonNode.Parse(File.ReadLines(In("rows.jsonl")).First())!["text"]!.GetValue<string>();
        var written = Generated(model, text);
        Assert.InRange(written.Count(text.Contains), 0.8 * written.Length, written.Length);
    }

    [Fact]
    public void Without_the_circuit_its_first_run_stays_above()
    {
        var run = Small(Path.Combine(s_models, "recipe", "1-quote.json"));
        run["copyCircuit"] = false;
        Assert.InRange(Take(run).Loss, 0.9 * s_leastWithoutCopying, 30);
    }

    // A run of the recipe on the small model, on rows of ours, with short texts and few steps; all else is as it stands
    // there.
    JsonObject Small(string path)
    {
        var run = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        run["output"] = In(run["output"]!.GetValue<string>());
        foreach (var name in (string[])["from", "model", "tokenizer"])
            if (run[name] is { } file) run[name] = In(file.GetValue<string>());
        foreach (var (_, source) in run["sources"]!.AsObject())
        {
            source!["paths"] = new JsonArray(In("rows.jsonl"));
            if (source["heldOut"] is not null) source["heldOut"] = new JsonArray(In("rows.jsonl"));
        }
        if (run["evaluation"] is { } evaluation) evaluation["examples"] = 4;
        foreach (var stage in run["curriculum"]!["length"]!["stages"]!.AsArray())
            (stage!["input"], stage["target"], stage["batch"], stage["accumulate"]) = (128, 48, 4, 1);
        (run["steps"], run["optimizer"]!["rate"]) = (30, 2e-3);
        (run["bfloat16"], run["device"], run["saveEvery"]) = (false, "cpu", 1000);
        return run;
    }

    static (double Loss, string Output) Take(JsonObject run)
    {
        var options = run.Deserialize<TrainingOptions>(TrainingOptions.Json)!;
        var losses = new List<double>();
        using var trainer = new Trainer(new(options), resume: false);
        trainer.Run(step => losses.Add(step.Loss));
        trainer.WriteModel(options.Output);
        return (losses.TakeLast(10).Average(), options.Output);
    }

    // The words that the model wrote, without those that a full stop touches.
    static string[] Generated(LongT5Model model, string text)
    {
        var ids = model.Generate([model.Tokenizer.Encode(text)],
            new() { NumBeams = 1, DoSample = false, MinNewTokens = 10, MaxNewTokens = 20 })[0].Ids;
        return [.. model.Tokenizer.Decode(ids).Split(' ')
            .Where(word => word.All(char.IsAsciiLetterLower) && word.Length > 2)];
    }

    // Ten sentences of words that are one token each; the summary is two of them.
    static IEnumerable<string> Rows(Tokenizer tokenizer)
    {
        string[] words = [.. Enumerable.Range(100, 6000).Select(tokenizer.Piece)
            .Where(piece => piece.Length > 4 && piece[0] == '▁' && piece[1..].All(char.IsAsciiLetterLower))
            .Select(piece => piece[1..]).Take(Words)];
        Assert.Equal(Words, words.Length);
        var dice = new Dice(1);
        for (var row = 0; row < 200; row++)
        {
            var sentences = new string[10];
            for (var i = 0; i < sentences.Length; i++)
            {
                var sentence = new StringBuilder("The");
                for (var j = 0; j < WordsOfSentence; j++) sentence.Append(' ').Append(words[dice.Below(Words)]);
                sentences[i] = sentence.Append('.').ToString();
            }
            var text = string.Join(' ', sentences);
            yield return new JsonObject
            {
                ["text"] = text,
                ["document"] = text,
                ["summary"] = $"{sentences[1]} {sentences[4]}",
                ["question"] = sentences[4][..20],
            }.ToJsonString();
        }
    }

    string In(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
