using System.Globalization;
using System.IO.Enumeration;

namespace LongT5.Formats;

/// <summary>What a folder without weights is instead, told in one sentence with what to do.</summary>
static class StrayFolder
{
    /// <summary>Files by which the weights of other programs are known.</summary>
    private static readonly (string Pattern, string What)[] Foreign =
    [
        ("*.distcp", "the shards of PyTorch's FSDP; join them with accelerate merge-weights"),
        ("*fsdp*", "the shards of PyTorch's FSDP; join them with accelerate merge-weights"),
        ("zero_to_fp32.py",
            "the shards of DeepSpeed; run the zero_to_fp32.py that lies there, and open what it writes"),
        ("global_step*", "the shards of DeepSpeed; run zero_to_fp32.py, and open what it writes"),
        ("*_optim_states.pt", "the shards of DeepSpeed; run zero_to_fp32.py, and open what it writes"),
        ("*.h5", "weights of TensorFlow; transformers 4 writes safetensors of them (from_pretrained with "
            + "from_tf=True, then save_pretrained)"),
        ("saved_model.pb", "a model of TensorFlow; take the checkpoint that it was made from"),
        ("model.ckpt*", "weights of TensorFlow; take the checkpoint in PyTorch's, Flax's or T5X's layout"),
        ("*.onnx", "a graph of ONNX; take the checkpoint that it was made from"),
        ("onnx", "a graph of ONNX; take the checkpoint that it was made from"),
        ("*.gguf", "a GGUF file; take the checkpoint that it was made from"),
        ("openvino_model.*", "a model of OpenVINO; take the checkpoint that it was made from"),
        ("*.ot", "weights of rust-bert; take the checkpoint that they were made from"),
        ("shared_vocabulary.*", "a model of CTranslate2; take the checkpoint that it was made from"),
        ("*.incomplete", "a download that is not finished; fetch the checkpoint again"),
    ];

    private static readonly (string Pattern, string Index)[] Shards =
    [
        ("model-*-of-*.safetensors", "model.safetensors.index.json"),
        ("pytorch_model-*-of-*.bin", "pytorch_model.bin.index.json"),
        ("flax_model-*-of-*.msgpack", "flax_model.msgpack.index.json"),
    ];

    /// <summary>The sentence for a folder; null if nothing there is known.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="weights">Names that weights have.</param>
    public static string? Explain(string folder, IEnumerable<string> weights)
        => weights.Prepend("config.json").Select(name => Dangling(Path.Combine(folder, name)))
            .FirstOrDefault(said => said is not null)
            ?? Adapter(Path.Combine(folder, "adapter_config.json"))
            ?? Shards.Where(shard => Has(folder, shard.Pattern))
                .Select(shard => $"{folder}: the shards of the weights are there, but not "
                + $"{shard.Index}, which says where each tensor is; fetch it into this folder too.").FirstOrDefault()
            ?? TrainerOutput(folder)
            ?? (WeightsOfOthers(Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)))
                is { } others ? $"{folder}: there are no weights that can be read, but {others}." : null);

    /// <summary>What other program's weights are among some names, and what to do; null where none are.</summary>
    public static string? WeightsOfOthers(IEnumerable<string> names)
        => names.ToList() is var all ? Foreign.FirstOrDefault(known
            => all.Exists(name => FileSystemName.MatchesSimpleExpression(known.Pattern, name))).What : null;

    /// <summary>Whether a file is there, behind all links that lead to it.</summary>
    public static bool IsThere(string file) => File.Exists(file) && Dangling(file) is null;

    /// <summary>The sentence for a link whose target is gone; null for anything else.</summary>
    public static string? Dangling(string file)
    {
        var link = new FileInfo(file);
        try
        {
            if (link.LinkTarget is null || Directory.Exists(file)
                || link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true })
                return null;
        }
        catch (IOException)
        {
            // Links that lead to each other.
        }
        return $"{file} is a link to {link.LinkTarget}, which is not there: a download was broken off or its cache "
            + $"was cleaned; fetch the checkpoint again.";
    }

    /// <summary>The sentence for one shard of several; null for a file that may be whole.</summary>
    public static string? Shard(string file)
        => Path.GetFileNameWithoutExtension(file).Split('-') is [.., var number, "of", var count]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var shards) && shards > 1
            ? $"{file} is one of {shards} shards; open the folder, or the index in it, which says where each tensor is."
            : null;

    private static string? Adapter(string config)
    {
        if (!File.Exists(config))
            return null;
        var named = JsonFile.Read(config)["base_model_name_or_path"].Given is { IsText: true } field
            ? field.Text() : "a model that it does not name";
        return $"{Path.GetDirectoryName(config)}: this is an adapter for {named}, without the model that it changes; "
            + "open that model and lay the adapter on it, or open what both give when they are merged.";
    }

    /// <summary>A trainer's output folder: the weights are in its numbered checkpoints.</summary>
    private static string? TrainerOutput(string folder)
    {
        (string Folder, string Name)[] places = [(folder, "checkpoint-"),
            (Path.Combine(folder, "checkpoints"), "step-")];
        var newest = places
            .Where(place => Directory.Exists(place.Folder))
            .SelectMany(place => Directory.EnumerateDirectories(place.Folder, $"{place.Name}*")
                .Select(found => (Path: found,
                Step: long.TryParse(Path.GetFileName(found)[place.Name.Length..], NumberStyles.None,
                    CultureInfo.InvariantCulture, out var step) ? step : -1)))
            .Where(found => found.Step >= 0).OrderByDescending(found => found.Step).Select(found => found.Path)
            .FirstOrDefault();
        return newest is null
            ? null : $"{folder}: this is the output folder of a trainer, without weights of its own; its newest "
                + $"checkpoint is "
            + $"{newest}: open that.";
    }

    private static bool Has(string folder, string pattern) => Directory.EnumerateFileSystemEntries(folder, pattern)
        .Any();
}
