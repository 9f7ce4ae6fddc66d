namespace LongT5.Model;

/// <summary>The encoder over inputs that are read in windows, one after the other; their states are joined.</summary>
/// <param name="network">Whose encoder.</param>
/// <param name="inputs">Token ids, the prefix of the windows among them.</param>
/// <param name="windows">How they are read.</param>
/// <param name="layerDone">Called after each layer of each window with its number, from 1 on through all.</param>
sealed class WindowsRun(Network network, IReadOnlyList<int[]> inputs, EncoderWindows windows, Action<int>? layerDone)
    : EngineRun<IReadOnlyList<EncodedInput>>
{
    private readonly (int Input, Range Read, Range Kept)[] _windows = [.. inputs.SelectMany((ids, input)
        => windows.Over(ids.Length).Select(window => (input, window.Read, window.Kept)))];

    private readonly EncodedStates?[] _joined = new EncodedStates?[inputs.Count];
    private EngineRun<IReadOnlyList<EncodedInput>>? _run;
    private int _window, _layers;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override double Share => IsDone ? 1 : (_window + (_run?.Share ?? 0)) / _windows.Length;

    /// <inheritdoc/>
    protected override IReadOnlyList<EncodedInput>? Advance()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var (input, read, kept) = _windows[_window];
        var ids = inputs[input];
        _run ??= network.BeginEncoding([[.. ids[..windows.Prefix], .. ids[read]]], _ => layerDone?.Invoke(++_layers));
        _run.Step();
        if (_run.Result is not [EncodedStates states])
            return null;
        using (states)
        {
            var joined = _joined[input] ??= new(ids.Length, states.Width) { Encoder = network };
            // The first window's prefix is that of all.
            var first = kept.Start.Value > windows.Prefix ? kept.Start.Value : 0;
            joined.Take(states, first == 0 ? 0 : first - read.Start.Value + windows.Prefix, first..kept.End);
        }
        _run.Dispose();
        _run = null;
        return ++_window == _windows.Length ? [.. _joined.OfType<EncodedStates>()] : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _run?.Dispose();
        _run = null;
        if (!IsDone)
            foreach (var states in _joined)
                states?.Dispose();
    }
}
