using System.Text.RegularExpressions;

namespace LongT5.Formats;

/// <summary>
/// A <c>checkpoint_N</c> of T5X: the file <c>checkpoint</c> is a tree in MessagePack, whose leaves are small arrays or
/// descriptions of zarr folders beside it. Matrices are [in, out] and position
/// tables [head, bucket]: both are transposed.
/// </summary>
static partial class T5XCheckpoint
{
    /// <summary>The name that T5X writes where the real bucket is that of the checkpoint.</summary>
    private const string DummyBucket = "t5x-dummy-bucket";

    /// <param name="path">The file <c>checkpoint</c>.</param>
    /// <param name="encoderAttention">What Hugging Face calls the encoder's attention;
    /// T5X's names do not tell its kind.</param>
    /// <param name="inMemory">Whether the file is read whole; the zarr folders beside it always are.</param>
    /// <exception cref="BadFileException">Not T5X's, of a later version, or damaged.</exception>
    public static TensorFile Open(string path, string encoderAttention, bool inMemory = false)
    {
        var file = MappedFile.Open(path, inMemory);
        try
        {
            var root = Msgpack.Read(file) as OrderedDictionary<string, object?>;
            if (root?.GetValueOrDefault("version") is var version and not (null or long and >= 1 and <= 3))
                throw new BadFileException(path,
                    $"version {version} of T5X's checkpoints is not known; 3 is the latest that is.");
            var target = root?.GetValueOrDefault("optimizer") is OrderedDictionary<string, object?> optimizer
                ? optimizer.GetValueOrDefault("target")
                : root?.GetValueOrDefault("target");
            if (target is not OrderedDictionary<string, object?>)
                throw new BadFileException(path, "optimizer/target, the tree of weights of T5X, is missing.");
            return new(path,
                [.. FlaxFile.Leaves(path, target)
                    .Select(leaf => Tensor(file, leaf.Name, leaf.Value, encoderAttention))], file.Life);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static unsafe StoredTensor Tensor(MappedFile file, string path, object? value, string encoderAttention)
    {
        var name = HuggingFaceName(path, encoderAttention);
        var transpose = path.EndsWith("/kernel", StringComparison.Ordinal)
            || path.EndsWith("/rel_embedding", StringComparison.Ordinal);
        if (value is MsgpackArray inline)
            return FlaxFile.Tensor(file, name, inline, transpose);
        var array = ZarrArray.Open(Folder(file.Path, path, value as OrderedDictionary<string, object?>));
        transpose &= array.Shape.Length == 2;
        return new(file.Life, name, array.Type, transpose ? [array.Shape[1], array.Shape[0]] : array.Shape,
            destination => array.Read(transpose, destination));
    }

    /// <summary>
    /// The folder of an array; T5X writes its path relative to the checkpoint, whatever drives the store.
    /// </summary>
    private static string Folder(string path, string name, OrderedDictionary<string, object?>? description)
    {
        if (description?.GetValueOrDefault("driver") is not "zarr"
            || description.GetValueOrDefault("kvstore") is not OrderedDictionary<string, object?> store)
            throw new BadFileException(path, $"{name} is neither an array nor a zarr store.");
        var driver = store.GetValueOrDefault("driver");
        if (driver is not ("file" or "gfile") && !(driver is "gcs" && store.GetValueOrDefault("bucket") is DummyBucket))
            throw new BadFileException(path, $"{name} lies in a store driven by {driver}, which cannot be reached; "
                + "copy the checkpoint into a folder with T5X or gsutil.");
        return store.GetValueOrDefault("path") is string place && FileNames.IsPlain(place.TrimEnd('/'))
            ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, place.TrimEnd('/'))
            : throw new BadFileException(path,
                $"{name} is said to lie in {store.GetValueOrDefault("path")}, which is not a folder "
                + "of this checkpoint; it was not opened.");
    }

    /// <summary>
    /// From <c>encoder/layers_0/attention/query/kernel</c> to Hugging Face's name; what is not known keeps its own.
    /// </summary>
    internal static string HuggingFaceName(string path, string encoderAttention)
    {
        if (path is "token_embedder/embedding")
            return WeightShapes.Embedding;
        if (path is "decoder/logits_dense/kernel")
            return WeightShapes.Head;
        var match = Parts().Match(path);
        if (!match.Success)
            return path.Replace('/', '.');
        var stack = match.Groups["stack"].Value;
        var (self, last) = stack == "encoder" ? (encoderAttention, 1) : ("SelfAttention", 2);
        return match.Groups["what"].Value switch
        {
            "relpos_bias/rel_embedding" => $"{stack}.block.0.layer.0.{self}.relative_attention_bias.weight",
            "side_relpos_bias/rel_embedding" => $"{stack}.block.0.layer.0.{self}.global_relative_attention_bias.weight",
            "encoder_norm/scale" or "decoder_norm/scale" => $"{stack}.final_layer_norm.weight",
            var part when Inside(part, self, last) is { } inside =>
                $"{stack}.block.{match.Groups["i"].Value}.layer.{inside}.weight",
            _ => path.Replace('/', '.'),
        };
    }

    private static string? Inside(string part, string self, int last)
    {
        return part.Split('/') switch
        {
            ["attention", "T5LayerNorm_0", "scale"] => $"0.{self}.global_input_layer_norm",
            ["attention" or "self_attention", var matrix, "kernel"] when Letter(matrix) is { } letter =>
                $"0.{self}.{letter}",
            ["encoder_decoder_attention", var matrix, "kernel"] when Letter(matrix) is { } letter =>
                $"1.EncDecAttention.{letter}",
            ["pre_attention_layer_norm" or "pre_self_attention_layer_norm", "scale"] => "0.layer_norm",
            ["pre_cross_attention_layer_norm", "scale"] => "1.layer_norm",
            ["pre_mlp_layer_norm", "scale"] => $"{last}.layer_norm",
            ["mlp", "wi" or "wi_0" or "wi_1" or "wo", "kernel"] => $"{last}.DenseReluDense.{part.Split('/')[1]}",
            _ => null,
        };

        static string? Letter(string matrix) => matrix switch
        {
            "query" => "q",
            "key" => "k",
            "value" => "v",
            "out" => "o",
            _ => null,
        };
    }

    [GeneratedRegex("^(?<stack>encoder|decoder)/(layers_(?<i>[0-9]+)/)?(?<what>.+)$")]
    private static partial Regex Parts();
}
