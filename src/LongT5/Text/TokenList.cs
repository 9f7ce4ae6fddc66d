namespace LongT5.Text;

/// <summary>The ids of a text as they are found, and the characters each stands for if that is asked for.</summary>
sealed class TokenList(bool withOffsets)
{
    public List<int> Ids { get; } = [];

    /// <summary>UTF-16 offsets in the text, or null if nobody asked.</summary>
    public List<(int Start, int End)>? Offsets { get; } = withOffsets ? [] : null;

    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        Offsets?.Add((start, end));
    }

    public void Add(int id, NormalizedText text, int start, int end)
    {
        Ids.Add(id);
        Offsets?.Add(text.Source(start, end));
    }

    public void RemoveFirst()
    {
        Ids.RemoveAt(0);
        Offsets?.RemoveAt(0);
    }
}
