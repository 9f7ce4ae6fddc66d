using System.Runtime.ExceptionServices;

namespace LongT5.Kernels;

/// <summary>A fixed set of threads that share the items of a loop; the caller is one of them.</summary>
/// <remarks>
/// Items are partitioned statically: worker w of n takes the w-th n-th of them. Who finds the set busy (another request,
/// or a loop inside a loop) runs its items itself, so callers never wait for each other and no result depends on it.
/// A worker that has nothing to do waits a few microseconds for the next loop, then sleeps.
/// </remarks>
public sealed class Workers : IDisposable
{
    private const int SpinsBeforeSleep = 200;
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private Action<int>? _body;
    private ExceptionDispatchInfo? _failure;
    private int _items;
    private int _busy;
    private int _generation;
    private int _sleeping;
    private int _pending;
    private bool _disposed;

    /// <param name="count">Threads, the caller included: 1 or more.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _threads = new Thread[count - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"LongT5 worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>One worker for each processor; never disposed.</summary>
    public static Workers Shared => ForProcessors.Instance;

    /// <summary>Threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Runs <paramref name="body"/> for 0 ... <paramref name="items"/> - 1 and returns when all are done.</summary>
    /// <remarks>If some fail, the others of the failing worker are left out and the first failure is thrown here.</remarks>
    public void For(int items, Action<int> body)
    {
        if (items <= 1 || Count == 1 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (var item = 0; item < items; item++)
                body(item);
            return;
        }
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (_body, _items, _pending, _failure) = (body, items, _threads.Length, null);
            Announce();
            Run(0);
            WaitForOthers();
            _body = null;
            _failure?.Throw();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Ends the threads. Must not be called while a loop runs.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Announce();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Announce()
    {
        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _sleeping) > 0)
            lock (_gate)
                Monitor.PulseAll(_gate);
    }

    private void Work(int worker)
    {
        for (var seen = 0; ; seen++)
        {
            WaitUntilChanged(ref _generation, seen);
            if (_disposed)
                return;
            Run(worker);
            if (Interlocked.Decrement(ref _pending) == 0 && Volatile.Read(ref _sleeping) > 0)
                lock (_gate)
                    Monitor.PulseAll(_gate);
        }
    }

    private void Run(int worker)
    {
        try
        {
            var end = (int)((long)_items * (worker + 1) / Count);
            for (var item = (int)((long)_items * worker / Count); item < end; item++)
                _body!(item);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
        }
    }

    private void WaitForOthers()
    {
        for (int left; (left = Volatile.Read(ref _pending)) != 0;)
            WaitUntilChanged(ref _pending, left);
    }

    private void WaitUntilChanged(ref int value, int from)
    {
        for (var spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (Volatile.Read(ref value) != from)
                return;
            Thread.SpinWait(8);
        }
        lock (_gate)
        {
            // The announcement and this count are each made before the other is read: no wake-up is lost.
            Interlocked.Increment(ref _sleeping);
            while (Volatile.Read(ref value) == from)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleeping);
        }
    }

    private static class ForProcessors
    {
        public static readonly Workers Instance = new(Environment.ProcessorCount);
    }
}
