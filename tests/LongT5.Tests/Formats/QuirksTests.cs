using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;
using LongT5.Text;

namespace LongT5.Tests.Formats;

/// <summary>Checkpoints and vocabularies as people have them, against what the reference makes of them.</summary>
public sealed class QuirksTests
{
    private const string Missing = "LONGT5_GOLDENS names the recorded results.";

    public static bool Here => Goldens.Whole;

    public static TheoryData<string> Folders() => Here
        ? [.. Expected().EnumerateObject().Select(folder => folder.Name)] : [""];

    public static TheoryData<string> Vocabularies() => Here ? [.. Goldens.Folders("quirks-tokenizer")] : [""];

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Folders))]
    public void A_folder_gives_the_references_logits_or_one_short_sentence(string folder)
    {
        var wanted = Expected().GetProperty(folder);
        if (wanted.TryGetProperty("error", out var words))
        {
            var message = Assert.ThrowsAny<Exception>(() => Checkpoint.Open(Goldens.Path("quirks", folder))).Message;
            Assert.All(words.EnumerateArray(),
                word => Assert.Contains(word.GetString()!, message, StringComparison.OrdinalIgnoreCase));
            Assert.True(message.Length < 600, message);
            return;
        }
        using var checkpoint = Checkpoint.Open(Goldens.Path("quirks", folder));
        if (wanted.TryGetProperty("warns", out var warns))
            Assert.Contains(checkpoint.Warnings,
                warning => warning.Contains(warns.GetString()!, StringComparison.OrdinalIgnoreCase));
        if (!wanted.TryGetProperty("logits", out var name))
            return;
        using var expected = Safetensors.Open(Goldens.Path("quirks", "expected.safetensors"));
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var encoded = network.Encode(Ids(expected, "input_ids"));
        using var session = network.StartDecoding([encoded]);
        var fed = Ids(expected, "decoder_input_ids");
        var logits = new float[fed.Length * checkpoint.Config.VocabSize];
        session.Extend([.. fed.Select((_, i) => i == 0 ? DecoderSession.Root(0) : i - 1)], fed, logits);
        GoldenModelTests.Agrees(expected.Tensors[name.GetString()!].ToArray(), logits, folder);
    }

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Vocabularies))]
    public void A_vocabulary_with_tokens_added_by_hand_gives_the_references_ids(string folder)
    {
        var tokenizer = Tokenizer.Load(Goldens.Path("quirks-tokenizer", folder));
        foreach (var line in File.ReadLines(Goldens.Path("quirks-tokenizer", folder, "cases.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement))
        {
            var ids = line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            Assert.Equal(ids, tokenizer.Encode(line.GetProperty("text").GetString()!));
            Assert.Equal(line.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
        }
    }

    private static JsonElement Expected(
        ) => JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("quirks", "expected.json"))).RootElement;

    private static int[] Ids(Safetensors file, string name) => MemoryMarshal.Cast<byte, int>(file.Tensors[name].Bytes())
        .ToArray();
}
