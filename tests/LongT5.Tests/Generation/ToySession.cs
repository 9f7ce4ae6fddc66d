using LongT5.Generation;

namespace LongT5.Tests.Generation;

/// <summary>
/// A decoder whose logits are a function of the input and the path alone; strict about what it is asked.
/// </summary>
sealed class ToySession(int inputs, int vocabulary, Func<int, IReadOnlyList<int>, int, float> logit) : DecoderSession
{
    private readonly Dictionary<int, (int Input, int[] Path)> _nodes = [];
    private int _next;

    /// <summary>Random logits, the same for the same seed, input and path. Some are far above the others.</summary>
    public static ToySession Random(int seed, int inputs, int vocabulary)
        => new(inputs, vocabulary, (input, path, token) => Noise(seed, input, path, token));

    /// <summary>Says <paramref name="text"/> and then token 1, whatever comes before.</summary>
    public static ToySession Saying(int vocabulary, params int[] text)
        => new(1, vocabulary, (_, path, token) => token == (path.Count <= text.Length ? text[path.Count - 1] : 1)
            ? 9 : 0);

    public override int Inputs => inputs;

    public override int VocabularySize => vocabulary;

    public int Calls { get; private set; }

    public int Held => _nodes.Count;

    public Action? Extending { get; init; }

    public override int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits,
        CancellationToken cancellation = default)
    {
        Calls++;
        Extending?.Invoke();
        cancellation.ThrowIfCancellationRequested();
        Assert.Equal(parents.Length, tokens.Length);
        int first = _next, silent = tokens.Length - logits.Length / vocabulary;
        for (var i = 0; i < tokens.Length; i++)
        {
            var (input, path) = parents[i] < 0 ? (-1 - parents[i], []) : _nodes[parents[i]];
            int[] grown = [.. path, tokens[i]];
            _nodes.Add(_next++, (input, grown));
            if (i >= silent)
                for (var token = 0; token < vocabulary; token++)
                    logits[(i - silent) * vocabulary + token] = logit(input, grown, token);
        }
        return first;
    }

    public override ReadOnlySpan<float> State(int node)
    {
        Assert.True(KeepsStates);
        var path = _nodes[node].Path;
        return Enumerable.Range(0, 5).Select(i => Noise(7, 0, path, i)).ToArray();
    }

    public override void Keep(ReadOnlySpan<int> nodes)
    {
        var paths = new List<(int Input, int[] Path)>();
        foreach (var node in nodes)
            paths.Add(_nodes[node]);
        foreach (var (node, (input, path)) in _nodes.ToArray())
            if (!paths.Any(kept => kept.Input == input && kept.Path.AsSpan().StartsWith(path)))
                _nodes.Remove(node);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static float Noise(int seed, int input, IReadOnlyList<int> path, int token)
    {
        var state = (ulong)(seed * 31 + input) * 0x9E3779B97F4A7C15;
        // The last tokens alone, so that texts repeat themselves and drafts are found.
        for (var i = Math.Max(0, path.Count - 2); i < path.Count; i++)
            state = (state ^ (uint)path[i]) * 0xBF58476D1CE4E5B9 + 1;
        state = (state ^ (uint)token) * 0x94D049BB133111EB;
        state = (state ^ state >> 29) * 0xBF58476D1CE4E5B9;
        return (float)((state >> 40) / (double)(1 << 24) * 8 - 4);
    }
}
