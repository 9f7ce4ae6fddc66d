using System.IO.Compression;
using SharpCompress.Compressors.Xz;

namespace LongT5.Data.Files;

/// <summary>
/// Text behind gzip, Zstandard or xz, by the extension of its name; a cut or flipped file is an error.
/// </summary>
/// <remarks>
/// For gzip that takes the runtime's switch UseStrictValidation, which Directory.Build.props sets for every program.
/// </remarks>
static class CompressedFile
{
    /// <summary>
    /// The contents, decompressed if the extension says so; the stream owns <paramref name="bytes"/>.
    /// </summary>
    public static Stream Open(string where, Stream bytes, string? extension = null)
        => (extension ?? Path.GetExtension(where).ToLowerInvariant()) switch
        {
            ".gz" => Guarded(where, new GZipStream(bytes, CompressionMode.Decompress)),
            ".zst" => Guarded(where, new ZstdSharp.DecompressionStream(bytes, leaveOpen: false)),
            ".xz" => Guarded(where, new XZStream(bytes)),
            _ => bytes,
        };

    /// <summary>The name without the extension of a compression.</summary>
    public static string Unpacked(string name)
        => Path.GetExtension(name).ToLowerInvariant() is ".gz" or ".zst" or ".xz"
            ? Path.ChangeExtension(name, null) : name;

    /// <summary>A stream that unpacks; whatever it says of damaged bytes is said with the name of the file.</summary>
    public static Stream Guarded(string where, Stream unpacking) => new Unpacking(where, unpacking);

    private sealed class Unpacking(string where, Stream inner) : ReadingStream(inner)
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return Inner.Read(buffer);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or ObjectDisposedException or BadFileException))
            {
                throw new BadFileException(where, $"it is damaged or cut short ({e.Message}); fetch it again",
                    cause: e);
            }
        }
    }
}
