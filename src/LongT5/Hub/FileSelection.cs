using System.Globalization;
using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>Which files serve: what describes the model and one layout of its weights; never code.</summary>
static class FileSelection
{
    public const string Configuration = "config.json";

    /// <summary>What a model may have beside its configuration and weights.</summary>
    public static readonly string[] Optional = [ModelFolder.Generation, .. ModelFolder.Vocabulary];

    private static readonly string[] AdapterWeights = ["adapter_model.safetensors", "adapter_model.bin"];

    /// <summary>The file that says what the repository holds: a model's configuration, or else an adapter's.</summary>
    /// <exception cref="HubException">There is neither.</exception>
    public static HubFile Guide(HubName name, IReadOnlyList<HubFile> tree)
        => Named(tree, Configuration) ?? Named(tree, Adapter.ConfigName) ?? throw new HubException(
            $"{name} holds neither config.json nor {Adapter.ConfigName}: it is no model of a kind that is read here.");

    /// <summary>All that serves, what is small first, the file that leads to the weights last.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="tree">All that it holds.</param>
    /// <param name="config">What its configuration says; null for an adapter.</param>
    /// <exception cref="HubException">There are no weights that can be read.</exception>
    public static IReadOnlyList<HubFile> Of(HubName name, IReadOnlyList<HubFile> tree, LongT5Config? config)
    {
        if (config is null)
            return [Guide(name, tree), AdapterWeights.Select(file => Named(tree, file)).FirstOrDefault(file
                => file is not null) ?? throw NoWeights(name, tree, AdapterWeights)];
        var layouts = CheckpointLayout.Names.Select(file => Layout(tree, file)).Where(files => files.Count > 0)
            .ToList();
        if (layouts.Count == 0)
            throw NoWeights(name, tree, CheckpointLayout.Names);
        return [Guide(name, tree), .. Optional.Select(file => Named(tree, file)).OfType<HubFile>(),
            .. layouts.FirstOrDefault(layout => !layouts.Any(other => LacksHead(layout, other, config))) ?? layouts[0]];
    }

    /// <summary>Whether one layout has not the head that another has: it is smaller by just that matrix.</summary>
    /// <remarks>
    /// Some conversions took an untied head for a copy of the embedding and left it away; the matrix is as large as the
    /// embedding, in 4 bytes or 2 a number. A tied head is in no file.
    /// </remarks>
    private static bool LacksHead(List<HubFile> layout, List<HubFile> other, LongT5Config config)
    {
        var head = (double)config.VocabSize * config.DModel;
        var less = other.Sum(file => file.Size) - layout.Sum(file => file.Size);
        return !config.TieWordEmbeddings && (less / head is > 3.6 and < 4.4 or > 1.8 and < 2.2);
    }

    /// <summary>The files of a layout, the one that leads to all others last; none where it is not there.</summary>
    private static List<HubFile> Layout(IReadOnlyList<HubFile> tree, string file)
    {
        if (Named(tree, file) is not { } lead)
            return [];
        if (!file.EndsWith(ShardIndex.Extension, StringComparison.Ordinal))
            return [lead];
        var whole = file[..^ShardIndex.Extension.Length];
        var (stem, extension) = (Path.GetFileNameWithoutExtension(whole), Path.GetExtension(whole));
        return [.. tree.Where(one => IsShard(one.Path, stem, extension)).OrderBy(one => one.Path,
            StringComparer.Ordinal), lead];
    }

    /// <summary>Whether a name is <c>stem-00001-of-00002.extension</c>.</summary>
    private static bool IsShard(string name, string stem, string extension)
        => name.StartsWith(stem + "-", StringComparison.Ordinal) && Path.GetExtension(name) == extension
            && name[(stem.Length + 1)..^extension.Length].Split('-') is [var number, "of", var count]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static HubFile? Named(IReadOnlyList<HubFile> tree, string path)
        => tree.FirstOrDefault(file => file.Path == path);

    private static HubException NoWeights(HubName name, IReadOnlyList<HubFile> tree, IEnumerable<string> expected)
        => new(StrayFolder.WeightsOfOthers(tree.Select(file => file.Path)) is { } others
            ? $"{name} holds no weights that can be read, but {others}."
            : $"{name} holds no weights; one of {string.Join(", ", expected)} was expected.");
}
