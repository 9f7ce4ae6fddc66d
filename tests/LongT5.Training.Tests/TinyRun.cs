using System.Security.Cryptography;

namespace LongT5.Training.Tests;

/// <summary>A run that takes a second: a tiny model, a small vocabulary, a few rows.</summary>
sealed class TinyRun : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public TinyRun()
    {
        File.WriteAllText(In("config.json"), """
            {"model_type": "longt5", "encoder_attention_type": "transient-global", "vocab_size": 32100, "d_model": 16, "d_kv": 4, "d_ff": 16,
             "num_layers": 1, "num_decoder_layers": 1, "num_heads": 4, "local_radius": 7, "global_block_size": 4, "dropout_rate": 0.1,
             "feed_forward_proj": "gated-gelu", "tie_word_embeddings": true, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
            """);
        File.WriteAllLines(In("rows.jsonl"), Enumerable.Range(0, 30).Select(i =>
            $$"""{"document": "The number {{i}} comes after {{i - 1}}. It rained{{string.Concat(Enumerable.Repeat(" and rained", i % 7))}}.", "summary": "After {{i - 1}} comes {{i}}."}"""));
    }

    public static string Vocabulary { get; } = Path.Combine(Goldens.Repository, "tests", "fixtures", "goldens", "text",
        "spiece.model");

    public string In(string name) => Path.Combine(_folder, name);

    public TrainingOptions Options(string output = "run") => new()
    {
        Output = In(output),
        Model = In("config.json"),
        Tokenizer = Vocabulary,
        Sources =
            new()
            {
                ["rows"] = new()
                {
                    Paths = [In("rows.jsonl")],
                    Objective = new LongT5.Training.Objectives.Pairs { Prefix = "summarize: " }
                }
            },
        Curriculum = Curriculum.Of(new StageOptions { Input = 32, Target = 12, Batch = 2, Accumulate = 2 },
            new() { Input = 64, Target = 16, Batch = 3 }),
        Steps = 10,
        Optimizer = new() { Kind = LongT5.Training.Optimizers.OptimizerKind.Muon, Rate = 1e-3 },
        Dropout = 0.1,
        Seed = 5,
        Device = "cpu",
        SaveEvery = 1000,
    };

    /// <summary>The same, measured on the rows that it is trained on.</summary>
    public static TrainingOptions Measured(TrainingOptions run) => run with
    {
        Sources = run.Sources.ToDictionary(source => source.Key, source
            => source.Value with { HeldOut = source.Value.Paths }),
    };

    /// <summary>The same, from the model in the folder <c>base</c> and not from random weights.</summary>
    public TrainingOptions FromBase(TrainingOptions run)
    {
        if (!Directory.Exists(In("base")))
            using (var start = new Trainer(new(Options()), resume: false)) start.WriteModel(In("base"));
        return run with { From = In("base"), Model = null, Tokenizer = null };
    }

    /// <summary>Takes a run to its end and writes its result, or stops it as a user does.</summary>
    public static void Take(TrainingOptions options, bool resume, int? stopAt = null)
    {
        using var trainer = new Trainer(new(options), resume);
        using var stop = new CancellationTokenSource();
        if (trainer.Run(step =>
        {
            if (step.State.Step == stopAt) stop.Cancel();
        }, cancellation: stop.Token) != StopReason.Asked) trainer.WriteResult();
    }

    /// <summary>SHA-256 of the weights in a folder.</summary>
    public string Hash(string folder, string file = "model.safetensors")
        => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(In(folder), file))));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
