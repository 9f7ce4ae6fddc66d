namespace LongT5.Formats;

/// <summary><c>model.safetensors.index.json</c> and its kin: which shard holds which tensor.</summary>
static class ShardIndex
{
    /// <summary>What the name of an index ends in, behind the extension of its shards.</summary>
    public const string Extension = ".index.json";

    private const int MostShards = 4096;

    /// <summary>Opens every shard; each tensor must be in the shard that the index says, and in no other.</summary>
    /// <param name="path">The index.</param>
    /// <param name="extension">What the names of the shards end in.</param>
    /// <param name="open">Opens one shard.</param>
    /// <param name="canonical">From the names of the index to those of the opened tensors.</param>
    /// <exception cref="BadFileException">A shard is missing, is another than the index
    /// says, or lies outside the folder.</exception>
    public static List<TensorFile> Open(
        string path, string extension, Func<string, TensorFile> open, Func<string, string> canonical)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var shards = new List<TensorFile>();
        try
        {
            foreach (var (name, tensors) in Read(path, extension, canonical))
            {
                var shard = Path.Combine(folder, name);
                if (!StrayFolder.IsThere(shard))
                    throw new BadFileException(path, StrayFolder.Dangling(shard)
                        ?? $"the shard {name} is missing; fetch it again.");
                var file = open(shard);
                shards.Add(file);
                var found = file.Tensors.Select(tensor => tensor.Name).ToHashSet();
                if (tensors.Where(tensor => !found.Contains(tensor)).ToArray() is { Length: > 0 } missing)
                    throw new BadFileException(shard,
                        $"the index puts {missing.Length} tensors there that it lacks: {Listing.Few(missing)}.");
                if (found.Where(tensor => !tensors.Contains(tensor)).ToArray() is { Length: > 0 } extra)
                    throw new BadFileException(shard,
                        $"it holds {extra.Length} tensors of which the index says nothing: {Listing.Few(extra)}.");
            }
            return shards;
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    /// <summary>The names of the shards.</summary>
    /// <param name="path">The index.</param>
    /// <exception cref="BadFileException">It names no plain files beside it.</exception>
    public static IEnumerable<string> Shards(string path)
        => Read(path, Path.GetExtension(path[..^Extension.Length]), tensor => tensor).Keys;

    private static Dictionary<string, HashSet<string>> Read(
        string path, string extension, Func<string, string> canonical)
    {
        var map = JsonFile.Read(path)["weight_map"];
        if (!map.IsObject)
            throw new BadFileException(path, "weight_map, which says where each tensor is, is missing.");
        var shards = new Dictionary<string, HashSet<string>>();
        foreach (var (tensor, field) in map.Properties())
        {
            if (!field.IsText || field.Text() is not { } name || !FileNames.IsPlain(name)
                || !name.EndsWith(extension, StringComparison.Ordinal))
                throw new BadFileException(path,
                    $"weight_map puts {tensor} into {field.Element.GetRawText()}, which is not the bare name of "
                    + $"a {extension} file beside the index; it was not opened.");
            if (!shards.TryGetValue(name, out var tensors))
                shards.Add(name, tensors = []);
            tensors.Add(canonical(tensor));
        }
        return shards.Count <= MostShards
            ? shards
            : throw new BadFileException(path, $"it names {shards.Count} shards; {MostShards} are allowed.");
    }
}
