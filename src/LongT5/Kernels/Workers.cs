using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace LongT5.Kernels;

/// <summary>A fixed set of threads that share the items of a loop; the caller is one of them.</summary>
/// <remarks>
/// Each worker has a fixed part of the items, so that what it read last time is still in its cache, and helps the
/// others when it is through: a thread that the system holds up holds up one item. Who finds the set busy (another
/// request, or a loop inside a loop) runs its items itself. No result may depend on who runs what. A worker that has
/// nothing to do looks for the next loop for some microseconds, then sleeps.
/// Two threads can share the processors: see <see cref="StepAside"/>.
/// </remarks>
sealed unsafe class Workers : IDisposable
{
    private const int LooksBeforeSleep = 100;
    private const int CursorSpacing = 16; // ints of a cache line, so that cursors do not share one

    private static int s_aside; // threads that have stepped aside

    [ThreadStatic]
    private static bool t_isAside;

    private readonly Lifetime _life = new();
    private readonly Workers? _whole; // of which this is the half
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private readonly int[] _cursors;
    private delegate*<void*, int, void> _body;
    private void* _loop; // what the body is given: a value on the caller's stack
    private ExceptionDispatchInfo? _failure;
    private int _items;
    private int _busy;
    private int _phase; // odd while a loop is open
    private int _inside; // threads that may hold an item of the open loop, the caller not counted
    private int _sleeping;
    private bool _disposed;
    private Workers? _half;

    /// <param name="count">Threads, the caller included: 1 or more.</param>
    public Workers(int count)
        : this(count, null)
    {
    }

    private Workers(int count, Workers? whole)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Count, _whole) = (count, whole);
        _cursors = new int[(count + 1) * CursorSpacing];
        _threads = new Thread[count - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"LongT5 worker {worker}" };
            _threads[i].Start();
        }
        _life.Keep(new End(this));
    }

    /// <summary>One worker for each processor; never disposed.</summary>
    public static Workers Shared => ForProcessors.Instance;

    /// <summary>Threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>
    /// Runs <paramref name="body"/> for 0 ... <paramref name="items"/> - 1 and returns when all are done.
    /// </summary>
    /// <remarks>When one fails, no further ones are begun, and the first failure is thrown here.</remarks>
    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void For(int items, Action<int> body) => For(items, new Calls(body));

    /// <summary>The same for a body that is a value: nothing is allocated.</summary>
    internal void For<T>(int items, T loop)
        where T : struct, ILoop
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (t_isAside && _whole is null && Count > 1)
        {
            Half.For(items, loop);
            return;
        }
        if (items <= 1 || Count == 1 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (var item = 0; item < items; item++)
                loop.Run(item);
            return;
        }
        try
        {
            (_items, _failure) = (items, null);
            _body = &Run<T>;
            _loop = Unsafe.AsPointer(ref loop);
            for (var worker = 0; worker < Count; worker++)
                Cursor(worker) = First(worker);
            NextPhase();
            Wake();
            Run(0);
            NextPhase();
            for (int inside; (inside = Volatile.Read(ref _inside)) != 0;)
                WaitUntilNot(inside, ref _inside);
            _failure?.Throw();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>
    /// Until it is disposed, loops of this thread run on half of the threads, and the other half are those that all
    /// other loops have: they leave what they are at after the item in hand.
    /// </summary>
    internal static Aside StepAside()
    {
        t_isAside = true;
        Interlocked.Increment(ref s_aside);
        return new();
    }

    /// <summary>
    /// Ends the threads, once the loop that runs is through and no engine uses them any
    /// more. Not to be called from a loop's body.
    /// </summary>
    public void Dispose() => _life.Dispose();

    /// <summary>Keeps the threads until the lease is disposed.</summary>
    internal Lifetime.Lease Use() => _life.Use(this);

    private void EndThreads()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            wait.SpinOnce();
        Volatile.Write(ref _disposed, true);
        Interlocked.Add(ref _phase, 2);
        Wake();
        foreach (var thread in _threads)
            thread.Join();
        _half?.Dispose();
    }

    private void Work(int worker)
    {
        for (var seen = 0; !Volatile.Read(ref _disposed);)
        {
            WaitUntilNot(seen, ref _phase);
            // Entering is made known before the phase is read, closing before the entered are counted:
            // whoever sees an open loop is waited for.
            Interlocked.Increment(ref _inside);
            seen = Volatile.Read(ref _phase);
            if (int.IsOddInteger(seen))
                Run(worker);
            if (Interlocked.Decrement(ref _inside) == 0)
                Wake();
        }
    }

    private void Run(int worker)
    {
        try
        {
            for (var turn = 0; turn < Count; turn++)
            {
                var part = (worker + turn) % Count;
                var end = First(part + 1);
                while (_failure is null && !LeavesRoom(worker) && Volatile.Read(ref Cursor(part)) < end)
                {
                    var item = Interlocked.Increment(ref Cursor(part)) - 1;
                    if (item < end)
                        _body(_loop, item);
                }
            }
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
        }
    }

    private Workers Half
    {
        get
        {
            lock (_cursors)
                return _half ??= new(Math.Max(1, Count / 2), this);
        }
    }

    private bool LeavesRoom(int worker)
        => worker >= Count - Count / 2 && _whole is null && Volatile.Read(ref s_aside) > 0;

    private static void Run<T>(void* loop, int item)
        where T : struct, ILoop
        => Unsafe.AsRef<T>(loop).Run(item);

    private int First(int worker) => (int)((long)_items * worker / Count);

    private ref int Cursor(int worker) => ref _cursors[(worker + 1) * CursorSpacing];

    private void NextPhase() => Interlocked.Increment(ref _phase);

    private void Wake()
    {
        if (Volatile.Read(ref _sleeping) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private void WaitUntilNot(int value, ref int place)
    {
        for (var look = 0; look < LooksBeforeSleep; look++)
        {
            if (Volatile.Read(ref place) != value)
                return;
            Thread.SpinWait(8);
        }
        lock (_gate)
        {
            // Going to sleep is made known before the last look, a change before the sleepers are counted:
            // no wake-up is lost.
            Interlocked.Increment(ref _sleeping);
            while (Volatile.Read(ref place) == value)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleeping);
        }
    }

    /// <summary>The time that a thread stands aside.</summary>
    internal sealed class Aside : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            t_isAside = false;
            Interlocked.Decrement(ref s_aside);
        }
    }

    private sealed class End(Workers workers) : IDisposable
    {
        public void Dispose() => workers.EndThreads();
    }

    private readonly struct Calls(Action<int> body) : ILoop
    {
        public void Run(int item) => body(item);
    }

    private static class ForProcessors
    {
        public static readonly Workers Instance = new(Environment.ProcessorCount);
    }
}
