namespace LongT5.Formats;

/// <summary>What a <c>tokenizer_config.json</c> says beyond its vocabulary file.</summary>
/// <param name="Sentinels">How many sentinels there are (<c>extra_ids</c>), or null if it does not say.</param>
sealed record TokenizerConfig(int? Sentinels)
{
    private const int MostSentinels = 100_000;

    /// <summary>Reads the file beside a vocabulary; empty if there is none.</summary>
    /// <exception cref="BadFileException">It is not JSON, or not of the expected kinds.</exception>
    public static TokenizerConfig Beside(string vocabulary)
    {
        var path = Path.Combine(Path.GetDirectoryName(vocabulary) ?? "", "tokenizer_config.json");
        if (!File.Exists(path)) return new((int?)null);
        var sentinels = JsonField.Parse(File.ReadAllBytes(path), path)["extra_ids"];
        return new(sentinels.Given?.Whole(0, MostSentinels));
    }
}
