using System.Diagnostics;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Generation;

/// <summary>
/// What the reference generated, and the model it used: a trained one in the whole collection, a tiny one of random
/// weights in the small selection.
/// </summary>
public sealed class RecordedModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly Network _network;
    private readonly Dictionary<string, EncodedInput> _encoded = [];

    public RecordedModel()
    {
        _checkpoint = Checkpoint.Open(Goldens.Whole
            ? Goldens.Path("generation", "model") : Goldens.Path("formats", "safetensors"));
        _network = Network.Load(_checkpoint, Workers.Shared);
        FromFiles = GenerationOptions.FromModelFile(_checkpoint.GenerationFields ?? default)
            .Over(GenerationOptions.FromModelFile(_checkpoint.ConfigFields));
    }

    /// <summary>What the model's files say of generation.</summary>
    public GenerationOptions FromFiles { get; }

    public static IReadOnlyList<RecordedCase> Cases { get; } =
        [.. Document().GetProperty("cases").EnumerateArray().Select(json => new RecordedCase(json))];

    /// <summary>Inputs are encoded once for all cases.</summary>
    public DecoderSession Start(IReadOnlyList<int[]> inputs) => _network.StartDecoding([.. inputs.Select(Encode)]);

    public IReadOnlyList<Generated> Run(
        IReadOnlyList<int[]> inputs, GenerationOptions options, GenerationListener? listener = null)
    {
        using var session = Start(inputs);
        return Generator.Run(session, inputs, options.Resolve(FromFiles), listener: listener);
    }

    public void Dispose()
    {
        foreach (var input in _encoded.Values)
            input.Dispose();
        _network.Dispose();
        _checkpoint.Dispose();
    }

    private EncodedInput Encode(int[] ids)
    {
        var key = string.Join(' ', ids);
        if (!_encoded.TryGetValue(key, out var encoded))
            _encoded.Add(key, encoded = _network.Encode(ids));
        return encoded;
    }

    private static JsonElement Document()
    {
        var path = Goldens.Path("generation", "cases.json");
        if (!Goldens.Whole)
            return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        using var xz =
            Process.Start(new ProcessStartInfo("xz", ["-dc", path + ".xz"]) { RedirectStandardOutput = true })!;
        var json = JsonDocument.Parse(xz.StandardOutput.BaseStream);
        xz.WaitForExit(TimeSpan.FromMinutes(1));
        return json.RootElement;
    }
}

/// <summary>One call of the reference's <c>generate</c>, and what it gave.</summary>
public sealed class RecordedCase
{
    public RecordedCase(JsonElement json)
    {
        Name = json.GetProperty("name").GetString()!;
        Inputs = json.GetProperty("inputs")[0].ValueKind == JsonValueKind.Number
            ? [Ints(json.GetProperty("inputs"))] : Lists(json.GetProperty("inputs"));
        Options = GenerationOptions.FromJson(json.GetProperty("options"));
        if (json.TryGetProperty("decoder_input_ids", out var begin))
            Options = Options with
            {
                DecoderInputIds = begin[0].ValueKind == JsonValueKind.Number
                ? [Ints(begin)] : Lists(begin)
            };
        Sequences = Lists(json.GetProperty("sequences"));
        Scores = json.TryGetProperty("sequences_scores", out var scores)
            ? [.. scores.EnumerateArray().Select(score => score.GetSingle())] : null;
    }

    public string Name { get; }

    public int[][] Inputs { get; }

    public GenerationOptions Options { get; }

    /// <summary>As recorded, with the padding of batches.</summary>
    public int[][] Sequences { get; }

    public float[]? Scores { get; }

    private static int[][] Lists(JsonElement json) => [.. json.EnumerateArray().Select(Ints)];

    private static int[] Ints(JsonElement json) => [.. json.EnumerateArray().Select(item => item.GetInt32())];
}
