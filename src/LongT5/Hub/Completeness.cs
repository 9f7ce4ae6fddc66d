using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>Whether a snapshot holds all that its model needs, so that nobody has to be asked for more.</summary>
/// <remarks>
/// Of a model: a configuration, weights with every shard, and a vocabulary, or the marks that there is none. Of an
/// adapter: its weights.
/// </remarks>
static class Completeness
{
    public static bool Of(CachedRepository repository, string commit)
    {
        var snapshot = repository.Snapshot(commit);
        return Has("config.json") ? HasWeights(snapshot) && (HasVocabulary() || Lacks("spiece.model", "tokenizer.json"))
            : Has(Adapter.ConfigName) && (Has("adapter_model.safetensors") || Has("adapter_model.bin"));

        bool Has(string name) => StrayFolder.IsThere(Path.Combine(snapshot, name));

        bool HasVocabulary() => Has("spiece.model") || Has("tokenizer.json")
            || Has("tokenizer_config.json")
                && VocabularyFiles.IsOfBytes(Path.Combine(snapshot, "tokenizer_config.json"));

        bool Lacks(params string[] names) => names.All(name => File.Exists(repository.Absence(commit, name)));
    }

    private static bool HasWeights(string snapshot)
    {
        try
        {
            return CheckpointLayout.FileIn(snapshot) is { } file
                && (!file.EndsWith(ShardIndex.Extension, StringComparison.Ordinal)
                    || ShardIndex.Shards(file).All(shard => StrayFolder.IsThere(Path.Combine(snapshot, shard))));
        }
        catch (BadFileException)
        {
            // A bad index is told of when it is opened; fetching it again would bring the same.
            return true;
        }
    }
}
