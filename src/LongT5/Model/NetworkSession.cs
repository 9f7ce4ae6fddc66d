using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>One request's decoder over a network: the tree of its positions, and its view of the inputs.</summary>
sealed unsafe class NetworkSession : EngineSession
{
    private readonly Lifetime _life = new();
    private readonly KeyValueTree _tree;
    private readonly CrossMemory[] _memories;
    private readonly Decoder _decoder;
    private readonly int _heads;
    private readonly int _tokenIds;
    private int[] _nodes = [];

    internal NetworkSession(
        LongT5Config config, DecoderWeights weights, IReadOnlyList<EncodedStates> inputs, EngineOptions options,
        Workers workers,
        Lifetime.Lease network, CancellationToken cancellation)
    {
        _life.Keep(network);
        var arena = _life.Keep(new Arena());
        (_heads, VocabularySize, _tokenIds) = (config.NumHeads, weights.Head.Outputs, config.VocabSize);
        _memories = new CrossMemory[inputs.Count];
        try
        {
            for (var i = 0; i < inputs.Count; i++)
            {
                using var states = inputs[i].Use();
                _memories[i] = new(config, weights.Cross, inputs[i], options.CrossType, arena, workers, cancellation);
            }
            _tree = new(config.NumDecoderLayers, config.InnerWidth, arena);
            _decoder = new(config, weights, _tree, _memories, arena, workers);
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

    private int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits, Span<float> crossAttention,
        CrossAttentionProbe? probe, CancellationToken cancellation)
    {
        using var lease = _life.Use(this);
        var first = _tree.Next;
        var wanted = Check(parents, tokens, logits);
        try
        {
            AddNodes(parents);
            CheckLength(_nodes.AsSpan(0, tokens.Length), wanted, crossAttention);
            foreach (var node in _nodes.AsSpan(0, tokens.Length))
                probe?.Check(_memories[_tree.Input(node)].Length);
            fixed (float* logitsAt = logits, crossAt = crossAttention)
            {
                var nextLogits = logitsAt;                                            // [n, V]
                var nextCross = crossAt;                                              // [n, H, L]
                for (var done = 0; done < tokens.Length; done += Decoder.MostRows)
                {
                    var rows = Math.Min(Decoder.MostRows, tokens.Length - done);
                    var unwanted = Math.Clamp(tokens.Length - wanted - done, 0, rows);
                    var nodes = _nodes.AsSpan(done, rows);
                    _decoder.Run(nodes, tokens.Slice(done, rows), unwanted, nextCross, probe, cancellation);
                    if (unwanted == rows)
                        continue;
                    _decoder.Logits(unwanted, rows - unwanted, nextLogits);
                    nextLogits += (long)(rows - unwanted) * VocabularySize;
                    if (nextCross is not null)
                        nextCross += CrossLength(nodes[unwanted..]);
                }
            }
            return first;
        }
        catch
        {
            _tree.RemoveFrom(first);
            throw;
        }
    }

    /// <summary>Takes back the nodes from one on, as if they had never been fed.</summary>
    internal void Undo(int first) => _tree.RemoveFrom(first);

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

    private int Check(ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        if (parents.Length != tokens.Length)
        {
            throw new ArgumentException(
                $"{parents.Length} parents for {tokens.Length} tokens; there must be one for each.", nameof(parents));
        }
        if (logits.Length % VocabularySize != 0 || logits.Length / VocabularySize > tokens.Length)
        {
            throw new ArgumentException($"Room for {logits.Length} logits; wanted is a multiple of {VocabularySize}, "
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
        return logits.Length / VocabularySize;
    }

    private void AddNodes(ReadOnlySpan<int> parents)
    {
        if (_nodes.Length < parents.Length)
            _nodes = new int[parents.Length];
        for (var i = 0; i < parents.Length; i++)
            _nodes[i] = _tree.Add(parents[i], Root(parents[i]));
    }

    private void CheckLength(ReadOnlySpan<int> nodes, int wanted, Span<float> crossAttention)
    {
        if (crossAttention.IsEmpty)
            return;
        var length = CrossLength(nodes[^wanted..]);
        if (crossAttention.Length != length)
        {
            throw new ArgumentException(
                $"Room for {crossAttention.Length} weights of attention; {length} are wanted.", nameof(crossAttention));
        }
    }

    private long CrossLength(ReadOnlySpan<int> nodes)
    {
        var length = 0L;
        foreach (var node in nodes)
            length += (long)_heads * _memories[_tree.Input(node)].Length;
        return length;
    }
}
