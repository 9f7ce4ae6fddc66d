using System.Diagnostics;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>
/// Does the requests of any number of threads on any number of models, so that each is done soon: a short one never
/// waits for the whole of a long one, and what is written is written together.
/// </summary>
/// <remarks>
/// <para>
/// Two threads do all the work, and share the processors. One makes a step of all requests that are being written, in
/// which weights are read once for all. The other reads, slice by slice, of the request first that has least left to
/// read, by half of the processors while there is a step and by all of them otherwise. An eighth of the time of reading
/// belongs to the request that came first, so that none starves.
/// </para>
/// <para>
/// A request begins when its memory, and its sequences among those written together, have room; until then it waits,
/// and where too many wait it is refused. Each gives the same bytes as it would alone.
/// </para>
/// <para>Pass it to <see cref="LongT5Model.Load"/>. Calls of the model wait, each on a thread of its own.</para>
/// </remarks>
public sealed class Scheduler : IDisposable
{
    private readonly object _gate = new();
    private readonly SchedulerOptions _options;
    private readonly MemoryBudget _budget;
    private readonly KeptDocuments _kept;
    private readonly WaitingLine _line;
    private readonly ReadingTurns _turns = new();
    private readonly List<Work> _entered = []; // have room, and were not told of it yet
    private readonly List<Work> _running = [];
    private readonly List<Engine> _forgotten = [];
    private readonly Thread _writer, _reader;
    private long _bytes;
    private int _sequences;
    private Work? _read; // of which a slice is being read
    private double _secondsPerOperation = 5e-11;
    private bool _isWriting, _hasNews, _isEnding;

    /// <param name="options">How much it does at a time.</param>
    public Scheduler(SchedulerOptions? options = null)
        : this(options, MemoryBudget.Shared)
    {
    }

    internal Scheduler(SchedulerOptions? options, MemoryBudget budget)
    {
        _options = options ?? new();
        _options.Check();
        _budget = budget;
        Memory = _options.MaxMemory ?? budget.Room;
        _kept = new(_gate, Math.Min(_options.KeptBytes ?? Memory / 4, Memory), ReserveKept);
        _line = new(_options.MaxWaiting);
        _writer = new(WriteAll) { IsBackground = true, Name = "LongT5 writer" };
        _reader = new(ReadAll) { IsBackground = true, Name = "LongT5 reader" };
        _writer.Start();
        _reader.Start();
    }

    /// <summary>Bytes for all requests together, the same as long as it lives.</summary>
    public long Memory { get; }

    /// <summary>What it is doing.</summary>
    public SchedulerStatus Status
    {
        get
        {
            lock (_gate)
            {
                var reading = _running.Count(work => work.Decoding is null);
                return new(_line.Count, reading, _running.Count - reading, _bytes,
                    _kept.Count, _kept.Bytes, _kept.Hits);
            }
        }
    }

