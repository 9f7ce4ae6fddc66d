using LongT5.Machine;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>
/// Encoded documents by the engine (a model, or one with an adapter) and the ids that were read: those that were used
/// last, within a bound of bytes.
/// </summary>
/// <param name="gate">Held while anything is changed.</param>
/// <param name="mostBytes">The bound.</param>
/// <param name="reserve">Promises bytes, or gives null.</param>
sealed class KeptDocuments(object gate, long mostBytes, Func<long, MemoryBudget.Reservation?> reserve)
{
    private readonly Dictionary<DocumentKey, LinkedListNode<KeptDocument>> _byKey = [];
    private readonly LinkedList<KeptDocument> _byUse = [];
    private readonly List<Engine> _ended = [];

    /// <summary>How many.</summary>
    public int Count => _byKey.Count;

    /// <summary>Their memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>How often <see cref="Find"/> found one.</summary>
    public long Hits { get; private set; }

    /// <summary>The document, to be released after use; null where it is not kept.</summary>
    public KeptDocument? Find(DocumentKey key)
    {
        lock (gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            Hits++;
            node.Value.Users++;
            return node.Value;
        }
    }

    /// <summary>Takes over what was encoded, and keeps it if it fits.</summary>
    /// <returns>The same, to be released after use.</returns>
    public KeptDocument Add(DocumentKey key, EncodedInput encoded)
    {
        var document = new KeptDocument(key, encoded) { Users = 1 };
        var bytes = (long)encoded.Length * encoded.Width * sizeof(float);
        lock (gate)
        {
            if (bytes > mostBytes || _byKey.ContainsKey(document.Key))
                return document;
            while (Bytes + bytes > mostBytes && Evict())
            {
            }
            if (reserve(bytes) is not { } memory)
                return document;
            document.Memory = memory;
            _byKey.Add(document.Key, _byUse.AddFirst(document));
            Bytes += memory.Bytes;
            return document;
        }
    }

    /// <summary>Forgets the one that was used longest ago; its memory is free once nobody uses it.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Evict()
    {
        lock (gate)
            return _byUse.Last is { } last && Evict(last);
    }

    /// <summary>Will forget what an engine encoded that comes to its end, maybe within a call of this.</summary>
    public void ForgetSoon(Engine engine) => _ended.Add(engine);

    /// <summary>Forgets what engines encoded that have come to their end.</summary>
    public void ForgetEnded()
    {
        lock (gate)
        {
            Engine[] ended = [.. _ended];
            _ended.Clear();
            foreach (var node in _byKey.Values.Where(node => ended.Contains(node.Value.Key.Engine)).ToArray())
                Evict(node);
        }
    }

    /// <summary>Gives a document back that was found or added.</summary>
    public void Release(KeptDocument document)
    {
        lock (gate)
        {
            document.Users--;
            FreeIfUnused(document);
        }
    }

    private bool Evict(LinkedListNode<KeptDocument> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        Bytes -= node.Value.Memory!.Bytes;
        FreeIfUnused(node.Value);
        return true;
    }

    private void FreeIfUnused(KeptDocument document)
    {
        if (document.Users > 0 || _byKey.TryGetValue(document.Key, out var kept) && kept.Value == document)
            return;
        document.Encoded.Dispose();
        document.Memory?.Dispose();
    }
}

/// <summary>An encoded document that requests share.</summary>
/// <param name="key">What it is known by.</param>
/// <param name="encoded">Its states.</param>
sealed class KeptDocument(DocumentKey key, EncodedInput encoded)
{
    public DocumentKey Key => key;

    public EncodedInput Encoded => encoded;

    /// <summary>Requests that use it now.</summary>
    public int Users { get; set; }

    /// <summary>What is promised for it while it is kept.</summary>
    public MemoryBudget.Reservation? Memory { get; set; }
}
