using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;

namespace LongT5.Tests.Formats;

/// <summary>One model, published in every layout: what is read is the same, bit for bit.</summary>
public class EveryLayoutTests
{
    public static TheoryData<string, string> Folders()
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("formats", "expected.json")));
        var data = new TheoryData<string, string>();
        foreach (var (kind, folder) in expected.RootElement.EnumerateObject()
            .SelectMany(kind => kind.Value.EnumerateArray().Select(folder => (kind.Name, folder.GetString()!))))
        {
            if (Goldens.Whole || Directory.Exists(Goldens.Path("formats", folder)))
                data.Add(kind, folder);
        }
        return data;
    }

    [Theory, MemberData(nameof(Folders))]
    public void The_tensors_are_those_of_the_plain_folder(string kind, string folder)
    {
        using var plain = Checkpoint.Open(Goldens.Path("formats", "safetensors"));
        using var checkpoint = Checkpoint.Open(Goldens.Path("formats", folder));

        var wanted = plain.Tensors.Keys.Where(name => kind switch
        {
            "head-is-shared" => name != "lm_head.weight",
            "encoder-only" => name == "shared.weight" || name.StartsWith("encoder.", StringComparison.Ordinal),
            _ => true,
        });
        Assert.Equal(wanted.Order(), checkpoint.Tensors.Keys.Order());
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            Assert.Equal(name, tensor.Name);
            Assert.Equal(plain.Tensors[name].Shape, tensor.Shape);
            Assert.Equal(plain.Tensors[name].ToArray().Select(value => Rounded(kind, value)), tensor.ToArray());
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public void The_logits_are_those_of_the_reference(string kind, string folder)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Path("formats", folder));
        using var expected = Safetensors.Open(Goldens.Path("formats", "expected.safetensors"));
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var encoded = network.Encode(Ids(expected, "input_ids"));
        if (kind == "encoder-only")
        {
            GoldenModelTests.Agrees(expected.Tensors["encoder-only.last_hidden_state"].ToArray(),
                encoded.States, folder);
            return;
        }
        using var session = network.StartDecoding([encoded]);
        var fed = Ids(expected, "decoder_input_ids");
        var logits = new float[fed.Length * checkpoint.Config.VocabSize];
        session.Extend([.. fed.Select((_, i) => i == 0 ? DecoderSession.Root(0) : i - 1)], fed, logits);
        GoldenModelTests.Agrees(expected.Tensors[$"logits.{kind}"].ToArray(), logits, folder);
    }

    private static int[] Ids(Safetensors file, string name) => MemoryMarshal.Cast<byte, int>(file.Tensors[name].Bytes())
        .ToArray();

    [Theory, MemberData(nameof(Folders))]
    public void Only_a_lost_head_is_warned_of(string kind, string folder)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Path("formats", folder));

        Assert.Equal(kind is "head-is-shared" ? 1 : 0, checkpoint.Warnings.Count);
        Assert.Equal(kind is not ("head-is-shared" or "encoder-only"), checkpoint.HasOwnHead);
        Assert.Equal(kind == "encoder-only", checkpoint.IsEncoderOnly);
        Assert.False(checkpoint.ScalesDecoderOutput);
    }

    internal static float Rounded(string kind, float value) => kind switch
    {
        "fp16" => (float)(Half)value,
        "bf16" => BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(value) + 0x7fff
            + (BitConverter.SingleToInt32Bits(value) >> 16 & 1)) & ~0xffff),
        _ => value,
    };
}
