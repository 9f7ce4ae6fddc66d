namespace LongT5.Formats;

/// <summary>Which of its files a checkpoint's weights are in, and who reads them.</summary>
/// <param name="Name">What to call the layout.</param>
/// <param name="Path">The file that leads to all others.</param>
/// <param name="Open">Opens it, given what the encoder's attention is called and
/// whether to read all of it into memory.</param>
sealed record CheckpointLayout(string Name, string Path, Func<string, bool, List<TensorFile>> Open)
{
    /// <summary>
    /// In the order in which they are preferred: those that can be used in place, and cannot hold code, first.
    /// </summary>
    public static readonly string[] Names =
    [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        "flax_model.msgpack", "flax_model.msgpack.index.json", "checkpoint",
    ];

    /// <param name="path">A folder, or a file of weights.</param>
    /// <exception cref="FileNotFoundException">There are no weights that are known.</exception>
    public static CheckpointLayout Find(string path)
    {
        if (File.Exists(path))
            return StrayFolder.Shard(path) is { } shard ? throw new FileNotFoundException(shard, path) : Of(path)
                ?? throw new FileNotFoundException($"{path}: no layout of weights is known by this name; "
                + ".safetensors, .bin, .ckpt, .msgpack, their .index.json, and T5X's checkpoint are.", path);
        if (FileIn(path) is { } file)
            return Of(file)!;
        var latest = Directory.EnumerateDirectories(path, "checkpoint_*")
            .Select(folder => (Folder: folder, Step: Step(System.IO.Path.GetFileName(folder)["checkpoint_".Length..])))
            .Where(found => found.Step >= 0 && File.Exists(System.IO.Path.Combine(found.Folder, "checkpoint")))
            .OrderByDescending(found => found.Step).Select(found => found.Folder).FirstOrDefault();
        return latest is not null
            ? Of(System.IO.Path.Combine(latest, "checkpoint"))!
            : throw new FileNotFoundException(StrayFolder.Explain(path, Names)
                ?? $"{path}: there are no weights; one of "
                + $"{string.Join(", ", Names)} or a folder checkpoint_N of T5X was expected.", path);
    }

    /// <summary>The file that leads to the weights of a folder; null where none is there.</summary>
    public static string? FileIn(string folder)
        => Names.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(StrayFolder.IsThere);

    private static long Step(string text) => long.TryParse(text, out var step) ? step : -1;

    private static CheckpointLayout? Of(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        return name switch
        {
            "checkpoint" => new("T5X", path, (attention, inMemory) => [T5XCheckpoint.Open(path, attention, inMemory)]),
            _ when Ends(".safetensors") => new("safetensors", path, (_, inMemory) => [Safetensors(path, inMemory)]),
            _ when Ends(".bin") || Ends(".pt") || Ends(".pth")
                || Ends(".ckpt") => new("PyTorch", path, (_, inMemory) => [TorchFile.Open(path, inMemory)]),
            _ when Ends(".msgpack") => new("Flax", path, (_, inMemory) => [FlaxFile.Open(path, inMemory)]),
            _ when Ends(".safetensors.index.json") => new("sharded safetensors", path, (_, inMemory)
                => ShardIndex.Open(path, ".safetensors", shard => Safetensors(shard, inMemory), tensor => tensor)),
            _ when Ends(".bin.index.json") => new("sharded PyTorch", path, (_, inMemory)
                => ShardIndex.Open(path, ".bin", shard => TorchFile.Open(shard, inMemory), tensor => tensor)),
            _ when Ends(".msgpack.index.json") => new("sharded Flax", path, (_, inMemory)
                => ShardIndex.Open(path, ".msgpack", shard => FlaxFile.Open(shard, inMemory),
                    FlaxFile.HuggingFaceName)),
            _ => null,
        };

        bool Ends(string extension) => name.EndsWith(extension, StringComparison.Ordinal);
    }

    private static TensorFile Safetensors(string path, bool inMemory)
    {
        var file = Formats.Safetensors.Open(path, inMemory);
        return new(path, [.. file.Tensors.Values], file.Memory);
    }
}
