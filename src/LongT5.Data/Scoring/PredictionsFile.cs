using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LongT5.Data.Files;
using LongT5.Data.Rows;
using LongT5.Formats;

namespace LongT5.Data.Scoring;

/// <summary>
/// A file of predictions as JSON Lines, one an example; what stands in it need not be computed again.
/// </summary>
public sealed class PredictionsFile : IDisposable
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FileStream _stream;

    private PredictionsFile(FileStream stream) => _stream = stream;

    /// <summary>Opens a file to add to it. A last line that was cut by an interruption is taken away.</summary>
    /// <param name="path">The file; it is made if it is not there.</param>
    /// <param name="found">What stands in it.</param>
    /// <exception cref="BadFileException">A line is no prediction.</exception>
    public static PredictionsFile Open(string path, out IReadOnlyList<Prediction> found)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            stream.SetLength(WholeLines.End(stream));
            found = [.. Read(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))];
            stream.Seek(0, SeekOrigin.End);
            return new(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The predictions of a file, of this program or another: JSONL, JSON, CSV or Parquet with a
    /// column <c>prediction</c>, or plain lines.
    /// </summary>
    /// <remarks>Without a column <c>id</c>, or in a text file, a prediction is called by its place: 1, 2, ...</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IEnumerable<Prediction> Read(string path)
        => File.Exists(path)
            ? Read(path, () => File.OpenRead(path))
            : throw new FileNotFoundException($"{path} does not exist, or is no file.");

    /// <summary>Adds a prediction; it is on the disk when this returns.</summary>
    public void Add(Prediction prediction)
    {
        _stream.Write(Encoding.UTF8.GetBytes(Line(prediction)));
        _stream.Flush(flushToDisk: true);
    }

    /// <summary>A prediction as a line of such a file.</summary>
    public static string Line(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        using var line = new MemoryStream();
        using (var writer = new Utf8JsonWriter(line, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("id", prediction.Id);
            writer.WriteString("prediction", prediction.Text);
            writer.WriteNumber("input_tokens", prediction.InputTokens);
            writer.WriteNumber("dropped_tokens", prediction.DroppedTokens);
            writer.WriteNumber("output_tokens", prediction.OutputTokens);
            writer.WriteNumber("seconds", Math.Round(prediction.Seconds, 3));
            writer.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        return Encoding.UTF8.GetString(line.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static IEnumerable<Prediction> Read(string path, Func<Stream> open)
    {
        var file = new DataFile(Path.GetFileName(path), path, open);
        var options = new ReadOptions();
        if (Tables.Kind(path) is null)
            return TextRows.Lines(file, options)
                .Select(line => new Prediction(line.Number.ToString(CultureInfo.InvariantCulture), line.Line));
        var place = 0;
        return Tables.Each(Tables.Of(file, options), options, row => (Prediction[])[FromRow(row, ++place)]);
    }

    private static Prediction FromRow(Row row, int place) => new(row.Has("id")
        ? row.Label("id") : $"{place}", row.Text([.. TextsFile.PredictionColumns]))
    {
        InputTokens = Number(row, "input_tokens"),
        DroppedTokens = Number(row, "dropped_tokens"),
        OutputTokens = Number(row, "output_tokens"),
        Seconds = row.Has("seconds") && row["seconds"].ValueKind == JsonValueKind.Number
            ? row["seconds"].GetDouble() : 0,
    };

    private static int Number(Row row, string name)
        => row.Has(name) && row[name].ValueKind == JsonValueKind.Number && row[name].TryGetInt32(out var value)
            ? value : 0;
}
