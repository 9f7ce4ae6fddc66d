using System.Runtime.InteropServices;
using LongT5.Generation;

namespace LongT5.Model;

/// <summary>
/// One request's decoder over inputs of several networks that share a base: each input's rows go to its own network.
/// </summary>
/// <remarks>
/// The weights of the base are read once for each network in the batch; results are those of each alone.
/// </remarks>
sealed class MixedSession : EngineSession
{
    private readonly NetworkSession[] _parts;
    private readonly (int Part, int Input, int Length)[] _inputs;
    private readonly List<(int Part, int Node, int Input)> _nodes = [];
    // the id that a part's next node gets
    private readonly int[] _next;
    private readonly int _heads;

    /// <param name="inputs">What the networks encoded.</param>
    /// <param name="owner">Whom those without a network of their own belong to.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public MixedSession(IReadOnlyList<EncodedStates> inputs, Network owner, CancellationToken cancellation)
    {
        _heads = owner.Config.NumHeads;
        var groups = inputs.Select((states, i) => (states, i)).GroupBy(input => input.states.Encoder ?? owner)
            .ToArray();
        (_parts, _next, _inputs) = (new NetworkSession[groups.Length], new int[groups.Length],
            new (int, int, int)[inputs.Count]);
        try
        {
            for (var part = 0; part < groups.Length; part++)
            {
                _parts[part] = groups[part].Key.Start([.. groups[part].Select(input => input.states)], cancellation);
                foreach (var (place, (states, i)) in groups[part].Index())
                    _inputs[i] = (part, place, states.Length);
            }
        }
        catch
        {
            Dispose(true);
            throw;
        }
    }

    /// <inheritdoc/>
    public override int Inputs => _inputs.Length;

    /// <inheritdoc/>
    public override int VocabularySize => _parts[0].VocabularySize;

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
        if (parents.Length != tokens.Length)
            throw new ArgumentException(
                $"{parents.Length} parents for {tokens.Length} tokens; there must be one for each.", nameof(parents));
        var wanted = logits.Length / VocabularySize;
        if (logits.Length % VocabularySize != 0 || wanted > tokens.Length)
            throw new ArgumentException(
                $"Room for {logits.Length} logits; wanted is a multiple of {VocabularySize}, "
                    + $"{tokens.Length} times at most.", nameof(logits));
        var first = _nodes.Count;
        var rows = new Rows[_parts.Length];
        for (var part = 0; part < rows.Length; part++)
            rows[part] = new();
        try
        {
            for (var i = 0; i < parents.Length; i++)
            {
                var (part, parent, input) = Locate(parents[i], i);
                _nodes.Add((part, _next[part] + rows[part].Count, input));
                rows[part].Add(parent, tokens[i], i >= tokens.Length - wanted);
            }
            var room = CrossLengths(first + tokens.Length - wanted);
            if (!crossAttention.IsEmpty && crossAttention.Length != room.Sum())
                throw new ArgumentException(
                    $"Room for {crossAttention.Length} weights of attention; {room.Sum()} are wanted.",
                    nameof(crossAttention));
            for (var part = 0; part < _parts.Length; part++)
                rows[part].Run(_parts[part], VocabularySize, crossAttention.IsEmpty ? 0 : room[part], probe, cancellation);
        }
        catch
        {
            for (var part = 0; part < _parts.Length; part++)
            {
                if (rows[part].IsDone)
                    _parts[part].Undo(_next[part]);
            }
            _nodes.RemoveRange(first, _nodes.Count - first);
            throw;
        }
        for (var part = 0; part < _parts.Length; part++)
            _next[part] += rows[part].Count;
        Gather(rows, first + tokens.Length - wanted, logits, crossAttention);
        return first;
    }

    /// <inheritdoc/>
    public override void Keep(ReadOnlySpan<int> nodes)
    {
        var kept = _parts.Select(_ => new List<int>()).ToArray();
        foreach (var node in nodes)
        {
            if (node < 0 || node >= _nodes.Count)
                throw new ArgumentException($"Node {node} does not exist or was forgotten.", nameof(nodes));
            kept[_nodes[node].Part].Add(_nodes[node].Node);
        }
        for (var part = 0; part < _parts.Length; part++)
            _parts[part].Keep(CollectionsMarshal.AsSpan(kept[part]));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var part in _parts)
            part?.Dispose();
    }

    private (int Part, int Parent, int Input) Locate(int parent, int row)
    {
        if (parent >= 0 && parent < _nodes.Count)
            return _nodes[parent];
        if (parent < 0 && parent >= Root(Inputs - 1))
            return _inputs[Root(parent)] is var (part, input, _) ? (part, Root(input), Root(parent)) : default;
        throw new ArgumentOutOfRangeException(nameof(parent), parent,
            $"The parent of token {row} is no node before it, or is no root of the {Inputs} inputs.");
    }

    /// <summary>The weights of attention of the nodes from one on, in each part.</summary>
    private int[] CrossLengths(int first)
    {
        var lengths = new int[_parts.Length];
        for (var node = first; node < _nodes.Count; node++)
            lengths[_nodes[node].Part] += _heads * _inputs[_nodes[node].Input].Length;
        return lengths;
    }

    /// <summary>Puts what the parts gave in the order of the call.</summary>
    private void Gather(Rows[] rows, int firstWanted, Span<float> logits, Span<float> crossAttention)
    {
        Span<int> row = stackalloc int[rows.Length], cross = stackalloc int[rows.Length];
        row.Clear();
        cross.Clear();
        for (var node = firstWanted; node < _nodes.Count; node++)
        {
            var (part, _, input) = _nodes[node];
            rows[part].Logits.AsSpan(row[part]++ * VocabularySize, VocabularySize)
                .CopyTo(logits[((node - firstWanted) * VocabularySize)..]);
            if (crossAttention.IsEmpty)
                continue;
            var length = _heads * _inputs[input].Length;
            rows[part].Cross.AsSpan(cross[part], length).CopyTo(crossAttention);
            crossAttention = crossAttention[length..];
            cross[part] += length;
        }
    }

    /// <summary>The rows of one call that go to one network, and what it gave.</summary>
    private sealed class Rows
    {
        private readonly List<int> _parents = [], _tokens = [];
        private int _wanted;

        public int Count => _tokens.Count;

        public bool IsDone { get; private set; }

        public float[] Logits { get; private set; } = [];

        public float[] Cross { get; private set; } = [];

        public void Add(int parent, int token, bool isWanted)
        {
            _parents.Add(parent);
            _tokens.Add(token);
            _wanted += isWanted ? 1 : 0;
        }

        public void Run(NetworkSession session, int vocabulary, int cross, CrossAttentionProbe? probe,
            CancellationToken cancellation)
        {
            if (Count == 0)
                return;
            (Logits, Cross) = (new float[_wanted * vocabulary], new float[cross]);
            ReadOnlySpan<int> parents = CollectionsMarshal.AsSpan(_parents);
            ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(_tokens);
            if (probe is null)
                session.Extend(parents, tokens, Logits, Cross, cancellation);
            else
                session.Extend(parents, tokens, Logits, probe, cancellation);
            IsDone = true;
        }
    }
}
