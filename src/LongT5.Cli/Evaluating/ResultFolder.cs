using System.Text.Json;
using LongT5.Cli.Output;
using LongT5.Data.Scoring;

namespace LongT5.Cli.Evaluating;

/// <summary>The folder of one evaluation: settings.json, predictions.jsonl, results.json and results.md.</summary>
/// <remarks>It goes on with the settings that it began with, so that it never holds the results of two runs.</remarks>
sealed class ResultFolder
{
    private readonly string _path;

    /// <param name="path">The folder; it is made if need be.</param>
    /// <param name="settings">What this run is told, name by name.</param>
    /// <exception cref="Failure">It cannot be written, or holds a run with other settings.</exception>
    public ResultFolder(string path, IEnumerable<(string Name, string Value)> settings)
    {
        _path = path;
        var file = Path.Combine(path, "settings.json");
        var now = Json.Object(writer =>
        {
            foreach (var (name, value) in settings) writer.WriteString(name, value);
        });
        if (!File.Exists(file))
            Write("settings.json", now);
        else if (File.ReadAllText(file) != now)
            throw new Failure(
                $"{path} holds a run with other settings ({file}); name another folder with -o, or delete it.");
    }

    /// <summary>What an evaluation leaves there, for people.</summary>
    public string Files
        => $"{Path.Combine(_path, "results.md")}, results.json"
            + (File.Exists(Predictions) ? ", predictions.jsonl" : "");

    /// <summary>The predictions that are written as they come.</summary>
    public string Predictions => Path.Combine(_path, "predictions.jsonl");

    /// <summary>Writes the predictions all at once.</summary>
    public void Write(IEnumerable<Prediction> predictions)
        => Write("predictions.jsonl", string.Concat(predictions.Select(PredictionsFile.Line)));

    /// <summary>Writes the result for programs and for people.</summary>
    public void Write(Report report)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true })) report.Write(writer);
        Write("results.json", System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
        Write("results.md", report.ToMarkdown());
    }

    private void Write(string name, string text)
    {
        using var file = new OutputFile(Path.Combine(_path, name), force: true);
        file.Complete(text);
    }
}
