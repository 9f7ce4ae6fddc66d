using System.Runtime.InteropServices;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;

namespace LongT5.Tests.Formats;

/// <summary>
/// The multilingual families, whose config.json leaves most unsaid, against the reference's own modules.
/// </summary>
public sealed class FamiliesTests
{
    private static readonly string Fixtures = Path.Combine(Goldens.Repository, "tests", "fixtures", "families");

    [Theory]
    [InlineData("mt5")]
    [InlineData("umt5")]
    public void A_family_gives_the_references_logits_at_once_token_by_token_and_written_anew(string family)
    {
        using var expected = Safetensors.Open(Path.Combine(Fixtures, "expected.safetensors"));
        using var checkpoint = Checkpoint.Open(Path.Combine(Fixtures, family));
        var wanted = expected.Tensors[$"logits.{family}"].ToArray();

        GoldenModelTests.Agrees(wanted, Logits(checkpoint, expected, atOnce: true), family);
        Assert.Equal(Logits(checkpoint, expected, atOnce: true), Logits(checkpoint, expected, atOnce: false));

        using var scratch = new Scratch();
        var saved = Path.Combine(scratch.Root, "saved");
        checkpoint.Save(saved);
        using var again = Checkpoint.Open(saved);
        Assert.Equal(family, again.Config.ModelType);
        Assert.Equal(Logits(checkpoint, expected, atOnce: true), Logits(again, expected, atOnce: true));
    }

    [Fact]
    public void Inputs_together_come_out_as_alone_where_each_layer_has_its_own_biases()
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(Fixtures, "umt5"));
        using var network = Network.Load(checkpoint, Workers.Shared);
        int[][] inputs = [[5, 9, 31, 1], [.. Enumerable.Range(3, 40), 1], [7, 1]];
        var together = network.EncodeBatch(inputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            using var alone = network.Encode(inputs[i]);
            Assert.Equal(alone.States, together[i].States);
            together[i].Dispose();
        }
    }

    [Fact]
    public void A_table_of_biases_that_is_missing_from_one_layer_is_an_error()
    {
        using var scratch = new Scratch();
        foreach (var file in Directory.GetFiles(Path.Combine(Fixtures, "mt5")))
            File.Copy(file, Path.Combine(scratch.Root, Path.GetFileName(file)));
        var config = Path.Combine(scratch.Root, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"mt5\"", "\"umt5\"", StringComparison.Ordinal));
        Assert.Contains("3 missing: encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
            Assert.Throws<BadFileException>(() => Checkpoint.Open(scratch.Root)).Message, StringComparison.Ordinal);
    }

    private static float[] Logits(Checkpoint checkpoint, Safetensors inputs, bool atOnce)
    {
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var encoded = network.Encode(Ids(inputs, "input_ids"));
        using var session = network.StartDecoding([encoded]);
        var (fed, size) = (Ids(inputs, "decoder_input_ids"), checkpoint.Config.VocabSize);
        var logits = new float[fed.Length * size];
        if (atOnce)
            session.Extend([.. fed.Select((_, i) => i == 0 ? DecoderSession.Root(0) : i - 1)], fed, logits);
        for (var i = 0; !atOnce && i < fed.Length; i++)
            session.Extend([i == 0 ? DecoderSession.Root(0) : i - 1], [fed[i]], logits.AsSpan(i * size, size));
        return logits;
    }

    private static int[] Ids(Safetensors file, string name) => MemoryMarshal.Cast<byte, int>(file.Tensors[name].Bytes())
        .ToArray();
}
