using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Model;

public class ModelLifetimeTests
{
    private static readonly int[] Input = [5, 6, 7, 8, 9, 1];

    [Fact]
    public void Every_owner_is_disposed_twice_without_harm_and_throws_when_it_is_used_after()
    {
        var model = LongT5Model.Load(TinyModel.Folder, threads: 3);
        var encoded = model.Encode(Input);
        var session = model.Engine.StartDecoding([encoded]);
        var logits = new float[session.VocabularySize];
        session.Extend([-1], [0], logits);

        Twice(session, () => session.Extend([-1], [0], logits), () => session.Keep([]));
        Twice(encoded, () => _ = encoded.States.Length, () => _ = encoded.State(0).Length,
            () => model.Engine.StartDecoding([encoded]));
        var workers = model.Workers;
        Twice(model, () => model.Encode(Input), () => model.Generate([Input]), () => model.Generate("the war"),
            () => model.Engine.EncodeBatch([Input, Input]), () => model.Save(Path.GetTempFileName()));
        Twice(workers, () => workers.For(1, _ => { }), () => workers.For(100, _ => { }));

        static void Twice(IDisposable owner, params Action[] uses)
        {
            owner.Dispose();
            owner.Dispose();
            foreach (var use in uses)
                Assert.Throws<ObjectDisposedException>(use);
        }
    }

    [Fact]
    public void A_session_goes_on_over_a_model_that_was_disposed_and_the_file_is_let_go_with_the_session()
    {
        var folder = Directory.CreateTempSubdirectory("longt5-lease-").FullName;
        TinyModel.Write(folder);
        var model = LongT5Model.Load(folder);
        using var encoded = model.Encode(Input);
        using var whole = model.Engine.StartDecoding([encoded]);
        var expected = new float[2 * whole.VocabularySize];
        whole.Extend([-1, 0], [0, 7], expected);

        using (var session = model.Engine.StartDecoding([encoded]))
        {
            var logits = new float[2 * session.VocabularySize];
            session.Extend([-1], [0], logits.AsSpan(0, session.VocabularySize));
            whole.Dispose();
            model.Dispose();
            Assert.True(IsMapped(folder));
            session.Extend([0], [7], logits.AsSpan(session.VocabularySize));
            Assert.Equal(expected, logits);
        }
        Assert.False(IsMapped(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Requests_that_run_while_their_model_is_disposed_end_as_if_it_were_not_and_later_ones_hear_of_it()
    {
        using var reference = LongT5Model.Load(TinyModel.Folder);
        var expected = reference.Generate([Input]).Single().Ids;
        for (var round = 0; round < 10; round++)
        {
            var model = LongT5Model.Load(TinyModel.Folder, threads: 3);
            var finished = 0;
            Parallel.For(0, 6, i =>
            {
                if (i == 4)
                    model.Dispose();
                try
                {
                    Assert.Equal(expected, model.Generate([Input]).Single().Ids);
                    Interlocked.Increment(ref finished);
                }
                catch (ObjectDisposedException)
                {
                    // It began after the end.
                }
            });
            Assert.Throws<ObjectDisposedException>(() => model.Encode(Input));
            Assert.InRange(finished, 0, 5);
        }
    }

    [Fact]
    public async Task Workers_that_are_disposed_while_a_loop_runs_let_it_end()
    {
        var workers = new Workers(3);
        var done = 0;
        using var begun = new ManualResetEventSlim();
        var loop = Task.Run(() => workers.For(300, _ =>
        {
            begun.Set();
            Thread.SpinWait(1000);
            Interlocked.Increment(ref done);
        }));
        begun.Wait();
        workers.Dispose();
        Assert.Equal(300, done);
        await loop;
    }

    [Fact]
    public void A_network_keeps_the_bytes_of_a_checkpoint_that_was_disposed_before_it()
    {
        var checkpoint = Checkpoint.Open(TinyModel.Folder);
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var before = network.Encode(Input);
        checkpoint.Dispose();
        using var after = network.Encode(Input);
        Assert.Equal(before.States, after.States);
        Assert.Throws<ObjectDisposedException>(() => Network.Load(checkpoint, Workers.Shared));
    }

    [Fact]
    public void A_model_in_memory_computes_the_same_bits()
    {
        using var mapped = LongT5Model.Load(TinyModel.Folder);
        using var read = LongT5Model.Load(TinyModel.Folder, engine: new() { InMemory = true });
        using EncodedInput one = mapped.Encode(Input), other = read.Encode(Input);
        Assert.Equal(one.States, other.States);
    }

    private static bool IsMapped(string folder)
        => OperatingSystem.IsLinux() && File.ReadLines("/proc/self/maps")
            .Any(line => line.Contains(folder, StringComparison.Ordinal));
}
