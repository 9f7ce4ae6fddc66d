using CsCheck;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>Reading and beginning to write, slice by slice, with other work in between.</summary>
[Collection(nameof(Alone))]
public sealed class EngineRunTests
{
    [Fact]
    public void Runs_that_take_turns_give_the_bits_of_each_in_one_go()
        => Gen.Select(Gen.OneOf(RandomModel.AnyConfig, VariantTests.AnyExtended), Gen.Int[1, 5000].Array[1, 4],
            Gen.Int).Sample((config, lengths, seed) =>
            {
                using var model = new RandomModel(config, ElementType.F32, seed);
                using var network = model.Load(Workers.Shared);
                var random = new Random(seed);
                var inputs = lengths.Select(length => Ids(random, config, length)).ToArray();
                var expected = inputs.Select(ids => Read(network, ids)).ToArray();

                var runs = inputs.Select(ids => network.BeginEncoding([ids])).ToList();
                TakeTurns(random, runs);
                var states = runs.Select(run => run.Result![0]).ToArray();
                var beginnings = states.Select(one => network.BeginDecoding([one])).ToList();
                TakeTurns(random, beginnings);
                for (var i = 0; i < inputs.Length; i++)
                {
                    Assert.Equal(expected[i].States, states[i].States.ToArray());
                    using var session = beginnings[i].Result!;
                    Assert.Equal(expected[i].Logits, Logits(session));
                    states[i].Dispose();
                    runs[i].Dispose();
                    beginnings[i].Dispose();
                }
            }, iter: 25, threads: 1);

    [Fact]
    public void The_share_that_is_done_grows_from_nothing_to_all()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 1);
        using var network = model.Load(Workers.Shared);
        using var reading = network.BeginEncoding([Ids(new(1), model.Config, 5000)]);
        Grows(reading);
        using var encoded = reading.Result![0];
        using var beginning = network.BeginDecoding([encoded]);
        Grows(beginning);
        beginning.Result!.Dispose();
    }

    [Fact]
    public void A_run_that_is_left_at_any_slice_leaves_nothing_behind()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 1);
        using var network = model.Load(Workers.Shared);
        using var encoded = network.Encode(Ids(new(1), model.Config, 3000));
        Scratch.Clear();
        var before = NativeBuffer.BytesHeld;
        for (var steps = 0; !Left(network.BeginEncoding([Ids(new(1), model.Config, 3000)]), steps); steps++)
            Assert.Equal(before, NativeBuffer.BytesHeld);
        for (var steps = 0; !Left(network.BeginDecoding([encoded]), steps); steps++)
            Assert.Equal(before, NativeBuffer.BytesHeld);
    }

    private static bool Left<T>(EngineRun<T> run, int steps)
        where T : class
    {
        using (run)
        {
            for (var step = 0; step < steps; step++)
                run.Step();
        }
        Scratch.Clear();
        foreach (var one in run.Result as IEnumerable<IDisposable> ?? [])
            one.Dispose();
        (run.Result as IDisposable)?.Dispose();
        return run.IsDone;
    }

    private static void Grows<T>(EngineRun<T> run)
        where T : class
    {
        Assert.Equal(0, run.Share);
        for (var (before, slices) = (0.0, 0); !run.IsDone; slices++)
        {
            run.Step();
            Assert.True(run.Share > before || slices == 0 || run.IsDone, $"{before} to {run.Share}");
            before = run.Share;
        }
        Assert.Equal(1, run.Share);
    }

    private static void TakeTurns<T>(Random random, List<EngineRun<T>> runs)
        where T : class
    {
        while (runs.Where(run => !run.IsDone).ToArray() is { Length: > 0 } open)
            open[random.Next(open.Length)].Step();
    }

    private static (float[] States, float[] Logits) Read(Network network, int[] ids)
    {
        using var encoded = network.Encode(ids);
        using var session = network.StartDecoding([encoded]);
        return (encoded.States.ToArray(), Logits(session));
    }

    private static float[] Logits(EngineSession session)
    {
        var logits = new float[session.VocabularySize];
        session.Extend([-1], [0], logits);
        return logits;
    }

    private static int[] Ids(Random random, LongT5Config config, int count)
        => random.GetItems(Enumerable.Range(0, config.VocabSize).ToArray(), count);
}
