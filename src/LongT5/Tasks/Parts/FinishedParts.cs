using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Tasks.Parts;

/// <summary>Summaries of parts that an earlier run has made, in a file beside the result: JSON, a line each.</summary>
/// <remarks>
/// Each is known by the hash of all that decides it: the model's files, the options and the text of the part. What
/// cannot be read is made again.
/// </remarks>
/// <param name="path">The file; null to remember nothing.</param>
/// <param name="model">Whose summaries they are.</param>
/// <param name="rules">What holds for them beside their options.</param>
/// <param name="asked">What else decides them: evidence, quoting, and the like.</param>
sealed class FinishedParts(string? path, LongT5Model model, SummaryRules? rules, SummaryOptions asked)
{
    private readonly Dictionary<string, string> _lines = path is null ? [] : Read(path);
    private readonly string _model = path is null ? "" : Files(model.Folder) + Files(model.AdapterPath);

    /// <summary>The summary of a part; null where it is still to be made.</summary>
    public GeneratedText? Find(string part, TextOptions options)
        => path is not null && _lines.TryGetValue(Key(part, options), out var line) ? Parse(line) : null;

    /// <summary>Remembers one; the file is whole at any time.</summary>
    public void Add(string part, TextOptions options, GeneratedText summary)
    {
        if (path is null) return;
        var key = Key(part, options);
        _lines[key] = Line(key, summary);
        FileReplacement.Write(path, file => file.Write(Encoding.UTF8.GetBytes(string.Concat(_lines.Values))));
    }

    private string Key(string part, TextOptions options)
    {
        var all = string.Join('\0', _model, options.Generation, options.Prefix, rules, options.Long,
            options.MaxInputTokens, asked.Evidence, asked.Quoting, asked.CutAnywhere, asked.Strict, part);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..32];
    }

    private static string Files(string? folder) => folder is null ? "" : string.Concat(
        new DirectoryInfo(folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => $"{file.Name}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0"));

    private static Dictionary<string, string> Read(string path)
    {
        var lines = new Dictionary<string, string>();
        if (!File.Exists(path)) return lines;
        foreach (var line in File.ReadLines(path))
            if (Parse(line) is not null)
                lines[JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()!] = line + "\n";
        return lines;
    }

    private static string Line(string key, GeneratedText summary)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("key", key);
            writer.WriteString("text", summary.Text);
            if (float.IsFinite(summary.Score)) writer.WriteNumber("score", summary.Score);
            writer.WriteNumber("tokens_in", summary.InputTokens);
            writer.WriteNumber("tokens_dropped", summary.DroppedTokens);
            writer.WriteNumber("tokens_out", summary.OutputTokens);
            writer.WriteNumber("tokens_left_away", summary.LeftAwayTokens);
            writer.WriteBoolean("output_cut", summary.IsOutputCut);
            writer.WriteStartArray("warnings");
            foreach (var warning in summary.Warnings) writer.WriteStringValue(warning);
            writer.WriteEndArray();
            if (summary.Passages is { } passages) Write(writer, passages);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<Passage>> all)
    {
        writer.WriteStartArray("passages");
        foreach (var passages in all)
        {
            writer.WriteStartArray();
            foreach (var passage in passages)
            {
                writer.WriteStartObject();
                writer.WriteNumber("start", passage.Start);
                writer.WriteNumber("end", passage.End);
                writer.WriteNumber("weight", passage.Weight);
                writer.WriteString("text", passage.Text);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static Passage Passage(JsonElement fields) => new(fields.GetProperty("start").GetInt32(),
        fields.GetProperty("end").GetInt32(), fields.GetProperty("text").GetString()!,
        fields.GetProperty("weight").GetDouble());

    private static GeneratedText? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var fields = document.RootElement;
            _ = fields.GetProperty("key").GetString()!.Length;
            return new()
            {
                Text = fields.GetProperty("text").GetString()!,
                Score = fields.TryGetProperty("score", out var score) ? score.GetSingle() : float.NaN,
                InputTokens = fields.GetProperty("tokens_in").GetInt32(),
                DroppedTokens = fields.GetProperty("tokens_dropped").GetInt32(),
                OutputTokens = fields.GetProperty("tokens_out").GetInt32(),
                LeftAwayTokens = fields.GetProperty("tokens_left_away").GetInt32(),
                IsOutputCut = fields.GetProperty("output_cut").GetBoolean(),
                Warnings = [.. fields.GetProperty("warnings").EnumerateArray().Select(one => one.GetString()!)],
                Passages = fields.TryGetProperty("passages", out var passages)
                    ? [.. passages.EnumerateArray().Select(of => of.EnumerateArray().Select(Passage).ToList())] : null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException or NullReferenceException)
        {
            return null;
        }
    }
}
