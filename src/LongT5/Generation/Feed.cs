namespace LongT5.Generation;

/// <summary>The tokens that all searches feed in one call of the session.</summary>
/// <remarks>Node ids count up from 0 in the order of feeding, so they are known before the call.</remarks>
sealed class Feed
{
    private int[] _parents = new int[16], _tokens = new int[16];

    public int Count { get; private set; }

    /// <summary>The id that the next token's node will have.</summary>
    public int Next { get; private set; }

    public ReadOnlyMemory<int> Parents => _parents.AsMemory(0, Count);

    public ReadOnlyMemory<int> Tokens => _tokens.AsMemory(0, Count);

    /// <summary>Adds a token after a node, and gives the node that it becomes.</summary>
    public int Add(int parent, int token)
    {
        if (Count == _parents.Length)
        {
            Array.Resize(ref _parents, 2 * Count);
            Array.Resize(ref _tokens, 2 * Count);
        }
        (_parents[Count], _tokens[Count]) = (parent, token);
        Count++;
        return Next++;
    }

    public void Clear() => Count = 0;
}