    /// <summary>Ends what runs and waits, each with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Wake();
        }
        if (Thread.CurrentThread != _writer && Thread.CurrentThread != _reader)
            _writer.Join();
    }

    /// <summary>Does a request and hands it over while its session is there.</summary>
    /// <param name="request">The request.</param>
    /// <param name="take">Is given what came of it.</param>
    /// <param name="cancellation">Honoured within one slice or step.</param>
    /// <exception cref="OverloadedException">Too many wait.</exception>
    /// <exception cref="InsufficientMemoryException">It does not fit, even alone.</exception>
    internal T Run<T>(
        ScheduledRequest request, Func<Finished, T> take, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var work = new Work(request, cancellation);
        using var stop = cancellation.Register(Tell);
        Enter(work);
        try
        {
            var finished = work.Result.Task.GetAwaiter().GetResult();
            using (finished.Session)
                return take(finished);
        }
        finally
        {
            Leave(work);
        }
    }

    /// <summary>Forgets what an engine that comes to its end has encoded.</summary>
    internal void Forget(Engine engine)
    {
        lock (_gate)
        {
            _forgotten.Add(engine);
            Wake();
        }
    }

    private void Enter(Work work)
    {
        if (work.Bytes > Memory)
            throw new InsufficientMemoryException(
                $"{work.Bytes >> 20} MiB of memory are needed where all requests together have {Memory >> 20} MiB; use "
                    + "a shorter input or fewer beams.");
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            if (_line.Count == 0 && HasRoom(work) && _budget.TryReserve(work.Bytes) is { } memory)
                Admit(work, memory);
            else if (_line.IsFull)
                throw new OverloadedException(_line.Count, UntilRoom());
            else
                _line.Add(work, _secondsPerOperation);
            Wake();
        }
    }

    private void Leave(Work work)
    {
        lock (_gate)
        {
            if (work.Memory is null)
                return;
            work.Memory.Dispose();
            work.Memory = null;
            _bytes -= work.Bytes;
            _sequences -= work.Sequences;
            Wake();
        }
    }

    private void Admit(Work work, MemoryBudget.Reservation memory)
    {
        work.Memory = memory;
        _bytes += work.Bytes;
        _sequences += work.Sequences;
        _entered.Add(work);
    }

    private bool HasRoom(Work work) => FitsBeside(work) && _bytes + _kept.Bytes + work.Bytes <= Memory;

    private bool FitsBeside(Work work) => _sequences == 0 || _sequences + work.Sequences <= _options.MaxSequences;

    private MemoryBudget.Reservation? ReserveKept(long bytes)
    {
        lock (_gate)
            return _bytes + _kept.Bytes + bytes <= Memory ? _budget.TryReserve(bytes) : null;
    }

    private TimeSpan UntilRoom()
        => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_line.Operations * _secondsPerOperation), 1, 600));

    private void Tell()
    {
        lock (_gate)
            Wake();
    }

    private void Wake()
    {
        _hasNews = true;
        Monitor.PulseAll(_gate);
    }

    private void WriteAll()
    {
        while (true)
        {
            IReadOnlyList<(Work Work, int Place)> places = [];
            lock (_gate)
            {
                while (!_hasNews && !_running.Exists(work => work.Decoding is not null))
                    Monitor.Wait(_gate);
                if (_isEnding)
                    break;
                if (_hasNews)
                    places = News();
            }
            foreach (var (work, place) in places)
                Try(work, () => work.Tell(place));
            lock (_gate)
            {
                _running.AddRange(places.Where(one => one.Place == 0).Select(one => one.Work));
                Monitor.PulseAll(_gate);
            }
            Write();
        }
        _reader.Join();
        End();
    }

    private void ReadAll()
    {
        while (NextReader() is { } work)
            Read(work);
    }

    /// <summary>Takes in who came, lets out who is wanted no more, and admits who now has room.</summary>
    private (Work Work, int Place)[] News()
    {
        _hasNews = false;
        foreach (var engine in _forgotten)
            _kept.Forget(engine);
        _forgotten.Clear();
        foreach (var work in _line.RemoveCancelled())
            work.Result.TrySetCanceled(work.Cancellation);
        while (_line.First is { } first)
        {
            var memory = MakeRoom(first);
            if (memory is null && _bytes > 0)
                break;
            _line.RemoveFirst();
            if (memory is not null)
                Admit(first, memory);
            else // the machine has less than it had, and nothing of ours will make room
                first.Result.TrySetException(new InsufficientMemoryException(
                    $"{first.Bytes >> 20} MiB of memory are needed and are not free; use a shorter input or fewer "
                        + "beams."));
        }
        var places = _line.Places().Concat(_entered.Select(work => (work, 0))).ToArray();
        _entered.Clear();
        return places;
    }

    /// <summary>The memory of the request whose turn it is: documents that are kept give way to it.</summary>
    private MemoryBudget.Reservation? MakeRoom(Work work)
    {
        do
        {
            if (HasRoom(work) && _budget.TryReserve(work.Bytes) is { } memory)
                return memory;
        }
        while (FitsBeside(work) && _bytes + work.Bytes <= Memory && _kept.Evict());
        return null;
    }

    /// <summary>A step of all that is being written, and as long a time for reading as it owes.</summary>
    private void Write()
    {
        Work[] writing;
        bool isAside;
        lock (_gate)
        {
            StopCancelled();
            writing = [.. _running.Where(work => work.Decoding is not null)];
            _isWriting = writing.Length > 0;
            while (_isWriting && _read is not null && !AreSharable)
                Monitor.Wait(_gate);
            isAside = AreSharable && AnyReads;
        }
        if (writing.Length == 0)
            return;
        var begun = Stopwatch.GetTimestamp();
        Step(writing, isAside);
        var took = Stopwatch.GetElapsedTime(begun);
        lock (_gate)
        {
            _isWriting = false;
            foreach (var work in writing.Where(work => work.Result.Task.IsCompleted))
                Drop(work);
            _turns.Owe(took, isAside, _running);
            Monitor.PulseAll(_gate);
            while (_turns.IsOwed && !_hasNews && AnyReads)
                Monitor.Wait(_gate);
        }
    }

    private static void Step(Work[] writing, bool isAside)
    {
        try
        {
            using (isAside ? Workers.StepAside() : null)
                Decoding.Step([.. writing.Select(work => work.Decoding!)], CancellationToken.None);
            foreach (var work in writing.Where(work => work.Decoding!.IsDone))
                Try(work, work.Complete);
        }
        catch (Exception failure) // of no request in particular
        {
            foreach (var work in writing)
                work.Result.TrySetException(failure);
        }
    }

    /// <summary>A slice of reading.</summary>
    private void Read(Work work)
    {
        var (begun, before, isDone) = (Stopwatch.GetTimestamp(), work.Unread, false);
        Try(work, () => isDone = work.Read(_kept));
        if (isDone)
            Try(work, work.Complete);
        var took = Stopwatch.GetElapsedTime(begun);
        lock (_gate)
        {
            _turns.Spend(took);
            if (before > work.Unread)
                _secondsPerOperation += (took.TotalSeconds / (before - work.Unread) - _secondsPerOperation) / 64;
            _read = null;
            // What has a decoding is the writer's already: it may be within a step.
            if (work.Decoding is null && work.Cancellation.IsCancellationRequested)
                work.Result.TrySetCanceled(work.Cancellation);
            if (work.Decoding is null && work.Result.Task.IsCompleted)
                Drop(work);
            Monitor.PulseAll(_gate);
        }
    }

    private Work? NextReader()
    {
        lock (_gate)
        {
            while (!_isEnding)
            {
                if ((!_isWriting || AreSharable) && _turns.Next(_running) is { } next)
                    return _read = next;
                Monitor.Wait(_gate);
            }
            return null;
        }
    }

    private bool AnyReads => _running.Exists(work => work.Decoding is null);

    // Whether one may be read while others are written.
    private bool AreSharable => _running.TrueForAll(work => work.Threads > 1);

    private void StopCancelled()
    {
        foreach (var work in _running.Where(one => one != _read && one.Cancellation.IsCancellationRequested).ToArray())
        {
            work.Result.TrySetCanceled(work.Cancellation);
            Drop(work);
        }
    }

    private void Drop(Work work)
    {
        _running.Remove(work);
        work.Release(_kept);
    }

    /// <summary>What one request does wrong is told to it alone.</summary>
    private static bool Try(Work work, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception failure)
        {
            work.Result.TrySetException(failure);
            return false;
        }
    }

    private void End()
    {
        IReadOnlyList<Work> waiting;
        lock (_gate)
        {
            waiting = [.. _line.RemoveAll(), .. _entered];
            _entered.Clear();
        }
        foreach (var work in waiting.Concat([.. _running]))
        {
            work.Result.TrySetException(new ObjectDisposedException(nameof(Scheduler)));
            work.Release(_kept);
        }
        while (_kept.Evict()) ;
    }
}
