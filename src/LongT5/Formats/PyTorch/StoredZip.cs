using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace LongT5.Formats;

/// <summary>
/// A zip archive whose entries are stored, not compressed, as PyTorch writes them: each entry is a range of the mapped
/// file. Archives that two readers could understand differently are refused.
/// </summary>
sealed class StoredZip
{
    private const int MostEntries = 1_000_000;
    private const int EndLength = 22;
    private const int LongestComment = ushort.MaxValue;

    private readonly MappedFile _file;
    private readonly Dictionary<string, Entry> _entries = [];

    private StoredZip(MappedFile file) => _file = file;

    /// <param name="Start">The first byte of the content, in the file.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Crc">Their CRC-32, as the directory says.</param>
    public readonly record struct Entry(long Start, long Length, uint Crc);

    public IReadOnlyDictionary<string, Entry> Entries => _entries;

    /// <exception cref="BadFileException">The directory and the entries do not agree in every respect.</exception>
    public static StoredZip Read(MappedFile file)
    {
        var zip = new StoredZip(file);
        zip.ReadDirectory();
        return zip;
    }

    /// <exception cref="BadFileException">The content is not what was written.</exception>
    public void Verify(string name)
    {
        var entry = _entries[name];
        var crc = new Crc32();
        for (var done = 0L; done < entry.Length;)
        {
            var length = (int)Math.Min(1 << 24, entry.Length - done);
            crc.Append(_file.Bytes(entry.Start + done, length));
            done += length;
        }
        if (crc.GetCurrentHashAsUInt32() != entry.Crc)
            throw Bad($"the checksum of {name} is {crc.GetCurrentHashAsUInt32():x8}, not {entry.Crc:x8}; "
                + "the file is damaged, fetch it again.", entry.Start);
    }

    private void ReadDirectory()
    {
        var (start, length, count) = FindDirectory();
        var at = start;
        var end = start + length;
        var taken = new List<(long Start, long End)>(capacity: (int)Math.Min(count, 1024));
        for (var i = 0L; i < count; i++)
        {
            var header = Header(at, 46, end, 0x02014b50, "directory entry");
            var nameLength = U16(header, 28);
            var extraLength = U16(header, 30);
            var next = at + 46 + nameLength + extraLength + U16(header, 32);
            if (next > end)
                throw Bad("an entry of the directory reaches past its end.", at);
            var name = Name(_file.Bytes(at + 46, nameLength), at);
            if (U16(header, 10) != 0)
                throw Bad($"{name} is compressed; PyTorch stores its tensors as they are.", at);
            if ((U16(header, 8) & 1) != 0 || U16(header, 34) is not (0 or 0xffff))
                throw Bad($"{name} is encrypted, or on another disk.", at);

            var (size, stored, offset) = Sizes(header, _file.Bytes(at + 46 + nameLength, extraLength), at);
            if (size != stored)
                throw Bad($"{name} says that its {stored} stored bytes are {size}.", at);
            var content = ReadLocal(name, offset, size, U32(header, 16), start);
            if (!_entries.TryAdd(name, new(content, size, U32(header, 16))))
                throw Bad($"the name {name} stands in the directory twice.", at);
            taken.Add((offset, content + size));
            at = next;
        }
        if (at != end)
            throw Bad($"the directory has {end - at} bytes more than its entries.", at);

        taken.Sort();
        for (var i = 1; i < taken.Count; i++)
        {
            if (taken[i].Start < taken[i - 1].End)
                throw Bad("two entries overlap.", taken[i].Start);
        }
    }

    /// <summary>Where the content of an entry starts, after a header that says what the directory says.</summary>
    private long ReadLocal(string name, long offset, long size, uint crc, long limit)
    {
        var header = Header(offset, 30, limit, 0x04034b50, $"header of {name}");
        var nameLength = U16(header, 26);
        var start = offset + 30 + nameLength + U16(header, 28);
        if (size > limit - start)
            throw Bad($"{name} reaches past the end of the entries.", offset);
        if (Name(_file.Bytes(offset + 30, nameLength), offset) != name || U16(header, 8) != 0)
            throw Bad($"the header of {name} is another than the directory says.", offset);
        // With bit 3 the sizes follow the content and the header may have zeros; all ones stand for a 64-bit field.
        var deferred = (U16(header, 6) & 8) != 0;
        if (!(Agrees(U32(header, 18), size) && Agrees(U32(header, 22), size)
              && (U32(header, 14) == crc || (deferred && U32(header, 14) == 0))))
            throw Bad($"the header of {name} has another size or checksum than the directory.", offset);
        return start;

        bool Agrees(uint written, long real) => written == real || written == uint.MaxValue
            || (deferred && written == 0);
    }

