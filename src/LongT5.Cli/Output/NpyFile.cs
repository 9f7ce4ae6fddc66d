using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LongT5.Cli.Output;

/// <summary>A matrix of float32 as NumPy reads it (format 1.0), written row by row.</summary>
/// <param name="stream">Can be sought in: how many rows there are is known at the end.</param>
/// <param name="columns">C, the numbers of a row.</param>
sealed class NpyFile(Stream stream, int columns)
{
    // Magic, version, the length of what follows; all together a multiple of 64, as the format asks.
    private const int HeadBytes = 128, FixedBytes = 10;

    private long _rows;

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<float> row)
    {
        if (_rows++ == 0) WriteHead();
        stream.Write(MemoryMarshal.AsBytes(row)); // the least byte first, as every processor that runs this has it
    }

    /// <summary>Writes how many rows there are.</summary>
    public void End()
    {
        stream.Seek(0, SeekOrigin.Begin);
        WriteHead();
        stream.Seek(0, SeekOrigin.End);
    }

    private void WriteHead()
    {
        var about = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({_rows}, {columns}), }}");
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, HeadBytes - FixedBytes, 0]);
        stream.Write(Encoding.ASCII.GetBytes(about.PadRight(HeadBytes - FixedBytes - 1) + "\n"));
    }
}
