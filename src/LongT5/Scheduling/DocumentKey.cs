using System.Runtime.InteropServices;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>What a document is known by: who reads it, and the ids that are read.</summary>
sealed class DocumentKey : IEquatable<DocumentKey>
{
    private readonly int _hash;

    public DocumentKey(Engine engine, int[] ids)
    {
        (Engine, Ids) = (engine, ids);
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(ids.AsSpan()));
        _hash = hash.ToHashCode();
    }

    public Engine Engine { get; }

    public int[] Ids { get; }

    public bool Equals(DocumentKey? other)
        => other is not null && Engine == other.Engine && Ids.AsSpan().SequenceEqual(other.Ids);

    public override bool Equals(object? obj) => Equals(obj as DocumentKey);

    public override int GetHashCode() => _hash;
}
