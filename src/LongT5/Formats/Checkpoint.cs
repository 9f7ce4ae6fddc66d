using System.Text.Json;

namespace LongT5.Formats;

/// <summary>An open checkpoint: its configuration and its tensors, whatever layout they were published in.</summary>
/// <remarks>
/// <see cref="Open"/> has compared every name and shape with the configuration, so whoever asks for a tensor that
/// the configuration implies gets it. The tensors live until the checkpoint is disposed.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _files;

    private Checkpoint(IReadOnlyList<IDisposable> files) => _files = files;

    /// <summary>The file or folder that was opened.</summary>
    public required string Path { get; init; }

    /// <summary>The layout: <c>safetensors</c>, ...</summary>
    public required string Layout { get; init; }

    /// <summary>The shape of the model.</summary>
    public required LongT5Config Config { get; init; }

    /// <summary>Every tensor by its Hugging Face name, aliases resolved; <c>lm_head.weight</c> only if <see cref="HasOwnHead"/>.</summary>
    public required IReadOnlyDictionary<string, StoredTensor> Tensors { get; init; }

    /// <summary>Whether the head is a matrix of its own; otherwise it is <c>shared.weight</c>.</summary>
    public bool HasOwnHead => Tensors.ContainsKey(WeightShapes.Head);

    /// <summary>Whether the decoder's output is multiplied by <c>d_model^-0.5</c> before the head.</summary>
    public bool ScalesDecoderOutput => !HasOwnHead && Config.TieWordEmbeddings;

    /// <summary>Whether there is no decoder at all.</summary>
    public required bool IsEncoderOnly { get; init; }

    /// <summary>What is odd about the checkpoint, a sentence each, for the user to read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>All of <c>config.json</c>: old checkpoints keep generation defaults there.</summary>
    public required JsonElement ConfigFields { get; init; }

    /// <summary>All of <c>generation_config.json</c>, where there is one; it stands above <see cref="ConfigFields"/>.</summary>
    public required JsonElement? GenerationFields { get; init; }

    /// <summary><c>spiece.model</c>, where there is one.</summary>
    public required string? SentencePiecePath { get; init; }

    /// <summary><c>tokenizer.json</c>, where there is one.</summary>
    public required string? TokenizerJsonPath { get; init; }

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">A folder that holds <c>config.json</c> and weights.</param>
    /// <exception cref="BadFileException">A file is damaged, or its tensors are not those of the configuration.</exception>
    /// <exception cref="FileNotFoundException">There is no such folder, or it lacks a file that is needed.</exception>
    public static Checkpoint Open(string path)
    {
        var folder = Directory.Exists(path) ? path : throw new FileNotFoundException($"{path}: there is no such folder.", path);
        var configPath = Needed(folder, "config.json");
        using var config = ConfigJson.ParseObject(configPath, File.ReadAllBytes(configPath));
        var shape = ConfigJson.Read(configPath, config.RootElement);

        var weights = Safetensors.Open(Needed(folder, "model.safetensors"));
        try
        {
            var tensors = WeightNames.Canonical(weights.Path, shape, weights.Tensors.Values, out var warnings);
            return new([weights])
            {
                Path = path,
                Layout = "safetensors",
                Config = shape,
                Tensors = tensors,
                IsEncoderOnly = !tensors.ContainsKey("decoder.final_layer_norm.weight"),
                Warnings = warnings,
                ConfigFields = config.RootElement.Clone(),
                GenerationFields = Present(folder, "generation_config.json") is { } generation ? Fields(generation) : null,
                SentencePiecePath = Present(folder, "spiece.model"),
                TokenizerJsonPath = Present(folder, "tokenizer.json"),
            };
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private static JsonElement Fields(string path)
    {
        using var document = ConfigJson.ParseObject(path, File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    private static string? Present(string folder, string name)
        => System.IO.Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;

    private static string Needed(string folder, string name)
        => Present(folder, name) ?? throw new FileNotFoundException($"{folder}: {name} is missing.", name);
}
