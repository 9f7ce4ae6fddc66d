using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>
/// One request's decoder: the tree of its positions, and what it sees of its inputs, each by the network that encoded
/// it.
/// </summary>
/// <remarks>
/// Networks that share a base may stand in one session, and any sessions in one call: the weights of each network are
/// read once for all of its rows, and results are those of each alone.
/// </remarks>
sealed unsafe class NetworkSession : EngineSession
{
    private readonly Lifetime _life = new();
    private readonly KeyValueTree _tree;
    private readonly CrossMemory[] _memories;
    private readonly Decoder[] _decoders; // of each input
    private readonly DecoderCall _call = new();
    private readonly int _heads;
    private readonly int _tokenIds;
    private readonly int _width;
    private float[] _states = [];                                                     // of the last call: [T, C]
    private (int First, int Count) _kept;

    /// <param name="inputs">The length of each input, and the network that decodes it.</param>
    internal NetworkSession(IReadOnlyList<(int Length, Network Network)> inputs)
    {
        var config = inputs[0].Network.Config;
        var arena = _life.Keep(new Arena());
        (_heads, _tokenIds, _width) = (config.NumHeads, config.VocabSize, config.DModel);
        (_memories, _decoders) = (new CrossMemory[inputs.Count], new Decoder[inputs.Count]);
        try
        {
            var decoders = new Dictionary<Network, Decoder>();
            foreach (var (i, (length, network)) in inputs.Index())
            {
                if (!decoders.TryGetValue(network, out var decoder))
                {
                    _life.Keep(network.Use());
                    decoders.Add(network, decoder = network.NewDecoder(arena));
                }
                (_memories[i], _decoders[i]) = (network.NewMemory(length, arena), decoder);
            }
            _tree = new(config.NumDecoderLayers, config.InnerWidth, arena);
            VocabularySize = _decoders[0].Weights.Head.Outputs;
        }
        catch
        {
            _life.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override int Inputs => _memories.Length;

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <summary>What it sees of an input: filled before the first token is fed.</summary>
    internal CrossMemory Memory(int input) => _memories[input];

    /// <inheritdoc/>
    public override int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits, Span<float> crossAttention,
        CancellationToken cancellation = default)
        => Extend(parents, tokens, logits, crossAttention, null, cancellation);

    /// <inheritdoc/>
    public override int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits, CrossAttentionProbe probe,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return Extend(parents, tokens, logits, [], probe, cancellation);
    }

    /// <inheritdoc/>
    public override void Look(
        int node, Range tokens, CrossAttentionProbe probe, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(probe);
        using var lease = _life.Use(this);
        if (!_tree.Holds(node))
            throw new ArgumentException($"Node {node} does not exist or was forgotten.", nameof(node));
        if (!_tree.KeepsQueries)
            throw new InvalidOperationException("The session began without KeepsQueries: nothing tells where it looked.");
        var (start, count) = tokens.GetOffsetAndLength(_tree.Depth(node) + 1);
        var (input, rows) = (_tree.Input(node), new DecoderRow[count]);
        probe.Check(_memories[input].Length);
        for (; _tree.Depth(node) > start + count - 1 && _tree.Parent(node) >= 0; node = _tree.Parent(node))
        {
        }
        for (var row = count - 1; row >= 0; row--, node = _tree.Parent(node))
            rows[row] = new(_tree, node, 0, _memories[input], null, null, null, probe);
        _decoders[input].LookAgain(rows, cancellation);
    }

