using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace LongT5.Documents.Pdf;

/// <summary>
/// PdfPig's filters, which unpack a stream whole; one that would grow beyond all measure is refused before.
/// </summary>
sealed class BoundedFilters : IFilterProvider
{
    /// <summary>The most that a stream may unpack to, in bytes: far more than the largest page or font takes.</summary>
    private const long Largest = 64 << 20;

    private const int HighestRatio = 1032;  // of deflate

    public static BoundedFilters Instance { get; } = new();

    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary)
        => Bounded(DefaultFilterProvider.Instance.GetFilters(dictionary));

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names)
        => Bounded(DefaultFilterProvider.Instance.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => Bounded(DefaultFilterProvider.Instance.GetAllFilters());

    private static IReadOnlyList<IFilter> Bounded(IReadOnlyList<IFilter> filters)
        => [.. filters.Select(filter => filter is FlateFilter ? new BoundedFlate(filter) : filter)];

    private sealed class BoundedFlate(IFilter flate) : IFilter
    {
        public bool IsSupported => flate.IsSupported;

        public Memory<byte> Decode(Memory<byte> input, DictionaryToken dictionary, IFilterProvider provider, int index)
        {
            if (input.Length * (long)HighestRatio > Largest && Unpacked(input) > Largest)
                throw new InvalidDataException($"a stream of it unpacks to more than {Largest >> 20} MiB");
            return flate.Decode(input, dictionary, provider, index);
        }

        private static long Unpacked(Memory<byte> input)
        {
            using var unpacked = new ZLibStream(new MemoryStream(input.ToArray()), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            var size = 0L;
            try
            {
                while (size <= Largest && unpacked.Read(buffer) is > 0 and var count) size += count;
            }
            catch (InvalidDataException)
            {
                // Cut or damaged: what could be unpacked counts, and the reader says what it makes of the rest.
            }
            return size;
        }
    }
}
