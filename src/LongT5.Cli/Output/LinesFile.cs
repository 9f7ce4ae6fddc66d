using System.Text;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Cli.Output;

/// <summary>
/// One file for the results of many texts, a JSON object a line; what stands in it stays when a run is stopped.
/// </summary>
sealed class LinesFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly HashSet<(string, long)> _rows = [];

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Opens the file to add to it. A last line that was cut by an interruption is taken away.</summary>
    /// <param name="path">The file; it is made, and its folder, if need be.</param>
    /// <param name="existing">What becomes of a file that is there.</param>
    /// <exception cref="Failure">It is there and may not be added to, cannot be
    /// written, or holds something else.</exception>
    public LinesFile(string path, Existing existing)
    {
        Path = path;
        if (existing == Existing.Refused)
            OutputFile.CheckFree(path, force: false);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw OutputFile.Unwritable(path, exception);
        }
        if (existing == Existing.Replaced)
            _stream.SetLength(0);
        _stream.SetLength(WholeLines.End(_stream));
        Done = ReadDone(path);
        _stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>The texts whose results stand in it, by the names that they have there.</summary>
    public IReadOnlySet<string> Done { get; }

    /// <summary>Of tables, whose rows are a text each, those whose results stand in it.</summary>
    public IReadOnlySet<(string Name, long Row)> DoneRows => _rows;

    /// <summary>Adds lines; they are on the disk when this returns.</summary>
    public void Add(string lines)
    {
        _stream.Write(Encoding.UTF8.GetBytes(lines));
        _stream.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private HashSet<string> ReadDone(string path)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        _stream.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(_stream, Encoding.UTF8, leaveOpen: true);
        for (var number = 1; reader.ReadLine() is { } line; number++)
            if (NameOf(line, out var isError, out var row) is not { } name)
                throw new Failure($"{path}, line {number} is no result of this program; name another file with -o, "
                    + $"or add --force to replace it.");
            else if (!isError && row is { } ofTable)
                _rows.Add((name, ofTable));
            else if (!isError)
                done.Add(name);
        return done;
    }

    private static string? NameOf(string line, out bool isError, out long? row)
    {
        (isError, row) = (false, null);
        try
        {
            using var json = JsonDocument.Parse(line);
            isError = json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out _);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("row", out var number) && number.TryGetInt64(out var at)) row = at;
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("file", out var file)
                && file.ValueKind == JsonValueKind.String ? file.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
