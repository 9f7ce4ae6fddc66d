using LongT5.Formats;

namespace LongT5.Text;

/// <summary>Text to ids and back, exactly as the tokenizer of a T5 checkpoint does it.</summary>
/// <remarks>
/// Read from a <c>spiece.model</c> it agrees with the reference's slow tokenizer, from a <c>tokenizer.json</c> with the
/// fast one; the two differ on rare characters and around special tokens.
/// Immutable, and safe for any number of threads.
/// </remarks>
public sealed class Tokenizer
{
    private const string ConfigName = "tokenizer_config.json";

    private readonly TokenScheme _scheme;
    private readonly Dictionary<string, int> _ids;

    private Tokenizer(TokenScheme scheme)
    {
        _scheme = scheme;
        _ids = new(scheme.Pieces.Length, StringComparer.Ordinal);
        for (var id = 0; id < scheme.Pieces.Length; id++) _ids[scheme.Pieces[id]] = id;
        (PadId, EosId, UnknownId) = (Id("<pad>"), Id("</s>"), Id("<unk>"));
    }

    /// <summary>Ids run from 0 to one less than this; a model may have more rows, which stand for nothing.</summary>
    public int VocabularySize => _scheme.Pieces.Length;

    /// <summary>The id of <c>&lt;pad&gt;</c>, which also starts every decoder; -1 if the vocabulary has none.</summary>
    public int PadId { get; }

    /// <summary>The id of <c>&lt;/s&gt;</c>; -1 if the vocabulary has none.</summary>
    public int EosId { get; }

    /// <summary>The id of <c>&lt;unk&gt;</c>; -1 if the vocabulary calls it otherwise.</summary>
    public int UnknownId { get; }

    /// <summary>Whether tokens are bytes, as ByT5 has them, so that every text is known and none is cut well.</summary>
    public bool IsOfBytes => _scheme is ByteScheme;

