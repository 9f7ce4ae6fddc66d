using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;

namespace LongT5.Tests.Formats;

/// <summary>Folders that we write are loaded by transformers, whole, and give the logits that we give.</summary>
public sealed class ModelFolderTests
{
    public static bool Here => Reference.IsHere;

    private static readonly int[] Input = [5, 9, 31, 77, 12, 140, 8, 1], Decoded = [0, 44, 7, 159];

    private const string Script = """
        import json, sys, torch
        from transformers import AutoConfig, LongT5ForConditionalGeneration, T5ForConditionalGeneration
        for folder in json.loads(sys.argv[1]):
            config = AutoConfig.from_pretrained(folder)
            kind = {"LongT5ForConditionalGeneration": LongT5ForConditionalGeneration, "T5ForConditionalGeneration": T5ForConditionalGeneration}[config.architectures[0]]
            model, said = kind.from_pretrained(folder, output_loading_info=True, dtype=torch.float32)
            with torch.no_grad():
                logits = model.eval()(input_ids=torch.tensor([json.loads(sys.argv[2])]), decoder_input_ids=torch.tensor([json.loads(sys.argv[3])])).logits
            print(json.dumps({"missing": sorted(said["missing_keys"]), "unexpected": sorted(said["unexpected_keys"]), "dtype": str(config.dtype),
                "logits": [round(x, 7) for x in logits.flatten().tolist()]}))
        """;

    [Fact(Skip = Reference.Missing, SkipUnless = nameof(Here))]
    public async Task What_is_written_is_loaded_by_transformers_and_gives_the_same_logits()
    {
        using var scratch = new Scratch();
        var written = new Dictionary<string, (string Folder, string Type, float[] Logits)>();
        Write("own head", _ => { });
        Write("tied",
            folder => (folder.Config["tie_word_embeddings"], _) = (true, folder.Tensors.Remove("lm_head.weight")));
        Write("head lost", folder => folder.Tensors.Remove("lm_head.weight"));
        Write("tied, not scaled",
            folder => (folder.Config["tie_word_embeddings"], folder.Config["scale_decoder_outputs"], _)
            = (true, false, folder.Tensors.Remove("lm_head.weight")));
        Write("tied, but own head", folder => folder.Config["tie_word_embeddings"] = true);
        Write("own embedding of the decoder", folder => folder.Add("decoder.embed_tokens.weight", 160, 32));
        Write("wrapped names", folder => folder.Rename(name => $"module.{name}"));
        Write("bf16", _ => { }, ElementType.BF16);
        Write("f16 in shards", _ => { }, ElementType.F16, 20_000);
        Write("called a T5 by mistake", folder => folder.Config["architectures"] = new System.Text.Json.Nodes.JsonArray(
            "T5ForConditionalGeneration"));
        Write("full attention", folder =>
        {
            foreach (var name in folder.Tensors.Keys.Where(name => name.Contains("global_", StringComparison.Ordinal))
                .ToArray())
                folder.Tensors.Remove(name);
            folder.Rename(name => name.Replace("TransientGlobal", "", StringComparison.Ordinal));
            folder.Config["model_type"] = "t5";
        });

        var lines = (await Reference.Run(Script, JsonSerializer.Serialize(written.Values.Select(item => item.Folder)),
            JsonSerializer.Serialize(Input),
            JsonSerializer.Serialize(Decoded))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(written.Count, lines.Length);
        foreach (var ((name, ours), line) in written.Zip(lines))
        {
            using var theirs = JsonDocument.Parse(line);
            // The embeddings of the stacks are the shared one, of which transformers, too, writes one copy and then
            // misses two.
            Assert.All(theirs.RootElement.GetProperty("missing").EnumerateArray(),
                missing => Assert.EndsWith(".embed_tokens.weight", missing.GetString(), StringComparison.Ordinal));
            Assert.True(theirs.RootElement.GetProperty("unexpected").GetArrayLength() == 0, $"{name}: {line}"[..200]);
            Assert.Equal(ours.Type, theirs.RootElement.GetProperty("dtype").GetString());
            GoldenModelTests.Agrees(
                [.. theirs.RootElement.GetProperty("logits").EnumerateArray().Select(value => value.GetSingle())],
                ours.Logits, name);
        }

        void Write(string name, Action<ChangedFolder> change, ElementType? type = null, long shard = long.MaxValue)
        {
            using var folder = new ChangedFolder();
            change(folder);
            using var checkpoint = folder.Open();
            var target = Path.Combine(scratch.Root, name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal));
            checkpoint.Save(target, type, shard);
            using var saved = Checkpoint.Open(target);
            using var network = Network.Load(saved, Workers.Shared);
            using var encoded = network.Encode(Input);
            using var session = network.StartDecoding([encoded]);
            var logits = new float[Decoded.Length * saved.Config.VocabSize];
            session.Extend([.. Decoded.Select((_, i) => i == 0 ? DecoderSession.Root(0) : i - 1)], Decoded, logits);
            written.Add(name,
                (target, type switch
                {
                    ElementType.BF16 => "torch.bfloat16",
                    ElementType.F16 => "torch.float16",
                    _ => "torch.float32"
                }, logits));
        }
    }
}
