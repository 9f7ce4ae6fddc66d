using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;

namespace LongT5.Tests.Formats;

/// <summary>
/// Numbers of a file make us take no memory beyond what the file is. Alone,
/// because memory is counted for the whole process.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ConfigBoundsTests
{
    private const long Most = 64 << 20;

    [Theory]
    [InlineData((1L << 31) - 1)]
    [InlineData(1L << 53)]
    [InlineData(1L << 20)]
    public void Every_number_of_the_configuration_may_be_huge_without_much_memory_being_taken(long huge)
    {
        using var folder = new ChangedFolder();
        foreach (var added in new[] { "hidden_size", "num_attention_heads", "num_hidden_layers", "head_dim",
            "bos_token_id", "max_length", "num_beams", "num_labels" })
            folder.Config[added] = null;
        var names = folder.Config.Where(field => field.Value is null
            || field.Value.GetValueKind() == JsonValueKind.Number).Select(field => field.Key).ToArray();
        Assert.True(names.Length > 15);
        var opened = 0;
        foreach (var name in names)
        {
            var before = folder.Config[name]?.DeepClone();
            folder.Config[name] = huge;
            NativeBuffer.ForgetPeak();
            var (held, allocated) = (NativeBuffer.BytesHeld, GC.GetTotalAllocatedBytes(precise: true));
            try
            {
                Compute(folder);
                opened++;
            }
            catch (Exception refused) when (refused is BadFileException or ArgumentException)
            {
                // Told, which is as good.
            }
            var taken = NativeBuffer.PeakBytes - held + GC.GetTotalAllocatedBytes(precise: true) - allocated;
            Assert.True(taken < Most, $"{name} of {huge} makes us take {taken} bytes");
            folder.Config[name] = before;
        }
        Assert.True(opened > 2, "nothing was computed");
    }

    private static void Compute(ChangedFolder folder)
    {
        using var checkpoint = folder.Open();
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var encoded = network.Encode([.. Enumerable.Range(2, 100), 1]);
        using var session = network.StartDecoding([encoded]);
        var logits = new float[40 * checkpoint.Config.VocabSize];
        session.Extend([.. Enumerable.Range(0, 40).Select(i => i == 0 ? DecoderSession.Root(0) : i - 1)],
            [.. Enumerable.Range(0, 40)], logits);
    }
}
