using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using LongT5.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Data;

/// <summary>The rows that an objective can learn from, each found again by its number.</summary>
/// <remarks>
/// Opening a corpus reads and checks every row once. What the objective needs of it is set aside in a scratch file,
/// where rows of any layout lie side by side. Safe for any number of threads.
/// </remarks>
public sealed class Corpus : IDisposable
{
    // Rows are kept parsed up to so many bytes: a book is drawn from many times, a passage at a time.
    private const long MostKept = 512 << 20;

    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FileStream _scratch = new(
        Path.Combine(Path.GetTempPath(), $"longt5-rows-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private readonly List<(long Offset, int Length)> _rows = [];
    private readonly List<ulong> _hashes = [];
    private readonly ConcurrentDictionary<int, IReadOnlyDictionary<string, string[]>> _kept = [];
    private long _keptBytes;

    private Corpus()
    {
        // Where a file may lose its name while it is open, no end of the process can leave it behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(_scratch.Name);
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Rows that were read, those left out among them.</summary>
    public long Read { get; private set; }

    /// <summary>Rows that were left out, by the reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; private set; } = new Dictionary<string, int>();

    /// <summary>SHA-256 of all rows, in order, in hexadecimal: what the run was trained on.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>Opens files and folders.</summary>
    /// <param name="paths">What <see cref="Tables.Read"/> reads.</param>
    /// <param name="objective">What the rows are for.</param>
    /// <param name="reading">Which split, and what happens to bad rows.</param>
    /// <exception cref="FileNotFoundException">There is nothing at a path.</exception>
    /// <exception cref="BadFileException">
    /// A row is bad, and bad rows are not skipped; or there is none that can be learned from.
    /// </exception>
    public static Corpus Open(IReadOnlyList<string> paths, Objective objective, ReadOptions reading)
    {
        var corpus = new Corpus();
        try
        {
            corpus.Fill(paths, objective, reading);
        }
        catch
        {
            corpus.Dispose();
            throw;
        }
        if (corpus.Count == 0)
            throw new BadFileException(string.Join(", ", paths),
                $"there is no row to learn from in it{Told(corpus.LeftOut)}");
        return corpus;
    }

    /// <summary>Reasons and their numbers, in brackets; nothing where there are none.</summary>
    internal static string Told(IReadOnlyDictionary<string, int> reasons)
        => reasons.Count == 0 ? ""
            : $" ({string.Join(", ", reasons.Select(reason => $"{reason.Value} {reason.Key}"))})";

    /// <summary>A number for each row: equal rows have equal ones.</summary>
    internal IReadOnlyList<ulong> Hashes => _hashes;

    /// <summary>Bytes that a row takes, which says about how long its texts are.</summary>
    public int Length(int row) => _rows[row].Length;

    /// <summary>The texts of a row by the names of their columns; a list of texts stays a list.</summary>
    public IReadOnlyDictionary<string, string[]> Row(int row)
    {
        if (_kept.TryGetValue(row, out var kept)) return kept;
        var bytes = new byte[Length(row)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(_scratch.SafeFileHandle, bytes.AsSpan(read), _rows[row].Offset + read);
            read += count > 0 ? count : throw new IOException($"{_scratch.Name} became shorter while it was in use.");
        }
        var texts = JsonSerializer.Deserialize<Dictionary<string, string[]>>(bytes)!;
        if (Interlocked.Add(ref _keptBytes, bytes.Length) <= MostKept) _kept.TryAdd(row, texts);
        return texts;
    }

    private void Fill(IReadOnlyList<string> paths, Objective objective, ReadOptions reading)
    {
        var leftOut = new Dictionary<string, int>();
        void LeaveOut(string reason) => leftOut[reason] = leftOut.GetValueOrDefault(reason) + 1;
        var counting = reading.SkipBad is { } skip ? reading with
        {
            SkipBad = problem =>
            {
                Read++;
                LeaveOut("bad");
                skip(problem);
            },
        } : reading;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var texts in Tables.Each<Dictionary<string,
            string[]>>(paths.SelectMany(path => Tables.Read(path, counting)), counting, row => [objective.Texts(row)]))
        {
            Read++;
            if (objective.Lacks(texts) is { } lack)
            {
                LeaveOut(lack);
                continue;
            }
            buffer.ResetWrittenCount();
            Write(texts, buffer);
            hash.AppendData(buffer.WrittenSpan);
            _rows.Add((_scratch.Position, buffer.WrittenCount));
            _hashes.Add(XxHash3.HashToUInt64(buffer.WrittenSpan));
            _scratch.Write(buffer.WrittenSpan);
        }
        _scratch.Flush();
        LeftOut = leftOut;
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Write(IReadOnlyDictionary<string, string[]> texts, ArrayBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, s_plain);
        json.WriteStartObject();
        foreach (var (column, values) in texts)
        {
            json.WriteStartArray(column);
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();
}
