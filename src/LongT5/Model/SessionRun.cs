using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The beginning of a session: keys and values of cross attention over its inputs, layer by layer.</summary>
sealed unsafe class SessionRun : EngineRun<EngineSession>
{
    private readonly EncodedStates[] _inputs;
    private readonly NetworkSession _session;
    private readonly Lifetime _life = new();
    private readonly NativeBuffer _room;
    private readonly int _slices;
    private int _done;
    private int _input, _slice;

    /// <param name="inputs">What the networks encoded.</param>
    /// <param name="owner">Whom those without a network of their own belong to.</param>
    public SessionRun(EncodedStates[] inputs, Network owner)
    {
        _inputs = inputs;
        try
        {
            foreach (var input in inputs)
                _life.Keep(input.Use());
            _session = new([.. inputs.Select(input => (input.Length, input.Encoder ?? owner))]);
            var memories = Enumerable.Range(0, inputs.Length).Select(_session.Memory).ToArray();
            _room = _life.Keep(new NativeBuffer(memories.Max(memory => memory.Room)));
            _slices = memories.Sum(memory => memory.Slices);
        }
        catch
        {
            _session?.Dispose();
            _life.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override double Share => (double)_done / _slices;

    /// <inheritdoc/>
    protected override EngineSession? Advance()
    {
        using var lease = _life.Use(this);
        var memory = _session.Memory(_input);
        memory.Fill(_slice, _inputs[_input].Pointer, _room.Pointer);
        _done++;
        if (++_slice == memory.Slices)
            (_input, _slice) = (_input + 1, 0);
        return _done == _slices ? _session : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!IsDone)
            _session.Dispose();
        _life.Dispose();
    }
}
