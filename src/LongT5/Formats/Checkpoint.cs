using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>An open checkpoint: its configuration and its tensors, whatever layout they were published in.</summary>
/// <remarks>
/// <see cref="Open"/> has compared every name and shape with the configuration, so whoever asks for a tensor that
/// the configuration implies gets it. The tensors live until the checkpoint is disposed.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly IReadOnlyList<TensorFile> _files;

    private Checkpoint(IReadOnlyList<TensorFile> files) => _files = files;

    /// <summary>The file or folder that was opened.</summary>
    public required string Path { get; init; }

    /// <summary>safetensors, PyTorch or Flax, each perhaps sharded, or T5X.</summary>
    public required string Layout { get; init; }

    /// <summary>The shape of the model.</summary>
    public required LongT5Config Config { get; init; }

    /// <summary>
    /// Every tensor by its Hugging Face name, aliases resolved; <c>lm_head.weight</c> only if <see cref="HasOwnHead"/>.
    /// </summary>
    public required IReadOnlyDictionary<string, StoredTensor> Tensors { get; init; }

    /// <summary>Whether the head is a matrix of its own; otherwise it is <c>shared.weight</c>.</summary>
    public bool HasOwnHead => Head == ModelHead.Vocabulary;

    /// <summary>Whether the decoder's output is multiplied by <c>d_model^-0.5</c> before the head.</summary>
    public bool ScalesDecoderOutput => Config.ScalesOutput(HasOwnHead);

    /// <summary>What stands on the last states.</summary>
    public ModelHead Head => WeightShapes.HeadOf(!IsEncoderOnly, Tensors.ContainsKey);

    /// <summary>Whether there is no decoder at all.</summary>
    public required bool IsEncoderOnly { get; init; }

    /// <summary>What is odd about the checkpoint, a sentence each, for the user to read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>All of <c>config.json</c>: old checkpoints keep generation defaults there.</summary>
    public required JsonElement ConfigFields { get; init; }

    /// <summary>
    /// All of <c>generation_config.json</c>, where there is one; it stands above <see cref="ConfigFields"/>.
    /// </summary>
    public required JsonElement? GenerationFields { get; init; }

    /// <summary>Where <c>config.json</c> and the tokenizer's files are.</summary>
    public required string Folder { get; init; }

    /// <summary><c>spiece.model</c>, where there is one.</summary>
    public string? SentencePiecePath => Present(Folder, "spiece.model");

    /// <summary><c>tokenizer.json</c>, where there is one.</summary>
    public string? TokenizerJsonPath => Present(Folder, "tokenizer.json");

    /// <summary>
    /// The file that tells how a text becomes ids: the first of these, or a <c>tokenizer_config.json</c>, which is all
    /// that a model of bytes has; null where there is none.
    /// </summary>
    public string? VocabularyPath => SentencePiecePath ?? TokenizerJsonPath
        ?? (Present(Folder, "tokenizer_config.json") is { } config && VocabularyFiles.IsOfBytes(config)
            ? config : null);

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">A folder that holds <c>config.json</c> and weights, or a file of
    /// weights beside a <c>config.json</c>.</param>
    /// <param name="name">What messages call it; null for its path.</param>
    /// <param name="inMemory">
    /// Whether the files are read into memory of our own: slower to open and not shared with other processes, but
    /// nothing that happens to a file reaches this process any more. A mapped file that is cut while it is used ends
    /// the process.
    /// </param>
    /// <exception cref="BadFileException">A file is damaged, or its tensors are
    /// not those of the configuration.</exception>
    /// <exception cref="FileNotFoundException">There is no such checkpoint, or
    /// it lacks a file that is needed.</exception>
    public static Checkpoint Open(string path, string? name = null, bool inMemory = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Adapter.MistakenForModel(path) is { } adapter)
            throw new FileNotFoundException(adapter, path);
        if (StrayFolder.Dangling(path) is { } broken)
            throw new FileNotFoundException(broken, path);
        var layout = CheckpointLayout.Find(path);
        var folder = ConfigFolder(layout.Path);
        var configPath = System.IO.Path.Combine(folder, "config.json");
        var configFields = JsonFile.Read(configPath);
        var config = ConfigJson.Read(configFields);

        var files = layout.Open(WeightShapes.EncoderAttention(config), inMemory);
        try
        {
            var warnings = files.SelectMany(file => file.Warnings).ToList();
            var tensors = WeightNames.Canonical(layout.Path, config, files.SelectMany(file => file.Tensors), warnings);
            return new(files)
            {
                Path = name ?? path,
                Layout = layout.Name,
                Config = config,
                Tensors = tensors,
                IsEncoderOnly = !tensors.ContainsKey("decoder.final_layer_norm.weight"),
                Warnings = warnings,
                ConfigFields = configFields.Element,
                GenerationFields = Present(folder, "generation_config.json") is { } generation
                    ? JsonFile.Read(generation).Element : null,
                Folder = folder,
            };
        }
        catch
        {
            Close(files);
            throw;
        }
    }

    /// <summary>
    /// Reads every byte and looks for what <see cref="Open"/> could not see: wrong checksums, NaN, infinities.
    /// </summary>
    /// <returns>A sentence for each thing that is wrong; none if all is well.</returns>
    public IReadOnlyList<string> Verify(CancellationToken cancellation = default)
        => CheckpointVerification.Problems(_files, Tensors.Values, cancellation);

    /// <summary>
    /// Verifies the checkpoint and writes it as a folder that transformers loads again and that gives the same logits:
    /// safetensors, <c>config.json</c>, and copies of the tokenizer's files and of <c>generation_config.json</c>.
    /// </summary>
    /// <param name="folder">Where to; new or empty. It appears when it is whole.</param>
    /// <param name="type">
    /// F32, BF16 or F16 for all numbers, rounded to nearest even; null keeps the type of each. I8 for the matrices of
    /// products, those of attention in 11 bits, a scale a row beside each; what it makes is read by this library alone.
    /// </param>
    /// <param name="maxShardSize">Bytes of tensors in one file, at least 1; a
    /// larger tensor has a file of its own.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="BadFileException"><see cref="Verify"/> found something wrong.</exception>
    /// <exception cref="IOException">The folder exists and is not empty, or cannot be written.</exception>
    /// <exception cref="ArgumentException">A number is too large for F16, or the type is none of the four.</exception>
    public void Save(
        string folder, ElementType? type = null, long maxShardSize = 5_000_000_000,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardSize, 1);
        if (Verify(cancellation) is { Count: > 0 } problems)
            throw new BadFileException(Path, "it is not written anew, since it is damaged.\n  "
                + string.Join("\n  ", problems));
        CheckpointWriter.Write(this, folder, type, maxShardSize, cancellation);
    }

    /// <summary>
    /// This checkpoint with an adapter merged into it, to be saved; its files stay those of this one.
    /// </summary>
    /// <param name="adapter">Must live as long as the result is used.</param>
    /// <exception cref="BadFileException">The adapter does not fit the model.</exception>
    /// <exception cref="NotSupportedException">No matrix can hold what the adapter does.</exception>
    public Checkpoint Merge(Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var (config, head) = adapter.Over(Config, Head);
        return With(config, adapter.FieldsOver(ConfigFields, config, bringsHead: head != Head),
            MergedTensors.Of(this, adapter));
    }

    /// <summary>
    /// This checkpoint with its matrices of attention and feed-forward as products of two, to be saved.
    /// </summary>
    /// <param name="options">How far they are factored.</param>
    /// <param name="report">Hears of each matrix.</param>
    /// <param name="cancellation">Honoured between matrices.</param>
    /// <exception cref="ArgumentException">Neither an energy nor a rank is given, or both
    /// are, or one out of its range.</exception>
    /// <exception cref="NotSupportedException">The checkpoint is a T5, or in 8 bits.</exception>
    public Checkpoint Factor(
        LowRankOptions options, Action<FactoredMatrix>? report = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (config, fields, tensors) = LowRankFactors.Of(this, options, report, cancellation);
        return With(config, fields, tensors);
    }

    /// <summary>
    /// This checkpoint with some of its layers, evenly spaced, to be saved: a student that is to be trained. Everything
    /// else, the configuration's other fields among it, stays.
    /// </summary>
    /// <param name="encoderLayers">Layers of the encoder that are kept, from 1 to as many as there are.</param>
    /// <param name="decoderLayers">Layers of the decoder.</param>
    /// <exception cref="ArgumentException">There are not so many layers, or no decoder.</exception>
    /// <exception cref="NotSupportedException">The model has extensions, whose layers differ.</exception>
    public Checkpoint Shrink(int encoderLayers, int decoderLayers)
    {
        Check(encoderLayers, Config.NumLayers, "encoder");
        Check(decoderLayers, Config.NumDecoderLayers, "decoder");
        return Shrink(LayerChoice.ToCopy(Config.NumLayers, encoderLayers),
            LayerChoice.ToCopy(Config.NumDecoderLayers, decoderLayers));

        void Check(int wanted, int there, string stack)
        {
            if (wanted < 1 || wanted > there)
                throw new ArgumentException($"The {stack} of {Path} has {there} layers, and {wanted} are to be kept; "
                    + $"name a number from 1 to {there}.");
        }
    }

    /// <summary>The same with the layers that are named.</summary>
    /// <param name="encoder">What each layer of the student's encoder begins with; one or more.</param>
    /// <param name="decoder">What each layer of its decoder begins with.</param>
    /// <exception cref="ArgumentException">There is no such layer, none is named, or there is no decoder.</exception>
    /// <exception cref="NotSupportedException">The model has extensions, whose layers differ.</exception>
    public Checkpoint Shrink(IReadOnlyList<CopiedLayer> encoder, IReadOnlyList<CopiedLayer> decoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(decoder);
        if (IsEncoderOnly) throw new ArgumentException($"{Path} is an encoder alone; a whole model is needed.");
        if (Config.Extensions != ModelExtensions.None)
            throw new NotSupportedException($"{Path} has extensions (longt5_extended), whose layers differ; shrink the "
                + "plain model.");
        Check(encoder, Config.NumLayers, "encoder");
        Check(decoder, Config.NumDecoderLayers, "decoder");
        var (config, fields, tensors) = ShrunkenModel.Of(this, [.. encoder], [.. decoder]);
        return With(config, fields, tensors);

        void Check(IReadOnlyList<CopiedLayer> layers, int there, string stack)
        {
            if (layers.Count == 0) throw new ArgumentException($"No layer of the {stack} is named.");
            foreach (var layer in layers)
                if (layer.SelfAttention < 0 || layer.Others < 0 || layer.SelfAttention >= there
                    || layer.Others >= there)
                    throw new ArgumentException($"The {stack} of {Path} has the layers 0 to {there - 1}, and {layer} "
                        + "is to be kept.");
        }
    }

    /// <summary>This checkpoint with extensions, to be saved (<c>model_type</c> longt5_extended).</summary>
    /// <remarks>
    /// With a convolution it computes what it did, until it is trained; pooling and kernelized attention change it.
    /// </remarks>
    /// <param name="settings">Such as <c>convolution.kernel=31</c>; one that is not known is an error that lists those
    /// that are.</param>
    /// <exception cref="ArgumentException">A setting that is not known, or has no value.</exception>
    /// <exception cref="BadFileException">A value out of its range, or extensions that do not go together.</exception>
    /// <exception cref="NotSupportedException">The checkpoint is a T5, or in 8 bits.</exception>
    public Checkpoint Extend(IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (config, fields, tensors) = ExtendedModel.Of(this, settings);
        return With(config, fields, tensors);
    }

    /// <summary>The same files with other tensors.</summary>
    private Checkpoint With(LongT5Config config, JsonElement fields, OrderedDictionary<string, StoredTensor> tensors)
        => new(_files)
        {
            Path = Path,
            Layout = Layout,
            Config = config,
            Tensors = tensors,
            IsEncoderOnly = !tensors.ContainsKey("decoder.final_layer_norm.weight"),
            Warnings = Warnings,
            ConfigFields = fields,
            GenerationFields = GenerationFields,
            Folder = Folder,
        };

    /// <summary>Frees the tensors, once nothing computes with them any more.</summary>
    public void Dispose() => Close(_files);

    /// <summary>Keeps the tensors' bytes where they are until it is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The checkpoint was disposed.</exception>
    internal Lifetime Use()
    {
        var leases = new Lifetime();
        try
        {
            foreach (var file in _files)
                leases.Keep(file.Memory.Use(this));
            return leases;
        }
        catch
        {
            leases.Dispose();
            throw;
        }
    }

    private static void Close(IEnumerable<TensorFile> files)
    {
        foreach (var file in files)
            file.Dispose();
    }

    /// <summary>
    /// The folder of the weights, or for T5X, which has no <c>config.json</c> of its own, the one around it.
    /// </summary>
    private static string ConfigFolder(string weights)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(weights))!;
        if (Present(folder, "config.json") is not null)
            return folder;
        return System.IO.Path.GetFileName(weights) == "checkpoint"
            && System.IO.Path.GetDirectoryName(folder) is { } around
            && Present(around, "config.json") is not null
            ? around
            : throw new FileNotFoundException(StrayFolder.Dangling(System.IO.Path.Combine(folder, "config.json"))
                ?? $"{folder}: config.json is missing; it tells the shape of the model and lies beside "
                + "the weights where they are published.", System.IO.Path.Combine(folder, "config.json"));
    }

    private static string? Present(string folder, string name)
        => System.IO.Path.Combine(folder, name) is var path && StrayFolder.IsThere(path) ? path : null;
}
