using System.IO.Hashing;

namespace LongT5.Data.Files;

/// <summary>The contents of a zip entry, held to the length and checksum that the archive gives for it.</summary>
/// <remarks>.NET 10 checks neither: without this, a flipped bit is data and a cut entry is a short file.</remarks>
sealed class CheckedStream(string where, Stream inner, long length, uint checksum) : ReadingStream(inner)
{
    private readonly Crc32 _sum = new();
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        var count = Inner.Read(buffer);
        _sum.Append(buffer[..count]);
        _read += count;
        if (count > 0 || buffer.IsEmpty) return count;
        if (_read != length)
            throw new BadFileException(where, $"the archive gives {length} bytes for it and holds {_read}");
        if (_sum.GetCurrentHashAsUInt32() != checksum)
            throw new BadFileException(where, "its checksum is not the one in the archive");
        return 0;
    }
}
