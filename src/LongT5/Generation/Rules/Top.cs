using System.Numerics;

namespace LongT5.Generation.Rules;

/// <summary>A score and where it stands.</summary>
record struct Ranked(float Value, int Index);

/// <summary>
/// The <paramref name="capacity"/> best of many scores, found in one pass; of equals, those that stand first.
/// </summary>
sealed class Top(int capacity)
{
    /// <summary>A heap whose root is the worst that is kept.</summary>
    private Ranked[] _heap = new Ranked[Math.Min(capacity, 64)];

    public int Count { get; private set; }

    public ref Ranked this[int place] => ref _heap[place];

    public void Clear() => Count = 0;

    /// <summary>The worst of the best of these; minus infinity where there are fewer.</summary>
    public float Threshold(ReadOnlySpan<float> scores)
    {
        Clear();
        OfferAll(scores, 0, 0);
        return Count < capacity ? float.NegativeInfinity : _heap[0].Value;
    }

    /// <summary>
    /// Offers each score plus <paramref name="add"/>, the first of them standing at <paramref name="from"/>.
    /// </summary>
    public void OfferAll(ReadOnlySpan<float> scores, float add, int from)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= scores.Length; i += Vector<float>.Count)
        {
            if (Count == capacity && !Vector.GreaterThanAny(
                new Vector<float>(scores[i..]) + new Vector<float>(add), new Vector<float>(_heap[0].Value)))
                continue;
            for (var j = i; j < i + Vector<float>.Count; j++)
                Offer(scores[j] + add, from + j);
        }
        for (; i < scores.Length; i++)
            Offer(scores[i] + add, from + i);
    }

    public void Offer(float value, int index)
    {
        if (!(value > float.NegativeInfinity))
            return;
        var offered = new Ranked(value, index);
        if (Count < capacity)
        {
            if (Count == _heap.Length)
                Array.Resize(ref _heap, Math.Min(capacity, 2 * Count));
            _heap[Count] = offered;
            Rise(Count++);
        }
        else if (Worse(_heap[0], offered))
        {
            _heap[0] = offered;
            Sink();
        }
    }

    /// <summary>Puts the best first. After it, nothing more can be offered until it is cleared.</summary>
    public void Sort() => _heap.AsSpan(0, Count).Sort(
        static (one, other) => Worse(one, other) ? 1 : Worse(other, one) ? -1 : 0);

    private static bool Worse(Ranked one, Ranked other)
        => one.Value < other.Value || one.Value == other.Value && one.Index > other.Index;

    private void Rise(int node)
    {
        for (int parent; node > 0 && Worse(_heap[node], _heap[parent = (node - 1) / 2]); node = parent)
            (_heap[node], _heap[parent]) = (_heap[parent], _heap[node]);
    }

    private void Sink()
    {
        for (var node = 0; 2 * node + 1 is var child && child < Count; node = child)
        {
            if (child + 1 < Count && Worse(_heap[child + 1], _heap[child]))
                child++;
            if (!Worse(_heap[child], _heap[node]))
                return;
            (_heap[node], _heap[child]) = (_heap[child], _heap[node]);
        }
    }
}
