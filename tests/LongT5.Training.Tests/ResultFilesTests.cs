using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

/// <summary>What stands beside the weights of a result: what the base says, and what training made of it.</summary>
public sealed class ResultFilesTests : IDisposable
{
    readonly TinyRun _tiny = new();

    [Fact]
    public void What_a_base_says_of_its_use_stays_but_for_what_training_ends()
    {
        var run = _tiny.FromBase(_tiny.Options()) with { Steps = 1 };
        SayOfBase();
        File.WriteAllText(_tiny.In("base/generation_config.json"), """{"num_beams": 3}""");
        TinyRun.Take(run, resume: false);

        Assert.Equal("""{"num_beams": 3}""", File.ReadAllText(_tiny.In("run/generation_config.json")));
        Assert.True(File.Exists(_tiny.In("run/spiece.model")));
        var config = Config("run");
        Assert.False(config.ContainsKey("prefix"));
        Assert.False(config["pretrained_only"]!.GetValue<bool>());
        Assert.Equal(JsonNode.Parse("""
            {"summarization": {"max_length": 40, "prefix": "summarize: "}, "summarization_long": {"max_length": 50},
             "translation": {"prefix": "translate: "}}
            """)!.ToJsonString(), config["task_specific_params"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_head_says_its_labels_and_how_it_is_used_and_nothing_of_what_the_base_did(bool adapter)
    {
        var run = _tiny.FromBase(_tiny.Options());
        SayOfBase();
        File.WriteAllLines(_tiny.In("texts.csv"), Enumerable.Range(0, 8).Select(i => $"day {i},{(i % 2 == 0 ? "sun" : "rain")}")
            .Prepend("text,label"));
        TinyRun.Take(run with
        {
            Head = new() { Kind = HeadKind.SequenceClassification },
            Sources = new()
            {
                ["texts"] = new()
                {
                    Paths = [_tiny.In("texts.csv")],
                    Objective = new TextLabels { TargetColumn = "label", Prefix = "rate: " },
                },
            },
            Curriculum = Curriculum.Of(new StageOptions { Input = 24, Batch = 4 }),
            Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 0.01 },
            Steps = 1,
            Adapter = adapter ? new() { Rank = 2 } : null,
        }, resume: false);

        var config = Config("run");
        Assert.Equal("""{"0":"rain","1":"sun"}""", config["id2label"]!.ToJsonString());
        Assert.Equal("""{"rain":0,"sun":1}""", config["label2id"]!.ToJsonString());
        Assert.Equal("single_label_classification", config["problem_type"]!.GetValue<string>());
        Assert.Equal(0, config["classifier_dropout"]!.GetValue<double>());
        Assert.False(config.ContainsKey("prefix"));
        Assert.False(config.ContainsKey("pretrained_only"));
        var (_, task) = Assert.Single(config["task_specific_params"]!.AsObject());
        Assert.Equal("""{"prefix":"rate: ","max_input_tokens":24}""", task!.ToJsonString());
    }

    [Fact]
    public void Tasks_whose_prefixes_differ_keep_none_not_even_that_of_the_base()
    {
        var run = _tiny.FromBase(_tiny.Options()) with { Steps = 1 };
        SayOfBase();
        TinyRun.Take(run with
        {
            Sources = new()
            {
                ["one"] = new() { Paths = [_tiny.In("rows.jsonl")], Objective = new Pairs { Prefix = "one: " } },
                ["two"] = new() { Paths = [_tiny.In("rows.jsonl")], Objective = new Pairs { Prefix = "two: " } },
            },
        }, resume: false);
        Assert.False(Config("run").ContainsKey("prefix"));
        Assert.Equal("""{"translation":{"prefix":"translate: "}}""", new JsonObject(Config("run")["task_specific_params"]!
            .AsObject().Where(task => task.Value!["prefix"] is not null)
            .Select(task => KeyValuePair.Create(task.Key, (JsonNode?)task.Value!.DeepClone()))).ToJsonString());
    }

    public void Dispose() => _tiny.Dispose();

    JsonObject Config(string folder) => JsonNode.Parse(File.ReadAllText(_tiny.In($"{folder}/config.json")))!.AsObject();

    /// <summary>The base says how it was used until now.</summary>
    void SayOfBase()
    {
        var config = Config("base");
        (config["prefix"], config["pretrained_only"]) = ("old: ", true);
        config["task_specific_params"] = JsonNode.Parse("""
            {"summarization": {"max_length": 40, "prefix": "old: ", "quotes": true, "least_score": 0.5},
             "summarization_long": {"max_length": 50, "prefix": "other: "}, "translation": {"prefix": "translate: "}}
            """);
        File.WriteAllText(_tiny.In("base/config.json"), config.ToJsonString());
    }
}
