namespace LongT5.Generation.Rules;

/// <summary>Tokens from the highest key downwards, sorted only as far as they are asked for (a heap).</summary>
sealed class Ranking
{
    private float[] _keys = [];
    private int[] _tokens = [];
    private int _count;

    /// <summary>Begins again with these keys; minus infinity is left out.</summary>
    public void Fill(ReadOnlySpan<float> keys)
    {
        if (_keys.Length < keys.Length)
            (_keys, _tokens) = (new float[keys.Length], new int[keys.Length]);
        _count = 0;
        for (var token = 0; token < keys.Length; token++)
            if (!float.IsNegativeInfinity(keys[token]))
                (_keys[_count], _tokens[_count++]) = (keys[token], token);
        for (var node = _count / 2 - 1; node >= 0; node--)
            Sink(node);
    }

    /// <summary>Takes the token of the highest key that is left.</summary>
    public bool TryNext(out int token)
    {
        token = _count > 0 ? _tokens[0] : -1;
        if (_count == 0)
            return false;
        _count--;
        (_keys[0], _tokens[0]) = (_keys[_count], _tokens[_count]);
        Sink(0);
        return true;
    }

    private void Sink(int node)
    {
        while (2 * node + 1 is var child && child < _count)
        {
            if (child + 1 < _count && Above(child + 1, child))
                child++;
            if (!Above(child, node))
                return;
            (_keys[node], _keys[child]) = (_keys[child], _keys[node]);
            (_tokens[node], _tokens[child]) = (_tokens[child], _tokens[node]);
            node = child;
        }
    }

    private bool Above(int one, int other)
        => _keys[one] > _keys[other] || _keys[one] == _keys[other] && _tokens[one] < _tokens[other];
}
