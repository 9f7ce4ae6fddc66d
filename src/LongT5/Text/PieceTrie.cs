using System.Runtime.CompilerServices;

namespace LongT5.Text;

/// <summary>
/// Byte strings and their ids as a double-array trie (Aoe, 1989): a step is one addition and one comparison.
/// </summary>
sealed class PieceTrie
{
    /// <summary>The node every walk starts at.</summary>
    public const int Root = 0;

    private const int None = -1;
    private const int NoParent = -2;

    // A free slot is looked for so many times; then the array grows. This keeps building linear for any vocabulary.
    private const int Tries = 64;

    private Slot[] _slots = new Slot[1024];

    // Slots before this one are as good as full.
    private int _firstFree = 1;
    private int _used = 1;

    /// <summary>Builds the trie; of equal keys the last one counts.</summary>
    public PieceTrie(IEnumerable<KeyValuePair<byte[], int>> keys)
    {
        _slots.AsSpan().Fill(Slot.Free);
        _slots[Root].Parent = NoParent;
        var sorted = keys.Where(key => key.Key.Length > 0).ToArray();
        Array.Sort(sorted, (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key) is not 0 and var order
            ? order : a.Value.CompareTo(b.Value));
        var pending = new Stack<(int Node, int From, int To, int Depth)>([(Root, 0, sorted.Length, 0)]);
        var labels = new List<byte>();
        var starts = new List<int>();
        while (pending.TryPop(out var at))
        {
            var from = at.From;
            while (from < at.To && sorted[from].Key.Length == at.Depth) _slots[at.Node].Id = sorted[from++].Value;
            if (from == at.To) continue;
            labels.Clear();
            starts.Clear();
            for (var i = from; i < at.To; i++)
            {
                var label = sorted[i].Key[at.Depth];
                if (labels.Count > 0 && labels[^1] == label) continue;
                labels.Add(label);
                starts.Add(i);
            }
            starts.Add(at.To);
            var place = Place(labels);
            _slots[at.Node].Base = place;
            foreach (var label in labels) _slots[place + label].Parent = at.Node;
            for (var i = labels.Count - 1; i >= 0; i--)
                pending.Push((place + labels[i], starts[i], starts[i + 1], at.Depth + 1));
        }
        // Every node's children may be asked for without a bounds check failing.
        Array.Resize(ref _slots, _used + 256);
    }

    /// <summary>From a node over one byte: true, and the node there, if some key goes on so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Step(ref int node, byte label)
    {
        var slots = _slots;
        var next = slots[node].Base + label;
        if (slots[next].Parent != node) return false;
        node = next;
        return true;
    }

    /// <summary>The id of the key that ends at a node; -1 if none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Id(int node) => _slots[node].Id;

    /// <summary>The id of a key, or -1.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        var node = Root;
        foreach (var label in key)
        {
            if (!Step(ref node, label)) return None;
        }
        return Id(node);
    }

    private int Place(List<byte> labels)
    {
        while (_firstFree < _used && _slots[_firstFree].Parent != None) _firstFree++;
        var first = _firstFree;
        for (var tries = 0; tries < Tries && first < _used; first++)
        {
            if (_slots[first].Parent != None) continue;
            tries++;
            if (first - labels[0] >= 0 && Fits(first - labels[0], labels)) return Take(first - labels[0], labels);
        }
        _firstFree = first;
        return Take(Math.Max(_used - labels[0], 0), labels);
    }

    private bool Fits(int place, List<byte> labels)
    {
        foreach (var label in labels)
        {
            if (place + label < _slots.Length && _slots[place + label].Parent != None) return false;
        }
        return true;
    }

    private int Take(int place, List<byte> labels)
    {
        var end = place + labels[^1] + 1;
        if (end + 256 > _slots.Length)
        {
            var length = _slots.Length;
            Array.Resize(ref _slots, Math.Max(2 * length, end + 256));
            _slots.AsSpan(length).Fill(Slot.Free);
        }
        _used = Math.Max(_used, end);
        return place;
    }

    private struct Slot
    {
        public static readonly Slot Free = new() { Base = 0, Parent = None, Id = None };

        public int Base;
        public int Parent;
        public int Id;
    }
}
