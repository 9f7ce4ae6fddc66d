namespace LongT5.Formats;

/// <summary>
/// What the files beside a vocabulary say of it: tokens that were added by hand, and how many sentinels there are.
/// </summary>
/// <remarks>
/// <c>tokenizer_config.json</c> (<c>added_tokens_decoder</c>) stands above <c>tokenizer.json</c> (<c>added_tokens</c>),
/// and that above <c>added_tokens.json</c>; what one of them says otherwise than one above it is told, and not taken.
/// </remarks>
sealed class VocabularyFiles
{
    private const string ByteClass = "ByT5Tokenizer";
    private const int MostSentinels = 100_000;
    private const int HighestId = 4_000_000;
    private const long LargestTokenizer = 256 << 20;

    private readonly Dictionary<int, (AddedToken Token, string Source)> _byId = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    private VocabularyFiles()
    {
    }

    /// <summary>Tokens that were added by hand, in the order of their ids.</summary>
    public IReadOnlyList<AddedToken> AddedTokens
        => [.. _byId.Values.Select(entry => entry.Token).OrderBy(token => token.Id)];

    /// <summary>How many sentinels there are (<c>extra_ids</c>); null if nothing says it.</summary>
    public int? Sentinels { get; private set; }

    /// <summary>Tokens that <c>tokenizer_config.json</c> calls special, beside those that every T5 has.</summary>
    public IReadOnlyList<string> AdditionalSpecialTokens { get; private set; } = [];

    /// <summary>Where the files contradict each other, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>
    /// Reads what lies beside a <c>spiece.model</c>; a <c>tokenizer.json</c> there is compared with it.
    /// </summary>
    /// <param name="path">The spiece.model.</param>
    /// <param name="model">What it says.</param>
    /// <exception cref="BadFileException">A file is not JSON, or not of the expected kinds.</exception>
    public static VocabularyFiles Beside(string path, SentencePieceModel model)
        => Read(path, (files, folder) => files.ReadPipeline(Path.Combine(folder, "tokenizer.json"), model));

    /// <summary>Reads what lies beside a <c>tokenizer.json</c>.</summary>
    /// <param name="path">The tokenizer.json.</param>
    /// <param name="pipeline">What it says.</param>
    /// <exception cref="BadFileException">A file is not JSON, or not of the expected kinds.</exception>
    public static VocabularyFiles Beside(string path, TokenizerJson pipeline)
        => Read(path, (files, _) =>
        {
            foreach (var token in pipeline.AddedTokens) files.Add(token, path);
        });

    /// <summary>Reads what lies beside a <c>tokenizer_config.json</c> that has no vocabulary.</summary>
    /// <param name="path">The tokenizer_config.json.</param>
    /// <exception cref="BadFileException">A file is not JSON, or not of the expected kinds.</exception>
    public static VocabularyFiles Beside(string path) => Read(path, (_, _) => { });

    /// <summary>Whether a <c>tokenizer_config.json</c> is of a tokenizer that needs no vocabulary: ByT5's.</summary>
    public static bool IsOfBytes(string path) => JsonFile.Read(path)["tokenizer_class"].Given is { IsText: true } name
        && name.Text() == ByteClass;

    private static VocabularyFiles Read(string path, Action<VocabularyFiles, string> readPipeline)
    {
        var files = new VocabularyFiles();
        var folder = Path.GetDirectoryName(path) ?? "";
        var special = files.ReadConfig(Path.Combine(folder, "tokenizer_config.json"));
        readPipeline(files, folder);
        special.UnionWith(SpecialTokens(Path.Combine(folder, "special_tokens_map.json")));
        files.ReadAdded(Path.Combine(folder, "added_tokens.json"), special);
        return files;
    }

    private HashSet<string> ReadConfig(string path)
    {
        if (!File.Exists(path)) return [];
        var fields = JsonFile.Read(path);
        Sentinels = fields["extra_ids"].Given?.Whole(0, MostSentinels);
        if (fields["added_tokens_decoder"].Given is { } decoder)
        {
            foreach (var (name, token) in decoder.Properties())
                Add(AddedToken.Read(token, int.TryParse(name, out var id) && id is >= 0 and <= HighestId
                    ? id : throw token.Expected("a token under its id")), path);
        }
        AdditionalSpecialTokens = Contents(fields["additional_special_tokens"]);
        return [.. AdditionalSpecialTokens];
    }

    /// <summary>Two vocabularies of one model are to be one; the added tokens of the second count.</summary>
    private void ReadPipeline(string path, SentencePieceModel model)
    {
        if (!File.Exists(path)) return;
        var fields = JsonFile.Read(path, LargestTokenizer);
        if (fields["added_tokens"].Given is { } added)
        {
            foreach (var token in added.Items()) Add(AddedToken.Read(token, token["id"].Whole(0, HighestId)), path);
        }
        if (Difference(fields["model"]["vocab"], model) is { } difference)
            _warnings.Add($"spiece.model and tokenizer.json disagree: {difference}; spiece.model is taken. Remove "
                + $"the one that is not the model's.");
    }

    private string? Difference(JsonField vocabulary, SentencePieceModel model)
    {
        if (!vocabulary.IsList) return "the one in tokenizer.json is no list of pieces";
        var id = 0;
        foreach (var entry in vocabulary.Items())
        {
            if (id == model.Pieces.Count) break;
            if (entry.Items(2, 2) is not [var text, var score]) continue;
            var piece = model.Pieces[id];
            if (!text.Element.ValueEquals(piece.Text))
                return $"piece {id} is '{Shown(piece.Text)}' in the first and '{Shown(text.Text())}' in the second";
            if (Math.Abs(score.Number() - piece.Score) > 1e-4 * Math.Max(1, Math.Abs(piece.Score)))
                return $"piece {id}, '{Shown(piece.Text)}', has the score {piece.Score} in the first and "
                    + $"{score.Number()} in the second";
            id++;
        }
        return id < model.Pieces.Count && model.Pieces.Skip(id).Any(piece => !_ids.ContainsKey(piece.Text))
            ? $"the first has {model.Pieces.Count} pieces, the second {id}" : null;
    }

    private void ReadAdded(string path, HashSet<string> special)
    {
        if (!File.Exists(path)) return;
        foreach (var (token, id) in JsonFile.Read(path).Properties())
            Add(new(id.Whole(0, HighestId), token, false, false, special.Contains(token), !special.Contains(token)),
                path);
    }

    private void Add(AddedToken token, string path)
    {
        var source = Path.GetFileName(path);
        if (token.Content.Length == 0) return;
        if (_byId.TryGetValue(token.Id, out var other) && other.Token.Content != token.Content)
            _warnings.Add($"{other.Source} gives the id {token.Id} to '{Shown(other.Token.Content)}', {source} to "
                + $"'{Shown(token.Content)}'; the first is taken.");
        else if (_ids.TryGetValue(token.Content, out var id) && id != token.Id)
            _warnings.Add($"{_byId[id].Source} gives '{Shown(token.Content)}' the id {id}, {source} the id "
                + $"{token.Id}; the first is taken.");
        else if (_ids.TryAdd(token.Content, token.Id))
            _byId.Add(token.Id, (token, source));
    }

    private static List<string> SpecialTokens(string path)
        => File.Exists(path) ? Contents(JsonFile.Read(path)["additional_special_tokens"]) : [];

    /// <summary>Tokens as texts, or as objects that have them as their content.</summary>
    private static List<string> Contents(JsonField tokens)
        => tokens.IsNull
            ? [] : [.. tokens.Items().Select(token => token.IsText ? token.Text() : token["content"].Text())];

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