    private (long Start, long Length, long Count) FindDirectory()
    {
        var tail = _file.Bytes(Math.Max(0, _file.Length - EndLength - LongestComment),
            (int)Math.Min(_file.Length, EndLength + LongestComment));
        for (var i = tail.Length - EndLength; i >= 0; i--)
        {
            var end = tail[i..];
            if (U32(end, 0) != 0x06054b50 || U16(end, 20) != end.Length - EndLength)
                continue;
            if (U16(end, 4) is not (0 or 0xffff) || U16(end, 6) is not (0 or 0xffff) || U16(end, 8) != U16(end, 10))
                throw Bad("the archive is spread over several disks.");
            var at = _file.Length - end.Length;
            var (start, length, count) = FindDirectory64(at) ?? (U32(end, 16), U32(end, 12), U16(end, 10));
            return start >= 0 && length >= 0 && start <= at - length && count >= 0
                && count <= Math.Min(MostEntries, length / 46)
                ? (start, length, count)
                : throw Bad($"the directory of {count} entries cannot lie at {start} with {length} bytes.", at);
        }
        throw Bad("the directory at the end of the archive is missing; the file is cut short or no PyTorch file.");
    }

    private (long Start, long Length, long Count)? FindDirectory64(long end)
    {
        if (end < 20 || U32(_file.Bytes(end - 20, 20), 0) != 0x07064b50)
            return null;
        var record = Header(I64(_file.Bytes(end - 20, 20), 8), 56, end - 20, 0x06064b50, "64-bit end of the directory");
        if (I64(record, 24) != I64(record, 32))
            throw Bad("the archive is spread over several disks.");
        return (I64(record, 48), I64(record, 40), I64(record, 32));
    }

    /// <summary>
    /// Sizes and place of an entry; 32-bit fields of all ones stand in the 64-bit extra field, in this order.
    /// </summary>
    private (long Size, long Stored, long Offset) Sizes(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra, long at)
    {
        ReadOnlySpan<byte> wide = default;
        for (var rest = extra; rest.Length >= 4;)
        {
            var length = U16(rest, 2);
            if (length > rest.Length - 4)
                throw Bad("an extra field reaches past its entry.", at);
            if (U16(rest, 0) == 1)
                wide = rest.Slice(4, length);
            rest = rest[(4 + length)..];
        }
        var size = Next(U32(header, 24), ref wide);
        var stored = Next(U32(header, 20), ref wide);
        var offset = Next(U32(header, 42), ref wide);
        return size >= 0 && stored >= 0 && offset >= 0
            ? (size, stored, offset) : throw Bad("an entry has a negative size.", at);

        long Next(uint narrow, ref ReadOnlySpan<byte> wide)
        {
            if (narrow != uint.MaxValue)
                return narrow;
            if (wide.Length < 8)
                throw Bad("an entry lacks its 64-bit sizes.", at);
            var value = I64(wide, 0);
            wide = wide[8..];
            return value;
        }
    }

    private ReadOnlySpan<byte> Header(long at, int length, long limit, uint signature, string what)
        => at >= 0 && at <= limit - length && U32(_file.Bytes(at, length), 0) == signature
            ? _file.Bytes(at, length)
            : throw Bad($"there is no {what} at {at}.");

    private string Name(ReadOnlySpan<byte> bytes, long at)
    {
        if (bytes.Length is 0 or > Safetensors.LongestName)
            throw Bad($"a name of {bytes.Length} bytes.", at);
        var name = Encoding.UTF8.GetString(bytes);
        return name.Any(char.IsControl) ? throw Bad("a name with control characters.", at) : name;
    }

    private BadFileException Bad(string problem, long? at = null) => new(_file.Path, problem, at);

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
