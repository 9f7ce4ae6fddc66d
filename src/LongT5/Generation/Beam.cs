namespace LongT5.Generation;

/// <summary>A sequence that goes on, its tokens in one piece for the rules.</summary>
sealed class Beam
{
    private int[] _ids = new int[64];
    private int _count, _known;

    /// <summary>The node of the last token that was fed.</summary>
    public int Node { get; private set; }

    public float Score { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>What is known of how it goes on; null where its last token is still to be fed.</summary>
    public Outlook? Outlook { get; private set; }

    /// <summary>The token that must come next, and what it adds to the score; null where there is a choice.</summary>
    public (int Token, float Score)? Certain
        => _known < Outlook!.Certain.Length ? (Outlook.Certain[_known], Outlook.Scores[_known]) : null;

    public void Begin(ReadOnlySpan<int> prompt, int node)
    {
        Set(prompt);
        Node = node;
    }

    /// <summary>Feeds the last token, and those that must follow it.</summary>
    /// <param name="feed">Takes them.</param>
    /// <param name="certain">They that must.</param>
    /// <param name="row">Which of the step's rows of logits will be the first.</param>
    public void Propose(Feed feed, ReadOnlySpan<int> certain, int row)
    {
        Node = feed.Add(Node, _ids[_count - 1]);
        foreach (var token in certain)
            Node = feed.Add(Node, token);
        (Outlook, _known) = (new(certain.ToArray(), row), 0);
    }

    /// <summary>The sequence and some more tokens, without taking them.</summary>
    public ReadOnlySpan<int> With(params ReadOnlySpan<int> tokens)
    {
        Reserve(_count + tokens.Length);
        tokens.CopyTo(_ids.AsSpan(_count));
        return _ids.AsSpan(0, _count + tokens.Length);
    }

    /// <summary>Becomes another sequence, longer by a token.</summary>
    public void Continue(Beam from, int token, float score)
    {
        Set(from.Ids);
        _ids[_count++] = token;
        (Node, Score) = (from.Node, score);
        (Outlook, _known) = from.Certain is null ? (null, 0) : (from.Outlook, from._known + 1);
    }

    private void Set(ReadOnlySpan<int> ids)
    {
        Reserve(ids.Length + 1);
        ids.CopyTo(_ids);
        _count = ids.Length;
    }

    private void Reserve(int count)
    {
        if (count > _ids.Length)
            Array.Resize(ref _ids, 2 * count);
    }
}

/// <summary>
/// How a sequence goes on, as far as the decoder was asked: by tokens that must come whatever it says, then by a
/// choice.
/// </summary>
/// <param name="certain">They that must.</param>
/// <param name="row">Which row of its step's logits is the one before them.</param>
sealed class Outlook(int[] certain, int row)
{
    private float[]? _last;

    public int[] Certain => certain;

    /// <summary>What each of them adds to the score.</summary>
    public float[] Scores { get; } = new float[certain.Length];

    /// <summary>Whether its rows have been read.</summary>
    public bool IsRead { get; private set; }

    /// <summary>[V]: a row of the step in which it was fed.</summary>
    public Span<float> Row(Span<float> step, int at, int vocabulary) => step.Slice((row + at) * vocabulary, vocabulary);

    /// <summary>Keeps what will be needed when the step is over.</summary>
    public void Keep(Span<float> step, int vocabulary)
    {
        IsRead = true;
        if (certain.Length > 0)
            _last = Row(step, certain.Length, vocabulary).ToArray();
    }

    /// <summary>[V]: the scores of what may come behind the certain tokens.</summary>
    public Span<float> Choices(Span<float> step, int vocabulary) => _last ?? Row(step, 0, vocabulary);
}
