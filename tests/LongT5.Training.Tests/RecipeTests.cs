using LongT5.Training.Data;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training.Tests;

/// <summary>The recipe of the embedded model, small: circuit, principal sentences that stay in the input, Muon.</summary>
public sealed class RecipeTests : IDisposable
{
    // Words are drawn evenly from so many: whoever cannot copy pays log(1000) = 6.9 for each, whatever he learns.
    const int Words = 1000;

    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void With_the_circuit_the_loss_falls_below_what_any_model_without_copying_can_reach()
        => Assert.InRange(LastLoss(circuit: true), 0, 3.5);

    [Fact]
    public void Without_it_the_same_run_stays_above()
        => Assert.InRange(LastLoss(circuit: false), 5.5, 20);

    double LastLoss(bool circuit)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """
            {"model_type": "longt5", "encoder_attention_type": "transient-global", "vocab_size": 32100, "d_model": 64, "d_kv": 16, "d_ff": 64,
             "num_layers": 2, "num_decoder_layers": 2, "num_heads": 4, "local_radius": 31, "global_block_size": 16, "dropout_rate": 0,
             "feed_forward_proj": "gated-gelu", "tie_word_embeddings": true, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
            """);
        var dice = new Dice(1);
        File.WriteAllLines(Path.Combine(_folder, "rows.jsonl"), Enumerable.Range(0, 200).Select(_ => Row(ref dice)));
        var losses = new List<double>();
        using var trainer = new Trainer(new()
        {
            Output = Path.Combine(_folder, "run"),
            Model = Path.Combine(_folder, "config.json"),
            Tokenizer = Path.Combine(Goldens.Repository, "tests", "fixtures", "goldens", "text", "spiece.model"),
            CopyCircuit = circuit,
            Sources = new() { ["rows"] = new() { Paths = [Path.Combine(_folder, "rows.jsonl")], Objective = new PrincipalSentences { Intact = 1, Whole = true, Sequential = true } } },
            Stages = [new() { Input = 128, Target = 32, Batch = 4 }],
            Steps = 40,
            Optimizer = new() { Kind = OptimizerKind.Muon, Rate = 3e-3 },
            Clip = 1,
            Device = "cpu",
            SaveEvery = 1000,
        }, resume: false);
        trainer.Run(step => losses.Add(step.Loss));
        return losses.TakeLast(10).Average();
    }

    // Ten sentences of ten words of three letters, which no vocabulary has as one piece: a word is a few tokens.
    static string Row(ref Dice dice)
    {
        var sentences = new string[10];
        for (var i = 0; i < sentences.Length; i++)
        {
            var words = new string[10];
            for (var j = 0; j < words.Length; j++) words[j] = $"{100 + dice.Below(Words - 100)}";
            sentences[i] = $"A{string.Join(' ', words)}.";
        }
        return $$"""{"text": "{{string.Join(' ', sentences)}}"}""";
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
