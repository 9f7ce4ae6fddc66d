using System.Buffers.Binary;

namespace LongT5.Torch.Native;

/// <summary>
/// The list of symbol versions that a 64-bit little-endian ELF library asks of the libraries under it.
/// </summary>
/// <remarks>System V ABI and LSB Core, "Symbol Version Requirements": section type <c>SHT_GNU_verneed</c>.</remarks>
static class VersionNeed
{
    const uint VerneedSection = 0x6ffffffe;
    const ushort Weak = 2; // VER_FLG_WEAK: the loader goes on where the version is missing

    /// <summary>Marks every request for one version as weak.</summary>
    /// <param name="elf">The whole file; changed in place.</param>
    /// <param name="name">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>False where the file is of another kind or does not ask for that version.</returns>
    public static bool MakeWeak(Span<byte> elf, string name)
    {
        try
        {
            return TryMakeWeak(elf, name);
        }
        catch (ArgumentOutOfRangeException) // an offset that leads out of the file: not a library we know
        {
            return false;
        }
    }

    static bool TryMakeWeak(Span<byte> elf, string name)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]; // 64 bits, little-endian
        if (!elf.StartsWith(magic)) return false;

        var sections = I64(elf, 40);
        int size = U16(elf, 58), count = U16(elf, 60);
        var found = false;
        for (var i = 0; i < count; i++)
        {
            var section = elf[At(sections + (long)i * size)..];
            if (U32(section, 4) != VerneedSection) continue;

            var names = elf[At(I64(elf[At(sections + U32(section, 40) * size)..], 24))..];
            // A chain of records, one for each library, each with a chain of its own, one for each version.
            foreach (var library in Chain(elf, I64(section, 24), U32(section, 44), next: 12))
            {
                var first = library + U32(elf[At(library)..], 8);
                foreach (var version in Chain(elf, first, U16(elf[At(library)..], 2), next: 12))
                {
                    var record = elf[At(version)..];
                    if (!IsName(names[At(U32(record, 8))..], name)) continue;
                    BinaryPrimitives.WriteUInt16LittleEndian(record[4..], (ushort)(U16(record, 4) | Weak));
                    found = true;
                }
            }
        }
        return found;
    }

    // The offsets of records that each tell how far the next one is; an end is where that is no distance.
    static List<long> Chain(ReadOnlySpan<byte> elf, long first, uint count, int next)
    {
        var offsets = new List<long>();
        for (var at = first; offsets.Count < count; at += U32(elf[At(at)..], next))
        {
            if (offsets.Count > 0 && at == offsets[^1]) break;
            offsets.Add(at);
        }
        return offsets;
    }

    static bool IsName(ReadOnlySpan<byte> bytes, string name)
        => bytes.IndexOf((byte)0) == name.Length && System.Text.Ascii.Equals(bytes[..name.Length], name);

    static int At(long offset) => offset is >= 0 and <= int.MaxValue
        ? (int)offset : throw new ArgumentOutOfRangeException(nameof(offset));

    static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
