using LongT5.Machine;
using LongT5.Server.Http;
using LongT5.Server.Serving;

namespace LongT5.Server.Tests;

/// <summary>The line in which requests wait.</summary>
public sealed class RequestQueueTests
{
    private static WorkEstimate Cost(long bytes) => new(10, 1e6, bytes);

    private static RequestQueue Queue(int running, int waiting, long memory = 100)
        => new(new() { MaxRunning = running, MaxWaiting = waiting, MaxMemory = memory });

    [Fact]
    public async Task Requests_begin_in_the_order_they_came_and_hear_of_their_place()
    {
        var queue = Queue(1, 8);
        using var go = new ManualResetEventSlim();
        var begun = new List<int>();
        var places = new List<(int, int)>();
        var first = queue.Run(Cost(1), _ => { go.Wait(); return 0; }, null, default);
        var others = Enumerable.Range(1, 3).Select(i => queue.Run(Cost(1), _ =>
        {
            lock (begun) begun.Add(i);
            return i;
        }, place => { lock (places) places.Add((i, place)); }, default)).ToList();
        Assert.Equal(3, queue.Length);
        go.Set();
        await Task.WhenAll([first, .. others]);
        Assert.Equal([1, 2, 3], begun);
        Assert.Equal([(1, 1), (2, 2), (3, 3)], places.Take(3));
        Assert.Equal([3, 2, 1, 0], places.Where(one => one.Item1 == 3).Select(one => one.Item2));
        Assert.Equal(0, queue.Running);
    }

    [Fact]
    public async Task What_does_not_fit_beside_the_rest_waits_although_more_may_run()
    {
        var queue = Queue(4, 8);
        using var go = new ManualResetEventSlim();
        var large = queue.Run(Cost(80), _ => { go.Wait(); return 0; }, null, default);
        var other = queue.Run(Cost(30), _ => 1, null, default);
        var small = queue.Run(Cost(5), _ => 2, null, default);
        Assert.Equal((1, 2), (queue.Running, queue.Length)); // the small one does not pass the other
        go.Set();
        await Task.WhenAll(large, other, small);
    }

    [Fact]
    public async Task What_is_larger_than_all_memory_runs_alone()
    {
        var queue = Queue(4, 8);
        using var go = new ManualResetEventSlim();
        var small = queue.Run(Cost(5), _ => { go.Wait(); return 0; }, null, default);
        var huge = queue.Run(Cost(5000), _ => queue.Running, null, default);
        Assert.Equal(1, queue.Length);
        go.Set();
        await small;
        Assert.Equal(1, await huge);
    }

    [Fact]
    public async Task A_full_line_says_when_to_come_again()
    {
        var queue = Queue(1, 1);
        using var go = new ManualResetEventSlim();
        var running = queue.Run(Cost(1), _ => { go.Wait(); return 0; }, null, default);
        var waiting = queue.Run(Cost(1), _ => 0, null, default);
        var refused = await Assert.ThrowsAsync<ApiError>(() => queue.Run(Cost(1), _ => 0, null, default));
        Assert.Equal(429, refused.Status);
        Assert.True(refused.RetryAfter >= TimeSpan.FromSeconds(1));
        go.Set();
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task Who_leaves_the_line_gives_way()
    {
        var queue = Queue(1, 8);
        using var go = new ManualResetEventSlim();
        using var left = new CancellationTokenSource();
        var running = queue.Run(Cost(1), _ => { go.Wait(); return 0; }, null, default);
        var leaving = queue.Run(Cost(1), _ => 0, null, left.Token);
        var behind = queue.Run(Cost(1), _ => 3, null, default);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(1, queue.Length);
        go.Set();
        Assert.Equal(3, await behind);
        await running;
    }

    [Fact]
    public async Task What_fails_gives_its_room_back()
    {
        var queue = Queue(1, 8);
        await Assert.ThrowsAsync<ArithmeticException>(
            () => queue.Run<int>(Cost(50), _ => throw new ArithmeticException(), null, default));
        Assert.Equal(0, queue.Running);
        Assert.Equal(7, await queue.Run(Cost(100), _ => 7, null, default));
    }
}
