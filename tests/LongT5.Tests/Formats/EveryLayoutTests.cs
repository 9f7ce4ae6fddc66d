using System.Text.Json;
using LongT5.Formats;

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
    public void Only_a_lost_head_is_warned_of(string kind, string folder)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Path("formats", folder));

        Assert.Equal(kind is "head-is-shared" ? 1 : 0, checkpoint.Warnings.Count);
        Assert.Equal(kind is not ("head-is-shared" or "encoder-only"), checkpoint.HasOwnHead);
        Assert.Equal(kind == "encoder-only", checkpoint.IsEncoderOnly);
        Assert.False(checkpoint.ScalesDecoderOutput);
    }

    private static float Rounded(string kind, float value) => kind switch
    {
        "fp16" => (float)(Half)value,
        "bf16" => BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(value) + 0x7fff
            + (BitConverter.SingleToInt32Bits(value) >> 16 & 1)) & ~0xffff),
        _ => value,
    };
}
