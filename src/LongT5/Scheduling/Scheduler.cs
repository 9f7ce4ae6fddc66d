using LongT5.Machine;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>
/// Does the requests of any number of threads on any number of models, so that each is done soon: a short one never
/// waits for the whole of a long one, and what is written is written together.
/// </summary>
/// <remarks>
/// <para>
/// Two threads do all the work, and share the processors. One makes steps of the requests that are being written, many
/// in one, since weights are read once for all; those whose inputs are long to read are in every few. The other reads,
/// slice by slice, of the request first that has least left to read, by half of the processors while there is a step
/// and by all of them otherwise. An eighth of the time of reading belongs to the request that came first, so that none
/// starves.
/// </para>
/// <para>
/// A request begins when its memory, and its sequences among those written together, have room; until then it waits,
/// and where too many wait it is refused. Each gives the same bytes as it would alone.
/// </para>
/// <para>Pass it to <see cref="LongT5Model.Load"/>. Calls of the model wait, each on a thread of its own.</para>
/// </remarks>
public sealed class Scheduler : IDisposable
{
    private readonly SchedulerLock _gate = new();
    private readonly Running _running;
    private readonly KeptDocuments _kept;
    private readonly Admission _admission;
    private readonly Thread _writer, _reader;

    /// <param name="options">How much it does at a time.</param>
    public Scheduler(SchedulerOptions? options = null)
        : this(options, MemoryBudget.Shared)
    {
    }

    internal Scheduler(SchedulerOptions? options, MemoryBudget budget)
    {
        options ??= new();
        options.Check();
        Memory = options.MaxMemory ?? budget.Room;
        _kept = new(_gate, Math.Min(options.KeptBytes ?? Memory / 4, Memory), bytes => _admission!.ReserveKept(bytes));
        _running = new(_kept);
        _admission = new(_gate, options, Memory, budget, _kept);
        var turns = new ReadingTurns();
        _reader = new(new Reader(_gate, _admission, _running, turns, _kept).Run)
        {
            IsBackground = true,
            Name = "LongT5 reader",
        };
        var writer = new Writer(_gate, _admission, _running, turns, _kept);
        _writer = new(() =>
        {
            writer.Run();
            _reader.Join();
            End();
        })
        {
            IsBackground = true,
            Name = "LongT5 writer",
        };
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
                return new(_admission.Waiting, _running.Readers.Count, _running.Writers.Count, _admission.Bytes,
                    _kept.Count, _kept.Bytes, _kept.Hits);
        }
    }

    /// <summary>Ends what runs and waits, each with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _gate.End();
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
        using var stop = cancellation.Register(_gate.Tell);
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
            _kept.ForgetSoon(engine);
            _gate.Tell();
        }
    }

    private void Enter(Work work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_gate.IsEnding, this);
            _admission.Enter(work);
            _gate.Tell();
        }
    }

    private void Leave(Work work)
    {
        lock (_gate)
        {
            _admission.Leave(work);
            _gate.Tell();
        }
    }

    private void End()
    {
        Work[] left;
        lock (_gate)
            left = [.. _admission.RemoveAll(), .. _running.Readers, .. _running.Writers];
        foreach (var work in left)
        {
            work.Result.TrySetException(new ObjectDisposedException(nameof(Scheduler)));
            work.Release(_kept);
        }
        while (_kept.Evict())
        {
        }
    }
}
