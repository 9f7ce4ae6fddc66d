using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LongT5.Formats;
using Microsoft.Win32.SafeHandles;

namespace LongT5.Training.Data;

/// <summary>Rows with named texts in JSON Lines, CSV and plain text files, each found again by its number.</summary>
/// <remarks>
/// Opening a corpus reads it once, to find the rows and to fingerprint the bytes; the rows stay on the disk.
/// Safe for any number of threads.
/// </remarks>
public sealed class Corpus : IDisposable
{
    /// <summary>The longest row that is accepted, in bytes.</summary>
    public const int LongestRow = 256 << 20;

    // Rows are kept parsed up to so many bytes: a book is drawn from many times, a passage at a time.
    private const long MostKept = 512 << 20;

    private readonly List<SafeFileHandle> _files = [];
    private readonly List<string> _paths = [];
    private readonly List<string[]> _headers = [];
    private readonly List<Place> _rows = [];
    private readonly ConcurrentDictionary<int, IReadOnlyDictionary<string, string[]>> _kept = [];
    private long _keptBytes;

    private Corpus()
    {
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>SHA-256 of every byte of every file, in order, in hexadecimal: what the run was trained on.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>Opens files and folders.</summary>
    /// <param name="paths">
    /// <c>.jsonl</c>: a JSON object a line. <c>.csv</c>: RFC 4180 with a line of names. A folder: its files of these
    /// kinds; where it has subfolders instead, each is a column and equal file names are one row. Anything else: one text.
    /// </param>
    /// <exception cref="BadFileException">A file has no rows, or a row is out of bounds.</exception>
    public static Corpus Open(IReadOnlyList<string> paths)
    {
        var corpus = new Corpus();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (string path in paths)
                corpus.Add(path, hash);
        }
        catch
        {
            corpus.Dispose();
            throw;
        }
        if (corpus.Count == 0)
            throw new BadFileException(string.Join(", ", paths), "there is no row of text in it");
        corpus.Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
        return corpus;
    }

    /// <summary>Bytes that a row takes, which says about how long its texts are.</summary>
    public int Length(int row) => _rows[row].Parts.Sum(part => part.Length);

    /// <summary>The file of a row.</summary>
    public string PathOf(int row) => _paths[_rows[row].Parts[0].File];

    /// <summary>The texts of a row by the names of their columns; a list of texts stays a list.</summary>
    /// <exception cref="BadFileException">The row is not what its file's kind demands.</exception>
    public IReadOnlyDictionary<string, string[]> Row(int row)
    {
        if (_kept.TryGetValue(row, out var kept)) return kept;
        var fields = Read(row);
        if (Interlocked.Add(ref _keptBytes, Length(row)) <= MostKept) _kept.TryAdd(row, fields);
        return fields;
    }

    private Dictionary<string, string[]> Read(int row)
    {
        var fields = new Dictionary<string, string[]>();
        foreach (Part part in _rows[row].Parts)
        {
            byte[] bytes = new byte[part.Length];
            for (int read = 0; read < bytes.Length;)
            {
                int got = RandomAccess.Read(_files[part.File], bytes.AsSpan(read), part.Offset + read);
                if (got == 0)
                    throw new BadFileException(_paths[part.File], "it became shorter while it was in use", part.Offset);
                read += got;
            }
            switch (part.Kind)
            {
                case RowKind.Json:
                    Rows.ReadJson(bytes, fields, _paths[part.File], part.Offset);
                    break;
                case RowKind.Csv:
                    Rows.ReadCsv(bytes, _headers[part.File], fields, _paths[part.File], part.Offset);
                    break;
                default:
                    fields[part.Column] = [Encoding.UTF8.GetString(bytes)];
                    break;
            }
        }
        return fields;
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void Add(string path, IncrementalHash hash)
    {
        if (!Directory.Exists(path))
        {
            AddFile(path, "text", hash, null);
            return;
        }
        string[] columns = Directory.GetDirectories(path);
        string[] files = Directory.GetFiles(path);
        Array.Sort(files, StringComparer.Ordinal);
        Array.Sort(columns, StringComparer.Ordinal);
        foreach (string file in files)
            AddFile(file, "text", hash, null);
        var rows = new SortedDictionary<string, List<Part>>(StringComparer.Ordinal);
        foreach (string column in files.Length > 0 ? [] : columns)
            foreach (string file in Directory.GetFiles(column).Order(StringComparer.Ordinal))
                AddFile(file, System.IO.Path.GetFileName(column), hash, rows);
        _rows.AddRange(rows.Values.Select(parts => new Place([.. parts])));
    }

    private void AddFile(string path, string column, IncrementalHash hash, SortedDictionary<string, List<Part>>? byName)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} does not exist.");
        SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        _files.Add(file);
        _paths.Add(path);
        _headers.Add([]);
        RowKind kind = byName is not null ? RowKind.Text : System.IO.Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => RowKind.Json,
            ".csv" => RowKind.Csv,
            ".json" or ".parquet" or ".tsv" or ".gz" or ".xz" or ".zst" or ".zip" or ".pdf" or ".docx" => throw new BadFileException(
                path, "files of this kind are not read here; JSON Lines (.jsonl), CSV (.csv) and plain text are (longt5 data makes JSON Lines of published data sets)"),
            _ => RowKind.Text,
        };
        var found = Rows.Find(file, kind, hash, path);
        if (kind == RowKind.Csv && found.Count > 0)
        {
            byte[] names = new byte[found[0].Length];
            _ = RandomAccess.Read(file, names, found[0].Offset);
            _headers[^1] = Rows.SplitCsv(Encoding.UTF8.GetString(names), path, 0);
            found.RemoveAt(0);
        }
        foreach ((long offset, int length) in found)
        {
            var part = new Part(_files.Count - 1, kind, offset, length, column);
            if (byName is null)
                _rows.Add(new Place([part]));
            else if (byName.TryGetValue(System.IO.Path.GetFileNameWithoutExtension(path), out var parts))
                parts.Add(part);
            else
                byName[System.IO.Path.GetFileNameWithoutExtension(path)] = [part];
        }
    }

    private readonly record struct Part(int File, RowKind Kind, long Offset, int Length, string Column);

    private readonly record struct Place(Part[] Parts);
}
