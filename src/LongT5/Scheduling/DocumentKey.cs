using System.Runtime.InteropServices;
using LongT5.Model;

namespace LongT5.Scheduling;

/// <summary>What a document is known by: who reads it, the ids that are read, and in which windows.</summary>
sealed class DocumentKey : IEquatable<DocumentKey>
{
    private readonly int _hash;

    public DocumentKey(Engine engine, int[] ids, EncoderWindows? windows)
    {
        (Engine, Ids, Windows) = (engine, ids, windows);
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(ids.AsSpan()));
        _hash = hash.ToHashCode();
    }

    public Engine Engine { get; }

    public int[] Ids { get; }

    public EncoderWindows? Windows { get; }

    public bool Equals(DocumentKey? other)
        => other is not null && Engine == other.Engine && Windows == other.Windows
            && Ids.AsSpan().SequenceEqual(other.Ids);

    public override bool Equals(object? obj) => Equals(obj as DocumentKey);

    public override int GetHashCode() => _hash;
}
