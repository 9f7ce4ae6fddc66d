using CsCheck;
using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

public class WorkersTests
{
    [Fact]
    public void Each_item_runs_once()
    {
        using var workers = new Workers(3);
        Gen.Int[0, 50].Sample(items =>
        {
            var runs = new int[items];
            workers.For(items, item => Interlocked.Increment(ref runs[item]));
            return runs.All(count => count == 1);
        }, threads: 1, iter: 2000);
    }

    [Fact]
    public void Several_callers_and_loops_inside_loops_do_not_wait_for_each_other()
    {
        using var workers = new Workers(2);
        var runs = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
                workers.For(5, _ => workers.For(3, _ => Interlocked.Increment(ref runs)));
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        Assert.Equal(4 * 200 * 5 * 3, runs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void A_failure_reaches_the_caller_and_the_workers_live_on(int failing)
    {
        using var workers = new Workers(2);
        var thrown = Assert.Throws<InvalidDataException>(() => workers.For(10, item =>
        {
            if (item == failing)
                throw new InvalidDataException("item");
        }));
        Assert.Equal("item", thrown.Message);
        var sum = 0;
        workers.For(10, item => Interlocked.Add(ref sum, item));
        Assert.Equal(45, sum);
    }

    [Fact]
    public void While_a_thread_stands_aside_its_loops_and_those_of_others_have_half_of_the_threads_each()
    {
        using var workers = new Workers(4);
        HashSet<int> aside = [], others = [];
        using (Workers.StepAside())
        {
            Gather(aside);
            var other = new Thread(() => Gather(others));
            other.Start();
            other.Join();
        }
        Assert.InRange(aside.Count, 1, 2);
        Assert.InRange(others.Count, 1, 2);
        Assert.Empty(aside.Intersect(others));
        using var meet = new Barrier(4);
        workers.For(4, _ => meet.SignalAndWait(TestContext.Current.CancellationToken)); // all of them again

        void Gather(HashSet<int> threads)
        {
            for (var i = 0; i < 50; i++)
                workers.For(40, _ =>
                {
                    Thread.SpinWait(200);
                    lock (threads)
                        threads.Add(Environment.CurrentManagedThreadId);
                });
        }
    }

    [Fact]
    public void Sleeping_workers_wake_up()
    {
        using var workers = new Workers(2);
        for (var i = 0; i < 20; i++)
        {
            var threads = new int[2];
            using var meet = new Barrier(2);
            workers.For(2, item =>
            {
                threads[item] = Environment.CurrentManagedThreadId;
                meet.SignalAndWait(TestContext.Current.CancellationToken);
            });
            Assert.NotEqual(threads[0], threads[1]);
            Thread.Sleep(2); // past their short watch, so that the next round finds the workers asleep
        }
    }
}
