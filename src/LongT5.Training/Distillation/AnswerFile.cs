using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace LongT5.Training.Distillation;

/// <summary>A teacher's answers on disk, each found by what it answers; one that was begun is added to.</summary>
/// <remarks>
/// A line that says whose answers these are, then records: the key (16 bytes), the positions T (4), a hash of the rest
/// (8), and ids [T, k] as int32, logits [T, k] and rests [T] as float32, little-endian. What an interruption cut
/// off, or anything damaged, is taken away with what follows it, and asked anew.
/// </remarks>
sealed class AnswerFile : IDisposable
{
    const int Head = 16 + 4 + 8;

    readonly FileStream _file;
    readonly Dictionary<UInt128, long> _places = [];
    readonly int _kept;

    /// <summary>Opens a file, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="owner">Whose answers it holds: one line.</param>
    /// <param name="kept">k</param>
    /// <exception cref="ArgumentException">It holds something else, or another run writes it.</exception>
    public AnswerFile(string path, string owner, int kept)
    {
        _kept = kept;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (IOException inUse)
        {
            throw new ArgumentException($"{path} cannot be opened to add answers to it; another run may be doing so: "
                + $"{inUse.Message}", inUse);
        }
        try
        {
            var said = Encoding.UTF8.GetBytes($"longt5 answers: {owner}, best {kept}\n");
            if (_file.Length == 0) _file.Write(said);
            var found = new byte[said.Length];
            _file.Position = 0;
            if (_file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length
                || !found.AsSpan().SequenceEqual(said))
                throw new ArgumentException($"{path} does not hold the answers of {owner}, the best {kept} of each: "
                    + "name another file (--teacher-answers), or delete it.");
            _file.SetLength(Index());
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Answers that it holds.</summary>
    public int Count => _places.Count;

    /// <summary>The key of what is answered.</summary>
    public static UInt128 KeyOf(ReadOnlySpan<int> input, ReadOnlySpan<int> target)
    {
        var hash = new XxHash128();
        hash.Append(BitConverter.GetBytes(input.Length));
        hash.Append(MemoryMarshal.AsBytes(input));
        hash.Append(MemoryMarshal.AsBytes(target));
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>The answer of a key; null where there is none.</summary>
    public BestLogits? Find(UInt128 key)
    {
        if (!_places.TryGetValue(key, out var place)) return null;
        _file.Position = place;
        var (_, positions, _) = ReadHead()!.Value;
        var body = new byte[Length(positions)];
        _file.ReadExactly(body);
        var numbers = MemoryMarshal.Cast<byte, float>(body);
        var count = positions * _kept;
        return new(MemoryMarshal.Cast<byte, int>(body)[..count].ToArray(), numbers[count..(2 * count)].ToArray(),
            numbers[(2 * count)..].ToArray());
    }

    /// <summary>Adds an answer.</summary>
    public void Add(UInt128 key, BestLogits answer)
    {
        byte[] body = [.. MemoryMarshal.AsBytes<int>(answer.Ids), .. MemoryMarshal.AsBytes<float>(answer.Logits),
            .. MemoryMarshal.AsBytes<float>(answer.Rest)];
        var place = _file.Seek(0, SeekOrigin.End);
        using (var writer = new BinaryWriter(_file, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((ulong)(key >> 64));
            writer.Write((ulong)key);
            writer.Write(answer.Count);
            writer.Write(XxHash3.HashToUInt64(body));
            writer.Write(body);
        }
        _file.Flush();
        _places[key] = place;
    }

    // Where the last whole record ends.
    long Index()
    {
        while (true)
        {
            var place = _file.Position;
            if (ReadHead() is not var (key, positions, hash) || positions < 0
                || Length(positions) > _file.Length - _file.Position) return place;
            var body = new byte[Length(positions)];
            _file.ReadExactly(body);
            if (XxHash3.HashToUInt64(body) != hash) return place;
            _places[key] = place;
        }
    }

    (UInt128 Key, int Positions, ulong Hash)? ReadHead()
    {
        var head = new byte[Head];
        if (_file.ReadAtLeast(head, Head, throwOnEndOfStream: false) < Head) return null;
        return (new(BitConverter.ToUInt64(head), BitConverter.ToUInt64(head, 8)), BitConverter.ToInt32(head, 16),
            BitConverter.ToUInt64(head, 20));
    }

    long Length(int positions) => sizeof(float) * (2L * positions * _kept + positions);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
