using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>
/// A published model computes what it computed, to the last bit: whatever is added beside it changes nothing.
/// </summary>
/// <remarks>
/// The bits belong to a width of registers and to a C library, so they are recorded for the machines named in the file;
/// on others the goldens alone decide.
/// </remarks>
public sealed class RecordedBitsTests
{
    private static readonly string s_models = Path.Combine(Goldens.Repository, "tests", "fixtures",
        "goldens", "models");
    private static readonly string s_machine = $"{RuntimeInformation.RuntimeIdentifier} {Simd.Best.Count}";

    [Fact]
    public void States_and_logits_keep_their_bits()
    {
        using var recorded = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Goldens.Repository, "tests", "fixtures", "bits.json")));
        if (!recorded.RootElement.TryGetProperty(s_machine, out var expected))
            return;
        foreach (var folder in Directory.GetDirectories(s_models))
        {
            var name = Path.GetFileName(folder);
            Assert.Equal(expected.GetProperty(name).GetString(), Bits(folder, new()));
            Assert.Equal(expected.GetProperty($"{name} int8").GetString(),
                Bits(folder, new() { WeightType = ElementType.I8, CrossType = ElementType.BF16 }));
        }
    }

    /// <summary>
    /// The hash of the states of three inputs, encoded together, and of the logits of a chain and of two branches.
    /// </summary>
    private static string Bits(string folder, EngineOptions options)
    {
        using var checkpoint = Checkpoint.Open(folder);
        using var network = Network.Load(checkpoint, Workers.Shared, options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int[] Ids(int length, int step)
            => [.. Enumerable.Range(0, length).Select(i => 3 + i * step % (network.Config.VocabSize - 3))];

        var encoded = network.EncodeBatch([Ids(1, 1), Ids(700, 17), Ids(2500, 31)]);
        foreach (var input in encoded)
            hash.AppendData(MemoryMarshal.AsBytes(input.States));
        using var session = network.StartDecoding(encoded);
        const int Chain = 70;
        var logits = new float[Chain * network.Config.VocabSize];
        int[] parents = [DecoderSession.Root(2), .. Enumerable.Range(0, Chain - 3), Chain / 2, DecoderSession.Root(1)];
        session.Extend(parents, Ids(Chain, 7), logits);
        hash.AppendData(MemoryMarshal.AsBytes(logits.AsSpan()));
        foreach (var input in encoded)
            input.Dispose();
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
