using LongT5.Kernels;
using LongT5.Scheduling;
using LongT5.Tasks;
using LongT5.Tests.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Scheduling;

/// <summary>The moment at which a request goes from the thread that reads to the one that writes.</summary>
[Collection(nameof(Alone))]
public sealed class HandOverTests
{
    [Fact]
    public async Task What_is_given_up_as_its_reading_ends_is_never_stepped_and_leaves_nothing()
    {
        using var scheduler = new Scheduler(new() { KeptBytes = 0 });
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 2, scheduler: scheduler);
        model.Generate([[5, 1]], new() { MaxNewTokens = 2 });
        Scratch.Clear();
        var before = NativeBuffer.BytesHeld;
        using CountdownEvent begun = new(1), read = new(1), stepped = new(3);
        using var stop = new CancellationTokenSource();
        var steps = 0;
        // The thread that reads has it in hand until this returns: first until the other one has come, then, all of it
        // read, until the other one has been stepped again and again.
        void HearOfReading(double share)
        {
            Signal(begun);
            while (share < 1 && scheduler.Status.Reading + scheduler.Status.Writing < 2)
                Thread.Yield();
            if (share < 1)
                return;
            read.Signal();
            stepped.Wait();
            stop.Cancel();
        }
        var given = Background(() => model.Generate([[.. Enumerable.Repeat(5, 3000), 1]],
            new() { MaxNewTokens = 9 }, _ => steps++, new Heard(HearOfReading), stop.Token));
        begun.Wait();
        // It is written meanwhile, so that a step could take the first one along.
        var other = Background(() => model.Generate([[5, 1]], new() { MaxNewTokens = 9, MinNewTokens = 9 }, _ =>
        {
            read.Wait();
            Signal(stepped);
        }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await other;
        Assert.Equal(0, steps);
        while (scheduler.Status is not { Bytes: 0, Reading: 0, Writing: 0 })
            await Task.Yield();
        Scratch.Clear();
        Assert.Equal(before, NativeBuffer.BytesHeld);
    }

    private static Task<T> Background<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Signal(CountdownEvent signal)
    {
        if (!signal.IsSet)
            signal.Signal();
    }

    private sealed class Heard(Action<double> hear) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            if (value.Phase == "reading")
                hear(value.Done / value.Total);
        }
    }
}
