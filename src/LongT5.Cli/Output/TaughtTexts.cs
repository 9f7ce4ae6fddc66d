using System.Globalization;
using System.Text;

namespace LongT5.Cli.Output;

/// <summary>
/// Texts with what a teacher wrote of them, as JSON Lines, and beside them the settings and how far the run has come.
/// </summary>
sealed class TaughtTexts : IDisposable
{
    private readonly string _progress;
    private readonly FileStream _stream;
    private readonly string? _last;

    /// <param name="path">The file; a run that was begun there goes on.</param>
    /// <param name="settings">What decides what is written, name by name.</param>
    /// <exception cref="Failure">It holds something else, or was begun with other settings.</exception>
    public TaughtTexts(string path, IEnumerable<(string Name, string Value)> settings)
    {
        _progress = $"{path}.progress";
        var told = Json.Object(writer =>
        {
            foreach (var (name, value) in settings) writer.WriteString(name, value);
        });
        var begun = File.Exists(_progress) ? File.ReadAllLines(_progress) : [];
        if (begun.Length == 0 && File.Exists(path))
            throw new Failure($"{path} exists already; name another file with -o, or delete it.");
        if (begun.Length > 0 && begun[0] != told)
            throw new Failure($"{path} was begun with other settings ({_progress}); name another file with -o, or "
                + "delete both.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw OutputFile.Unwritable(path, exception);
        }
        Settings = told;
        if (begun is [_, var length, var last])
        {
            // what was written of a text whose turn was not over is written again
            _stream.SetLength(long.Parse(length, CultureInfo.InvariantCulture));
            _last = last;
        }
        else
            _stream.SetLength(0);
        _stream.Seek(0, SeekOrigin.End);
        if (_last is null) Save("");
    }

    private string Settings { get; }

    /// <summary>The rows behind the last one that is done.</summary>
    /// <exception cref="Failure">That row is not among them.</exception>
    public IEnumerable<(string Name, string Text)> Rest(IEnumerable<(string Name, string Text)> rows)
    {
        var found = _last is null or "";
        foreach (var row in rows)
        {
            if (found) yield return row;
            found |= row.Name == _last;
        }
        if (!found)
            throw new Failure($"{_progress} says that the run had come to {_last}, which is not among the texts; name "
                + "the same ones, or another file with -o.");
    }

    /// <summary>A row is done; it is on the disk when this returns.</summary>
    /// <param name="name">The row.</param>
    /// <param name="taught">What is written of it; null where it is left out.</param>
    public void Add(string name, (string Document, string Summary, float Score)? taught)
    {
        if (taught is { } pair)
        {
            _stream.Write(Encoding.UTF8.GetBytes(Json.Object(writer =>
            {
                writer.WriteString("document", pair.Document);
                writer.WriteString("summary", pair.Summary);
                if (float.IsFinite(pair.Score)) writer.WriteNumber("score", pair.Score);
            }) + "\n"));
            _stream.Flush(flushToDisk: true);
        }
        Save(name);
    }

    private void Save(string last)
    {
        using var file = new OutputFile(_progress, force: true);
        file.Complete(string.Create(CultureInfo.InvariantCulture,
            $"{Settings}\n{_stream.Length}\n{last}\n"));
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
