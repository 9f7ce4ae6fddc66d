using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Formats;

namespace LongT5.Training.Tests;

/// <summary>The folders that training leaves say what is in them, so that transformers loads them whole.</summary>
public sealed class WrittenModelTests : IDisposable
{
    readonly TinyRun _tiny = new();

    public static bool Here => Reference.IsHere;

    const string Script = """
        import json, sys
        from transformers import LongT5ForConditionalGeneration
        for folder in sys.argv[1:]:
            model, said = LongT5ForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
            print(json.dumps([folder.split("/")[-3], str(model.config.dtype), model.config.tie_word_embeddings, "lm_head.weight" in said["missing_keys"],
                [name for name in said["missing_keys"] if "embed_tokens" not in name], said["unexpected_keys"]]))
        """;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_configuration_says_what_the_weights_are(bool tied, bool ownHead)
    {
        using var checkpoint = Checkpoint.Open(Train("run", tied));
        Assert.Equal(ownHead, checkpoint.HasOwnHead);
        Assert.Equal("float32", checkpoint.ConfigFields.GetProperty("torch_dtype").GetString());
        Assert.Equal("LongT5ForConditionalGeneration", checkpoint.ConfigFields.GetProperty("architectures")[0]
            .GetString());
        Assert.Equal(tied, checkpoint.ConfigFields.GetProperty("tie_word_embeddings").GetBoolean());
    }

    [Fact]
    public void A_head_that_the_base_had_lost_is_written_as_what_served_in_its_place()
    {
        using var file = Safetensors.Open(Path.Combine(TrainOnLost(), "model.safetensors"));
        Assert.Equal(file.Tensors["shared.weight"].ToArray(), file.Tensors["lm_head.weight"].ToArray());
    }

    [Fact(Skip = Reference.Missing, SkipUnless = nameof(Here))]
    public async Task Transformers_loads_them_whole()
    {
        var output = await Reference.Run(Script, Train("tied", true), Train("own", false), TrainOnLost());
        Assert.Equal(
            [
                """["tied", "torch.float32", true, false, [], []]""",
                """["own", "torch.float32", false, false, [], []]""",
                """["again", "torch.float32", false, false, [], []]""",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => _tiny.Dispose();

    string Train(string output, bool tied, string? from = null)
    {
        var config = JsonNode.Parse(File.ReadAllText(_tiny.In("config.json")))!.AsObject();
        (config["tie_word_embeddings"], config["torch_dtype"]) = (tied, "bfloat16");
        File.WriteAllText(_tiny.In("config.json"), config.ToJsonString());
        var options = _tiny.Options(output) with { Steps = 2 };
        using var trainer = new Trainer(new(from is null ? options : options with { Model = null, From = from }),
            resume: false);
        trainer.Run(_ => { }, cancellation: CancellationToken.None);
        return _tiny.In($"{output}/checkpoints/step-00000002");
    }

    /// <summary>On a checkpoint that says it is untied and has no head.</summary>
    string TrainOnLost()
    {
        var lost = Train("lost", tied: true);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(lost, "config.json")))!.AsObject();
        config["tie_word_embeddings"] = false;
        File.WriteAllText(Path.Combine(lost, "config.json"), config.ToJsonString());
        return Train("again", tied: false, lost);
    }
}
