using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>Encoding in windows whose states are joined.</summary>
public sealed class EncoderWindowsTests
{
    private static readonly LongT5Config Config = new()
    {
        VocabSize = 50,
        DModel = 16,
        DKv = 4,
        DFf = 24,
        NumHeads = 3,
        NumLayers = 2,
        NumDecoderLayers = 1,
        LocalRadius = 10,
        EncoderAttentionType = EncoderAttention.Local,
    };

    private static readonly int[] Ids = [.. Enumerable.Range(0, 300).Select(i => 2 + i * i % 47)];

    [Fact]
    public void Every_token_is_kept_once_and_no_window_is_longer_than_it_may_be()
    {
        foreach (var (length, windows) in from length in new[] { 8, 40, 41, 99, 300 }
                                          from prefix in new[] { 0, 3 }
                                          from margin in new[] { 0, 5, 12 }
                                          select (length, new EncoderWindows(40, margin, prefix)))
        {
            var all = windows.Over(length);
            Assert.Equal(Enumerable.Range(windows.Prefix, length - windows.Prefix),
                all.SelectMany(window => Enumerable.Range(0, length).ToArray()[window.Kept]));
            foreach (var (read, kept) in all)
            {
                Assert.InRange(read.End.Value - read.Start.Value + windows.Prefix, 1, 40);
                int first = kept.Start.Value, end = kept.End.Value;
                Assert.True(first - read.Start.Value >= Math.Min(windows.Margin, first - windows.Prefix));
                Assert.True(read.End.Value - end >= Math.Min(windows.Margin, length - end));
            }
        }
    }

    [Fact]
    public void Margins_as_wide_as_what_a_token_sees_give_the_states_of_one_pass()
    {
        using var model = new RandomModel(Config, ElementType.F32, 7);
        using var network = model.Load(Workers.Shared, new());
        using var whole = network.Encode(Ids);
        using var joined = Read(network, new(80, Config.NumLayers * Config.LocalRadius));
        Assert.True(new EncoderWindows(80, 20).Over(Ids.Length).Count > 5);
        Assert.Equal(whole.Length, joined.Length);
        Assert.True(Distance(whole, joined) < 1e-5);
        using var narrow = Read(network, new(80, 2));
        Assert.True(Distance(whole, narrow) > 1e-3);
    }

    [Fact]
    public void One_window_is_one_pass_to_the_bit()
    {
        using var model = new RandomModel(Config, ElementType.F32, 7);
        using var network = model.Load(Workers.Shared, new());
        using var whole = network.Encode(Ids);
        using var joined = Read(network, new(400, 50, Prefix: 3));
        Assert.True(whole.States.SequenceEqual(joined.States));
    }

    [Fact]
    public void The_prefix_stands_in_front_of_every_window()
    {
        using var model = new RandomModel(Config, ElementType.F32, 7);
        using var network = model.Load(Workers.Shared, new());
        using var joined = Read(network, new(60, 10, Prefix: 4));
        var (read, kept) = new EncoderWindows(60, 10, 4).Over(Ids.Length)[2];
        using var alone = network.Encode([.. Ids[..4], .. Ids[read]]);
        for (var token = kept.Start.Value; token < kept.End.Value; token++)
            Assert.True(alone.State(token - read.Start.Value + 4).SequenceEqual(joined.State(token)));
        using var first = network.Encode(
            Ids.AsSpan()[..new EncoderWindows(60, 10, 4).Over(Ids.Length)[0].Read.End.Value]);
        Assert.True(first.State(2).SequenceEqual(joined.State(2)));
    }

    [Fact]
    public void Several_inputs_come_out_as_each_alone_and_a_run_may_end_early()
    {
        using var model = new RandomModel(Config, ElementType.F32, 7);
        using var network = model.Load(Workers.Shared, new());
        var windows = new EncoderWindows(60, 10, 4);
        int[][] inputs = [Ids, Ids[..50], Ids[..130]];
        var together = network.EncodeBatch(inputs, windows);
        foreach (var (ids, joined) in inputs.Zip(together))
        {
            using var run = network.BeginEncoding([ids], windows: windows);
            Assert.True(run.Finish()[0].States.SequenceEqual(joined.States));
        }
        using var left = network.BeginEncoding([Ids], windows: windows);
        for (var i = 0; i < 40; i++) left.Step();
        Assert.InRange(left.Share, 0.01, 0.99);
    }

    [Fact]
    public void A_window_without_room_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new EncoderWindows(10, 3, 4).Over(100));
        Assert.Throws<ArgumentException>(() => new EncoderWindows(10, -1).Over(100));
    }

    private static EncodedInput Read(Network network, EncoderWindows windows)
    {
        using var run = network.BeginEncoding([Ids], windows: windows);
        return run.Finish()[0];
    }

    private static double Distance(EncodedInput a, EncodedInput b)
    {
        var most = 0.0;
        for (var i = 0; i < a.States.Length; i++)
            most = Math.Max(most, Math.Abs(a.States[i] - b.States[i]));
        return most;
    }
}