    private int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits, Span<float> crossAttention,
        CrossAttentionProbe? probe, CancellationToken cancellation)
    {
        using var lease = _life.Use(this);
        var first = _tree.Next;
        try
        {
            fixed (float* logitsAt = logits, crossAt = crossAttention)
            {
                _call.Clear();
                Add(_call, parents, tokens, logitsAt, logits.Length, crossAt, crossAttention.Length, probe);
                _call.Run(cancellation);
            }
            return first;
        }
        catch
        {
            _tree.RemoveFrom(first);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Exception?> ExtendTogether(
        IReadOnlyList<SessionFeed> feeds, CancellationToken cancellation)
    {
        var sessions = feeds.Select(feed => (NetworkSession)feed.Session).ToArray();
        var firsts = sessions.Select(session => session._tree.Next).ToArray();
        var held = new Stack<IDisposable>();
        try
        {
            var call = new DecoderCall();
            foreach (var (session, (_, parents, tokens, logits)) in sessions.Zip(feeds))
            {
                held.Push(session._life.Use(session));
                var pin = logits.Pin();
                held.Push(pin);
                session.Add(call, parents.Span, tokens.Span, (float*)pin.Pointer, logits.Length, null, 0, null);
            }
            call.Run(cancellation);
            return new Exception?[feeds.Count];
        }
        catch (Exception failure)
        {
            foreach (var (session, first) in sessions.Zip(firsts))
                session._tree.RemoveFrom(first);
            if (failure is OperationCanceledException)
                throw;
        }
        finally
        {
            while (held.TryPop(out var one))
                one.Dispose();
        }
        return base.ExtendTogether(feeds, cancellation);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> State(int node)
        => (uint)(node - _kept.First) < (uint)_kept.Count && _tree.Holds(node)
            ? _states.AsSpan((node - _kept.First) * _width, _width)
            : throw new InvalidOperationException(
                $"The state of node {node} was not kept: the last call must have fed it, with KeepsStates.");

    /// <inheritdoc/>
    public override void Keep(ReadOnlySpan<int> nodes)
    {
        using var lease = _life.Use(this);
        foreach (var node in nodes)
        {
            if (!_tree.Holds(node))
                throw new ArgumentException($"Node {node} does not exist or was forgotten.", nameof(nodes));
        }
        _tree.Keep(nodes);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _life.Dispose();

    /// <summary>Adds nodes to the tree and their rows to a call.</summary>
    private void Add(
        DecoderCall call, ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, float* logits, int logitsLength,
        float* looks, int looksLength, CrossAttentionProbe? probe)
    {
        var (first, silent) = (_tree.Next, tokens.Length - Check(parents, tokens, logitsLength));
        if (first == 0)
            _tree.KeepsQueries = KeepsQueries;
        for (var i = 0; i < parents.Length; i++)
            _tree.Add(parents[i], Root(parents[i]));
        CheckLength(first + silent, looksLength);
        var states = KeepStates(first, tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            var input = _tree.Input(first + i);
            var isWanted = i >= silent;
            probe?.Check(_memories[input].Length);
            call.Add(_decoders[input], new(_tree, first + i, tokens[i], _memories[input], isWanted ? logits : null,
                states is null ? null : states + (long)i * _width, isWanted ? looks : null, probe));
            if (!isWanted)
                continue;
            logits += VocabularySize;
            if (looks is not null)
                looks += (long)_heads * _memories[input].Length;
        }
    }

    /// <summary>Room for the states of new nodes, which does not move: [count, C]; null where none are kept.</summary>
    private float* KeepStates(int first, int count)
    {
        _kept = (first, KeepsStates ? count : 0);
        if (_kept.Count == 0)
            return null;
        if (_states.Length < count * _width)
            _states = GC.AllocateUninitializedArray<float>(count * _width, pinned: true);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_states));
    }

    private int Check(ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, int logits)
    {
        if (parents.Length != tokens.Length)
        {
            throw new ArgumentException(
                $"{parents.Length} parents for {tokens.Length} tokens; there must be one for each.", nameof(parents));
        }
        if (logits % VocabularySize != 0 || logits / VocabularySize > tokens.Length)
        {
            throw new ArgumentException($"Room for {logits} logits; wanted is a multiple of {VocabularySize}, "
                + $"{tokens.Length} times at most.", nameof(logits));
        }
        for (var i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)_tokenIds)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(tokens), tokens[i], $"A token id lies in 0 ... {_tokenIds - 1}.");
            }
            var (parent, isNew) = (parents[i], parents[i] >= _tree.Next);
            if (isNew ? parent >= _tree.Next + i : parent >= 0 ? !_tree.Holds(parent) : parent < Root(Inputs - 1))
            {
                throw new ArgumentOutOfRangeException(nameof(parents), parent,
                    $"The parent of token {i} is no node before it, or was forgotten, or is no root of the "
                        + $"{Inputs} inputs.");
            }
        }
        return logits / VocabularySize;
    }

    private void CheckLength(int firstWanted, int crossAttention)
    {
        if (crossAttention == 0)
            return;
        var length = 0L;
        for (var node = firstWanted; node < _tree.Next; node++)
            length += (long)_heads * _memories[_tree.Input(node)].Length;
        if (crossAttention != length)
        {
            throw new ArgumentException(
                $"Room for {crossAttention} weights of attention; {length} are wanted.", nameof(crossAttention));
        }
    }
}
