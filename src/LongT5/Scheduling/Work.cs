using System.Diagnostics;
using LongT5.Generation;
using LongT5.Machine;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>A request on its way: it waits, is read slice by slice, and is written on step by step.</summary>
/// <remarks>All but the constructor belongs to the scheduler's threads, and to one of them at a time: see
/// <see cref="Running"/>.</remarks>
sealed class Work
{
    private readonly ScheduledRequest _request;
    private readonly List<KeptDocument> _documents = [];
    private readonly DocumentKey[] _inputs;
    private readonly double _readingOperations;
    private EngineRun<IReadOnlyList<EncodedInput>>? _reading;
    private EngineRun<EngineSession>? _beginning;
    private EngineSession? _session;
    private EncodedInput? _states;
    private int _place = -1;

    public Work(ScheduledRequest request, CancellationToken cancellation)
    {
        (_request, Cancellation) = (request, cancellation);
        _inputs = [.. request.Inputs.Select(input => new DocumentKey(input.Engine, input.Ids, request.Windows))];
        (Bytes, Sequences, Threads) = (request.Bytes, request.Sequences, request.Threads);
        (_readingOperations, WeightBytes) = (request.ReadingOperations, request.WeightBytes);
        Operations = _readingOperations + request.WritingOperations;
        Cost = new(Operations, WeightBytes, request.InputBytes);
        Unread = _readingOperations;
    }

    /// <summary>What comes of it.</summary>
    public TaskCompletionSource<Finished> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationToken Cancellation { get; }

    /// <summary>Memory beside the weights, at its peak.</summary>
    public long Bytes { get; }

    public int Sequences { get; }

    /// <summary>Threads that compute it.</summary>
    public int Threads { get; }

    /// <summary>Bytes of the weights that a step reads.</summary>
    public double WeightBytes { get; }

    /// <summary>All of the work, in operations.</summary>
    public double Operations { get; }

    /// <summary>What a step costs that it is in.</summary>
    public StepCost Cost { get; }

    /// <summary>When it came.</summary>
    public long Arrival { get; } = Stopwatch.GetTimestamp();

    /// <summary>What is promised to it.</summary>
    public MemoryBudget.Reservation? Memory { get; set; }

    /// <summary>Once all is read: the searches that write.</summary>
    public Decoding? Decoding { get; private set; }

    /// <summary>Operations of the reading that are left after its last slice.</summary>
    public double Unread { get; private set; }

    /// <summary>What it is reading, or would read next; null where all is encoded.</summary>
    public DocumentKey? Next => _documents.Count < _inputs.Length ? _inputs[_documents.Count] : null;

    /// <summary>Whether it has begun to read what comes next.</summary>
    public bool IsReading => _reading is not null;

    /// <summary>Tells it how many stand before it, itself included; 0 for none any more.</summary>
    public void Tell(int place)
    {
        if (_place == place)
            return;
        _place = place;
        _request.Waiting?.Invoke(place);
    }

    /// <summary>Does a slice of the reading.</summary>
    /// <param name="kept">Where inputs that were read before are found, and those read now are kept.</param>
    /// <returns>Whether all is done, because nothing is to be written.</returns>
    public bool Read(KeptDocuments kept)
    {
        while (_reading is null && Next is { } next)
        {
            if (!_request.WantsStates && kept.Find(next) is { } found)
                _documents.Add(found);
            else
                _reading = next.Engine.BeginEncoding([next.Ids], windows: next.Windows);
        }
        if (_reading is not null)
            Encode(_reading, kept);
        else
            Begin(kept);
        var isRead = _session is not null || _states is not null;
        var share = isRead ? 1 : (_documents.Count + (_reading?.Share ?? 0) + (_beginning?.Share ?? 0))
            / (_inputs.Length + 1);
        Unread = _readingOperations * (1 - share);
        if (_session is not null && _request.Options is { } options)
        {
            _session.KeepsQueries = _request.KeepsQueries;
            Decoding = new(_session, [.. _inputs.Select(input => input.Ids)], options, _request.Decode,
                _request.Listener, _request.Quotations);
        }
        _request.Read?.Invoke(share);
        return isRead && Decoding is null;
    }

    /// <summary>Does something for it; what it does wrong is told to it alone.</summary>
    public void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            Result.TrySetException(failure);
        }
    }

    /// <summary>Hands over what came of it.</summary>
    public void Complete()
    {
        if (Result.TrySetResult(new(_states, _session, Decoding?.Results() ?? [])))
            (_states, _session) = (null, null);
    }

    /// <summary>Frees all but what was handed over.</summary>
    public void Release(KeptDocuments kept)
    {
        _reading?.Dispose();
        _beginning?.Dispose();
        _session?.Dispose();
        _states?.Dispose();
        foreach (var document in _documents)
            kept.Release(document);
        _documents.Clear();
        (_reading, _beginning, _session, _states) = (null, null, null, null);
    }

    private void Encode(EngineRun<IReadOnlyList<EncodedInput>> reading, KeptDocuments kept)
    {
        reading.Step();
        if (reading.Result is not [var encoded])
            return;
        if (_request.WantsStates)
            _states = encoded;
        else
            _documents.Add(kept.Add(Next!, encoded));
        reading.Dispose();
        _reading = null;
    }

    private void Begin(KeptDocuments kept)
    {
        _beginning ??= _inputs[0].Engine.BeginDecoding([.. _documents.Select(document => document.Encoded)]);
        _beginning.Step();
        if (_beginning.Result is not { } session)
            return;
        _session = session;
        _beginning.Dispose();
        _beginning = null;
        foreach (var document in _documents)
            kept.Release(document);
        _documents.Clear();
    }
}

/// <summary>What came of a request.</summary>
/// <param name="States">What the encoder made of its input, where that was wanted.</param>
/// <param name="Session">Otherwise the session over its inputs.</param>
/// <param name="Written">What was written over it.</param>
sealed record Finished(EncodedInput? States, EngineSession? Session, IReadOnlyList<Generated> Written);
