using System.Buffers.Binary;

namespace LongT5.Training.Torch;

/// <summary>The list of symbol versions that a 64-bit little-endian ELF library asks of the libraries under it.</summary>
/// <remarks>System V ABI and LSB Core, "Symbol Version Requirements": section type <c>SHT_GNU_verneed</c>.</remarks>
static class VersionNeed
{
    const uint VerneedSection = 0x6ffffffe;
    const ushort Weak = 2; // VER_FLG_WEAK: the loader goes on where the version is missing

    /// <summary>Marks every request for one version as weak.</summary>
    /// <param name="elf">The whole file; changed in place.</param>
    /// <param name="version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>False where the file is of another kind or does not ask for that version.</returns>
    public static bool MakeWeak(Span<byte> elf, string version)
    {
        try
        {
            return TryMakeWeak(elf, version);
        }
        catch (ArgumentOutOfRangeException) // an offset that leads out of the file: not a library we know
        {
            return false;
        }
    }

    static bool TryMakeWeak(Span<byte> elf, string version)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]; // 64 bits, little-endian
        if (!elf.StartsWith(magic)) return false;

        long sections = I64(elf, 40);
        int size = U16(elf, 58), count = U16(elf, 60);
        var found = false;
        for (var i = 0; i < count; i++)
        {
            var section = elf[At(sections + (long)i * size)..];
            if (U32(section, 4) != VerneedSection) continue;

            var names = elf[At(I64(elf[At(sections + U32(section, 40) * (long)size)..], 24))..];
            // One record for each library, in a chain; under it one for each version, in a chain.
            var libraries = (int)U32(section, 44);
            for (var library = I64(section, 24); libraries-- > 0; library += U32(elf[At(library)..], 12))
            {
                int versions = U16(elf[At(library)..], 2);
                for (var entry = library + U32(elf[At(library)..], 8); versions-- > 0; entry += U32(elf[At(entry)..], 12))
                {
                    var record = elf[At(entry)..];
                    if (!IsName(names[At(U32(record, 8))..], version)) continue;
                    BinaryPrimitives.WriteUInt16LittleEndian(record[4..], (ushort)(U16(record, 4) | Weak));
                    found = true;
                }
            }
        }
        return found;
    }

    static bool IsName(ReadOnlySpan<byte> bytes, string name)
        => bytes.IndexOf((byte)0) == name.Length && System.Text.Ascii.Equals(bytes[..name.Length], name);

    static int At(long offset) => offset is >= 0 and <= int.MaxValue ? (int)offset : throw new ArgumentOutOfRangeException(nameof(offset));

    static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
