using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LongT5.Training.Reports;

/// <summary>
/// Writes scalars in the format that TensorBoard reads: events as protocol buffers in TFRecord frames.
/// </summary>
sealed class TensorBoardLog : IDisposable
{
    readonly FileStream _file;
    readonly TimeProvider _time;

    /// <param name="folder">Gets one more file, as every start of a run does.</param>
    /// <param name="first">Where the run begins or goes on: points after it, of a start
    /// before, are discarded by TensorBoard.</param>
    /// <param name="time">What tells when an event happened.</param>
    public TensorBoardLog(string folder, long first = 0, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        _file = File.Create(Path.Combine(folder, $"events.out.tfevents.{seconds}.longt5"));
        Write(Event(0, Field(3, "brain.Event:2"u8)));
        if (first > 0) Write(Event(first + 1, Field(7, [1 << 3, 1]))); // SessionLog { status = START }
    }

    /// <summary>Adds a point to the curve of this name.</summary>
    public void Add(string name, long step, double value)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(number, (float)value);
        byte[] scalar = [.. Field(1, Encoding.UTF8.GetBytes(name)), (2 << 3) | 5, .. number];
        Write(Event(step, Field(5, Field(1, scalar))));
    }

    /// <summary>Hands what was added to the system, so that it can be looked at.</summary>
    public void Flush() => _file.Flush();

    // Event { double wall_time = 1; int64 step = 2; ... }
    byte[] Event(long step, byte[] what)
    {
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(time, _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        return [(1 << 3) | 1, .. time, 2 << 3, .. Varint((ulong)step), .. what];
    }

    static byte[] Field(int number, ReadOnlySpan<byte> bytes)
        => [(byte)((number << 3) | 2), .. Varint((ulong)bytes.Length), .. bytes];

    static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7) bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    // TFRecord: length, its checksum, the bytes, their checksum.
    void Write(byte[] bytes)
    {
        Span<byte> frame = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(frame, bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Masked(frame[..8]));
        _file.Write(frame);
        _file.Write(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Masked(bytes));
        _file.Write(frame[..4]);
    }

    internal static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        return uint.RotateRight(~crc, 15) + 0xa282ead8;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