    /// <summary>Where the files of the vocabulary contradict each other, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Reads a vocabulary and the tokens that were added to it by hand, from the files beside it.</summary>
    /// <param name="path">
    /// A spiece.model, a tokenizer.json, or a folder with one; of both, spiece.model is taken. Or a
    /// tokenizer_config.json of ByT5, whose tokens are bytes.
    /// </param>
    /// <param name="options">What the files leave open.</param>
    /// <exception cref="FileNotFoundException">There is no vocabulary.</exception>
    /// <exception cref="BadFileException">The file is not a T5 vocabulary.</exception>
    public static Tokenizer Load(string path, TokenizerOptions? options = null)
    {
        var file = Find(path);
        if (Path.GetFileName(file) == ConfigName && VocabularyFiles.IsOfBytes(file))
        {
            var config = VocabularyFiles.Beside(file);
            return new(ByteScheme.Create(config, options ?? new())) { Warnings = config.Warnings };
        }
        if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            var pipeline = TokenizerJson.Load(file);
            var beside = VocabularyFiles.Beside(file, pipeline);
            return new(PipelineScheme.Create(pipeline with { AddedTokens = beside.AddedTokens }, options ?? new(),
                file))
            { Warnings = beside.Warnings };
        }
        options ??= new();
        var model = SentencePieceModel.Load(file);
        var files = VocabularyFiles.Beside(file, model);
        options = options with { Sentinels = options.Sentinels ?? files.Sentinels };
        return new(SentencePieceScheme.Create(model, options, files.AddedTokens, file)) { Warnings = files.Warnings };
    }

    /// <summary>A tokenizer over a vocabulary that was read already.</summary>
    /// <param name="model">The vocabulary.</param>
    /// <param name="options">What it leaves open.</param>
    /// <param name="path">Where it comes from, for errors.</param>
    internal static Tokenizer From(SentencePieceModel model, TokenizerOptions? options = null,
        string path = "spiece.model")
        => new(SentencePieceScheme.Create(model, options ?? new(), [], path));

    /// <summary>A tokenizer over a tokenizer.json that was read already.</summary>
    /// <param name="file">What it says.</param>
    /// <param name="options">What it leaves open.</param>
    /// <param name="path">Where it comes from, for errors.</param>
    internal static Tokenizer From(TokenizerJson file, TokenizerOptions? options = null, string path = "tokenizer.json")
        => new(PipelineScheme.Create(file, options ?? new(), path));

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="maxLength">At most so many ids; what is cut off comes before the end token.</param>
    /// <param name="addEnd">Whether the end token is added.</param>
    public int[] Encode(string text, int? maxLength = null, bool addEnd = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = addEnd && AddsEnd ? 1 : 0;
        if (maxLength is { } most)
            ArgumentOutOfRangeException.ThrowIfLessThan(most, Math.Max(end, 1), nameof(maxLength));
        var tokens = new TokenList(withOffsets: false);
        _scheme.Encode(text, tokens);
        return [.. WithEnd(tokens.Ids, maxLength - end, end > 0)];
    }

    /// <summary>The ids of two texts: the first, an end token, the second, an end token.</summary>
    /// <param name="first">A text.</param>
    /// <param name="second">Another.</param>
    /// <param name="maxLength">At most so many ids; what is cut off comes from the longer text first.</param>
    public int[] EncodePair(string first, string second, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var end = AddsEnd ? 1 : 0;
        if (maxLength is { } most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 2, nameof(maxLength));
        var (left, right) = (new TokenList(false), new TokenList(false));
        _scheme.Encode(first, left);
        _scheme.Encode(second, right);
        var (a, b) = (left.Ids.Count, right.Ids.Count);
        if (maxLength - 2 * end is { } room && room < a + b)
        {
            // As from both ends of a pair of scales: the longer one gives until they are even.
            var (low, high) = (room / 2, room - room / 2);
            (a, b) = a <= low ? (a, room - a) : b <= low ? (room - b, b) : (high, low);
        }
        return [.. WithEnd(left.Ids, a, end > 0), .. WithEnd(right.Ids, b, end > 0)];
    }

    /// <summary>The ids of a text, the end token included, with the characters that each stands for.</summary>
    public Tokenization EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new TokenList(withOffsets: true);
        _scheme.Encode(text, tokens);
        var ids = WithEnd(tokens.Ids, null, AddsEnd).ToArray();
        var offsets = tokens.Offsets!;
        if (ids.Length > offsets.Count) offsets.Add((0, 0));
        return new(ids, [.. ids.Select(Piece)], [.. offsets]);
    }

    /// <summary>The text of some ids.</summary>
    /// <param name="ids">Ids; those of rows that the vocabulary has no piece for stand for nothing.</param>
    /// <param name="skipSpecialTokens">Whether padding, end, unknown and sentinels are left out.</param>
    /// <param name="cleanUp">Whether spaces before punctuation and English contractions go, as the reference's
    /// clean_up_tokenization_spaces does it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true, bool cleanUp = false)
    {
        var known = new List<int>(ids.Length);
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            if (id < VocabularySize) known.Add(id);
        }
        var text = _scheme.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(known), skipSpecialTokens);
        return cleanUp ? CleanUp(text) : text;
    }

    /// <summary>The piece of an id as the vocabulary writes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No piece has this id.</exception>
    public string Piece(int id)
        => (uint)id < (uint)VocabularySize ? _scheme.Pieces[id]
            : throw new ArgumentOutOfRangeException(nameof(id), id,
                $"The vocabulary has ids from 0 to {VocabularySize - 1}.");

    /// <summary>The id of a piece, or -1.</summary>
    public int Id(string piece) => _ids.GetValueOrDefault(piece, -1);

    /// <summary>Whether an id is left out of a decoded text: padding, end, unknown, sentinels.</summary>
    public bool IsSpecial(int id) => _scheme.Special.IsSpecial(id);

    private bool AddsEnd => _scheme.AddsEnd && EosId >= 0;

    private IEnumerable<int> WithEnd(List<int> ids, int? most, bool addEnd)
    {
        var kept = Math.Min(most ?? ids.Count, ids.Count);
        var written = _scheme.KeepsWrittenEnd && kept > 0 && ids[kept - 1] == EosId;
        return addEnd && !written ? ids.Take(kept).Append(EosId) : ids.Take(kept);
    }

    private static string CleanUp(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal).Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal).Replace(" 're", "'re", StringComparison.Ordinal);

    private static string Find(string path)
    {
        if (File.Exists(path)) return path;
        if (!Directory.Exists(path))
            throw new FileNotFoundException(
                $"There is no vocabulary at {path}: expected a spiece.model, a tokenizer.json or a folder with one.",
                path);
        return ((string[])["spiece.model", "tokenizer.json"]).Select(name => Path.Combine(path, name))
            .FirstOrDefault(File.Exists)
            ?? (Path.Combine(path, ConfigName) is var config && File.Exists(config)
                && VocabularyFiles.IsOfBytes(config) ? config : null)
            ?? throw new FileNotFoundException(
                $"The folder {path} has no vocabulary: neither spiece.model nor tokenizer.json is in it.", path);
    }
}
