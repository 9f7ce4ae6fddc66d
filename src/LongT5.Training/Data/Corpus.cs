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

    // Of fewer rows none is set aside whole.
    private const int Few = 10;

    private readonly FileStream _scratch;
    private readonly ArrayBufferWriter<byte> _row = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private readonly List<(long Offset, int Length)> _rows = [];
    private readonly List<ulong> _hashes = [];
    private readonly ConcurrentDictionary<int, IReadOnlyDictionary<string, string[]>> _kept = [];
    private long _keptBytes;

    private Corpus(FileStream? scratch = null)
    {
        _scratch = scratch ?? new(Path.Combine(Path.GetTempPath(), $"longt5-rows-{Guid.NewGuid():N}"),
            FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        // Where a file may lose its name while it is open, no end of the process can leave it behind.
        if (scratch is null && !OperatingSystem.IsWindows())
            File.Delete(_scratch.Name);
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>How rows came here that were read with others; null where they were not.</summary>
    internal string? SetAside { get; private init; }

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
        var bytes = Bytes(row);
        var texts = JsonSerializer.Deserialize<Dictionary<string, string[]>>(bytes)!;
        if (Interlocked.Add(ref _keptBytes, bytes.Length) <= MostKept) _kept.TryAdd(row, texts);
        return texts;
    }

    /// <summary>
    /// Parts the rows in those to train on and those to measure on: of many some, equal ones together; of few texts the
    /// end of each. Both live in the scratch file of this corpus, whose place they take.
    /// </summary>
    /// <param name="share">To measure on; a row at least.</param>
    /// <param name="most">Rows to measure on, unless several are equal.</param>
    /// <param name="objective">What the rows are for.</param>
    /// <param name="passage">Characters of a row of an end, about.</param>
    /// <exception cref="ArgumentException">The rows are too few, or too much alike.</exception>
    internal (Corpus Kept, Corpus HeldOut) HoldOut(double share, int most, Objective objective, int passage)
    {
        var kept = new Corpus(_scratch) { Read = Read, LeftOut = LeftOut };
        var how = Count >= Few ? $"set aside of {Count}" : Count == 1 ? "the end of a text" : $"the ends of {Count} texts";
        var held = new Corpus(_scratch) { SetAside = how };
        var last = _hashes.Order().ElementAt(Math.Clamp((int)Math.Round(share * Count), 1, most) - 1);
        for (var row = 0; row < Count; row++)
        {
            if (Count >= Few) (_hashes[row] <= last ? held : kept).Add(_rows[row], Bytes(row));
            else if (objective.Cut(Row(row), share, passage) is { } parts)
            {
                kept.Add(parts.Beginning);
                foreach (var end in parts.End) held.Add(end);
            }
        }
        if (kept.Count == 0 || held.Count == 0)
            throw new ArgumentException($"There are {Count} rows, which are too few or too much alike to set some aside "
                + "that the model is measured on: name others for that (heldOut, --held-out).");
        kept.Finish();
        held.Finish();
        return (kept, held);
    }

    private byte[] Bytes(int row)
    {
        var bytes = new byte[Length(row)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(_scratch.SafeFileHandle, bytes.AsSpan(read), _rows[row].Offset + read);
            read += count > 0 ? count : throw new IOException($"{_scratch.Name} became shorter while it was in use.");
        }
        return bytes;
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
        var rows = paths.SelectMany(path => Tables.Read(path, counting));
        foreach (var texts in Tables.Each<Dictionary<string, string[]>>(
            rows, counting, row => [objective.KnownTexts(row)]))
        {
            Read++;
            if (objective.Lacks(texts) is { } lack) LeaveOut(lack);
            else Add(texts);
        }
        LeftOut = leftOut;
        Finish();
    }

    private void Add(IReadOnlyDictionary<string, string[]> texts)
    {
        _row.ResetWrittenCount();
        Write(texts, _row);
        Add((_scratch.Position, _row.WrittenCount), _row.WrittenSpan);
        _scratch.Write(_row.WrittenSpan);
    }

    private void Add((long Offset, int Length) place, ReadOnlySpan<byte> row)
    {
        _rows.Add(place);
        _hashes.Add(XxHash3.HashToUInt64(row));
        _hash.AppendData(row);
    }

    private void Finish()
    {
        _scratch.Flush();
        Fingerprint = Convert.ToHexStringLower(_hash.GetHashAndReset());
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
    public void Dispose()
    {
        _scratch.Dispose();
        _hash.Dispose();
    }
}
