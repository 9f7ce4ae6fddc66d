using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace LongT5.Documents.Search;

/// <summary>An index as a file.</summary>
/// <remarks>
/// <para>
/// Little-endian. <c>LONGT5IX</c>, the version (int32); the model: its name, C (int32; 0 without vectors), the probe
/// [C]; the number of documents (int32), and for each its name, its stamp, the number of its passages (int32), the
/// passages, and their vectors [passages, C] of float32; XXH3 (64 bits) of all before it.
/// </para>
/// <para>
/// A passage is its start, end and page (int32 each, page 0 for none), its section (empty for none) and its text; a
/// text is its number of bytes (int32) and UTF-8.
/// </para>
/// </remarks>
static class IndexFile
{
    private const int Version = 1, HashBytes = sizeof(ulong);
    private const int LeastDocument = 3 * sizeof(int), LeastPassage = 5 * sizeof(int);

    private static ReadOnlySpan<byte> Magic => "LONGT5IX"u8;

    public static void Write(PassageIndex index, Stream stream)
    {
        var writer = new Writer(stream);
        writer.Bytes(Magic);
        writer.Number(Version);
        writer.Text(index.Model?.Name ?? "");
        writer.Number(index.Model?.Dimensions ?? 0);
        writer.Vectors(index.Model is { } model ? model.Probe.Span : []);
        writer.Number(index.Documents.Count);
        foreach (var document in index.Documents)
        {
            writer.Text(document.Name);
            writer.Text(document.Stamp);
            writer.Number(document.Passages.Count);
            foreach (var passage in document.Passages)
            {
                writer.Number(passage.Start);
                writer.Number(passage.End);
                writer.Number(passage.Page ?? 0);
                writer.Text(passage.Section ?? "");
                writer.Text(passage.Text);
            }
            writer.Vectors(document.Vectors.Span);
        }
        writer.End();
    }

    public static PassageIndex Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var reader = new Reader(stream, path);
        if (stream.Length < Magic.Length + HashBytes
            || !reader.Bytes(Magic.Length).AsSpan().SequenceEqual(Magic))
            throw reader.Bad("it is no index of passages");
        if (reader.Number() is var version && version != Version)
            throw reader.Bad($"it is of version {version}, and version {Version} is read here; make it anew");
        var (name, dimensions) = (reader.Text(), reader.Count(sizeof(float)));
        var probe = reader.Vectors(dimensions);
        var documents = new IndexedDocument[reader.Count(LeastDocument)];
        for (var i = 0; i < documents.Length; i++)
        {
            var (called, stamp) = (reader.Text(), reader.Text());
            var passages = new SearchPassage[reader.Count(LeastPassage)];
            for (var p = 0; p < passages.Length; p++)
                passages[p] = Passage(reader);
            documents[i] = new(called, stamp, passages)
            {
                Vectors = reader.Vectors((long)passages.Length * dimensions),
            };
        }
        reader.End();
        return new(documents, dimensions > 0 ? new(name, probe) : null);
    }

    private static SearchPassage Passage(Reader reader)
    {
        var (start, end, page) = (reader.Number(), reader.Number(), reader.Number());
        if (start < 0 || end < start || page < 0)
            throw reader.Bad("a passage stands where none can; it is damaged");
        var section = reader.Text();
        return new(start, end, section.Length > 0 ? section : null, page > 0 ? page : null, reader.Text());
    }

    private sealed class Writer(Stream stream)
    {
        private readonly XxHash3 _hash = new();

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            _hash.Append(bytes);
            stream.Write(bytes);
        }

        public void Number(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            Bytes(bytes);
        }

        public void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Number(bytes.Length);
            Bytes(bytes);
        }

        // Every processor that runs this has the least byte first.
        public void Vectors(ReadOnlySpan<float> numbers) => Bytes(MemoryMarshal.AsBytes(numbers));

        public void End() => stream.Write(_hash.GetCurrentHash());
    }

    private sealed class Reader(FileStream stream, string path)
    {
        private readonly XxHash3 _hash = new();
        private long _left = stream.Length - HashBytes;

        public BadFileException Bad(string problem) => new(path, problem, stream.Position);

        public byte[] Bytes(long count)
        {
            Take(count);
            var bytes = new byte[count];
            Fill(bytes);
            return bytes;
        }

        public int Number() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

        /// <summary>How many of something follow, each of so many bytes at least.</summary>
        public int Count(int least)
            => Number() is >= 0 and var count && (long)count * least <= _left ? count
                : throw Bad($"it counts more than its {stream.Length} bytes hold; it is damaged");

        public string Text() => Encoding.UTF8.GetString(Bytes(Count(1)));

        public float[] Vectors(long count)
        {
            Take(count * sizeof(float));
            var numbers = new float[count];
            // Rows of a large document would be too many bytes for one span.
            for (var at = 0; at < count; at += Chunk)
                Fill(MemoryMarshal.AsBytes(numbers.AsSpan(at, (int)Math.Min(Chunk, count - at))));
            return numbers;
        }

        public void End()
        {
            if (_left != 0)
                throw Bad($"{_left} bytes follow its end; it is damaged");
            Span<byte> hash = stackalloc byte[HashBytes];
            stream.ReadExactly(hash);
            if (!hash.SequenceEqual(_hash.GetCurrentHash()))
                throw Bad("its bytes are not those that were written; make it anew");
        }

        private const int Chunk = 1 << 20;

        private void Take(long count)
        {
            if (count > _left || count > Array.MaxLength)
                throw Bad("it ends too soon; it is damaged");
            _left -= count;
        }

        private void Fill(Span<byte> bytes)
        {
            stream.ReadExactly(bytes);
            _hash.Append(bytes);
        }
    }
}
