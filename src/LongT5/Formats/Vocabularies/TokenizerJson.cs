namespace LongT5.Formats;

/// <summary>A <c>tokenizer.json</c> of the tokenizers library, as far as the tokenizers of the T5 family go.</summary>
/// <remarks>
/// What such a file can say and T5's never do is refused by name, so that nothing is tokenized otherwise in silence.
/// </remarks>
sealed record TokenizerJson
{
    /// <summary>The vocabulary; a piece's id is its index.</summary>
    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>The log-probability of each piece.</summary>
    public required double[] Scores { get; init; }

    /// <summary>The piece for what the vocabulary has no piece for.</summary>
    public required int UnknownId { get; init; }

    /// <summary>Whether unknown characters are spelled in bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Tokens that are found before anything else.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>The character rules as SentencePiece compiles them; empty if there are none.</summary>
    public ReadOnlyMemory<byte> CharsMap { get; init; }

    /// <summary>What is done to the text behind the character rules, in this order.</summary>
    public required IReadOnlyList<TextEdit> Edits { get; init; }

    /// <summary>Whether text is first split at white space, which goes.</summary>
    public bool SplitsAtWhiteSpace { get; init; }

    /// <summary>Where a space is set before text.</summary>
    public PrefixSpace Prefix { get; init; } = PrefixSpace.Always;

    /// <summary>Whether every space starts a word that is segmented on its own.</summary>
    public bool SplitsAtSpaces { get; init; } = true;

    /// <summary>Whether <c>&lt;/s&gt;</c> ends a text.</summary>
    public bool AddsEnd { get; init; }

    /// <summary>How pieces become text, in this order; empty: joined with spaces.</summary>
    public required IReadOnlyList<PieceEdit> Decoders { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadFileException">It is not a tokenizer of the T5 family.</exception>
    public static TokenizerJson Load(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads the bytes of a file; <paramref name="path"/> names it in errors.</summary>
    /// <exception cref="BadFileException">It is not a tokenizer of the T5 family.</exception>
    public static TokenizerJson Parse(ReadOnlyMemory<byte> file, string path)
    {
        var root = JsonFile.Parse(path, file);
        var model = root["model"];
        if (!model["type"].IsNull && model["type"].Text() != "Unigram")
            throw model["type"].Expected("\"Unigram\", which T5's tokenizers are");
        var (pieces, scores) = ReadVocabulary(model["vocab"]);
        if (pieces.Count == 0) throw model["vocab"].Expected("a vocabulary");
        var added = root["added_tokens"].IsNull
            ? []
            : root["added_tokens"].Items().Select(token => AddedToken.Read(token, token["id"].Whole(0, int.MaxValue)))
                .ToList();
        var steps = Flatten(root["normalizer"], "normalizers").ToList();
        var hasMap = steps is [var first, ..] && first["type"].Text() == "Precompiled";
        var splitters = Flatten(root["pre_tokenizer"], "pretokenizers").ToList();
        var splits = splitters is [var split, ..] && split["type"].Text() == "WhitespaceSplit";
        if (splitters.Count != (splits ? 2 : 1) || splitters[^1]["type"].Text() != "Metaspace")
            throw root["pre_tokenizer"].Expected("a Metaspace, alone or behind a WhitespaceSplit");
        return new TokenizerJson
        {
            Pieces = pieces,
            Scores = scores,
            UnknownId = model["unk_id"].Whole(0, pieces.Count - 1),
            ByteFallback = model["byte_fallback"].Given?.Flag() ?? false,
            AddedTokens = added,
            CharsMap = hasMap ? ReadCharsMap(steps[0]) : [],
            Edits = [.. steps.Skip(hasMap ? 1 : 0).Select(ReadEdit)],
            SplitsAtWhiteSpace = splits,
            Prefix = ReadPrefix(splitters[^1]),
            SplitsAtSpaces = splitters[^1]["split"].Given?.Flag() ?? true,
            AddsEnd = ReadTemplate(root["post_processor"]),
            Decoders = [.. Flatten(root["decoder"], "decoders").Select(ReadDecoder)],
        };
    }

    private static (List<string> Pieces, double[] Scores) ReadVocabulary(JsonField vocabulary)
    {
        var (pieces, scores) = (new List<string>(), new List<double>());
        foreach (var entry in vocabulary.Items())
        {
            using var pair = entry.Items().GetEnumerator();
            if (!pair.MoveNext()) throw entry.Expected("a piece and its score");
            var text = pair.Current.Text();
            if (text.Length > SentencePieceModel.LongestPiece / 3)
                throw pair.Current.Expected($"a piece of at most {SentencePieceModel.LongestPiece / 3} characters");
            if (!pair.MoveNext()) throw entry.Expected("a piece and its score");
            pieces.Add(text);
            scores.Add(pair.Current.Number());
        }
        return (pieces, [.. scores]);
    }

    // A Sequence in a Sequence is laid flat; there is no depth to it that could hurt, JSON has at most 64.
    private static IEnumerable<JsonField> Flatten(JsonField step, string list)
        => step.IsNull ? []
            : step["type"].Text() == "Sequence" ? step[list].Items().SelectMany(inner => Flatten(inner, list))
            : [step];

    private static byte[] ReadCharsMap(JsonField step)
    {
        var map = step["precompiled_charsmap"];
        if (map.IsNull) return [];
        var bytes = new byte[map.Text().Length];
        return Convert.TryFromBase64String(map.Text(), bytes, out var length)
            ? bytes[..length] : throw map.Expected("character rules in base64");
    }

    private static TextEdit ReadEdit(JsonField step)
    {
        switch (step["type"].Text())
        {
            case "Strip":
                return new StripEdit(step["strip_left"].Flag(), step["strip_right"].Flag());
            case "Replace":
                var (pattern, regex) = (step["pattern"]["String"], step["pattern"]["Regex"]);
                if (!pattern.IsNull && pattern.Text().Length > 0)
                    return new ReplaceEdit(pattern.Text(), step["content"].Text());
                if (!regex.IsNull && regex.Text() == " {2,}") return new ReplaceEdit(null, step["content"].Text());
                throw step["pattern"].Expected("a text, or the regular expression \" {2,}\"");
            default:
                throw step["type"].Expected("Precompiled in the first place, Strip or Replace");
        }
    }

    private static PrefixSpace ReadPrefix(JsonField metaspace)
    {
        var replacement = metaspace["replacement"];
        if (!replacement.IsNull && replacement.Text() != "\u2581") throw replacement.Expected("U+2581");
        var scheme = metaspace["prepend_scheme"];
        if (scheme.IsNull) return (metaspace["add_prefix_space"].Given?.Flag() ?? true)
            ? PrefixSpace.Always : PrefixSpace.Never;
        return scheme.Text() switch
        {
            "always" => PrefixSpace.Always,
            "first" => PrefixSpace.First,
            "never" => PrefixSpace.Never,
            _ => throw scheme.Expected("always, first or never"),
        };
    }

    private static bool ReadTemplate(JsonField processor)
    {
        if (processor.IsNull) return false;
        if (processor["type"].Text() != "TemplateProcessing") throw processor["type"].Expected("TemplateProcessing");
        var tokens = processor["single"].Items().Select(item => item["SpecialToken"]).Where(token => !token.IsNull)
            .Select(token => token["id"].Text()).ToList();
        return tokens switch
        {
            [] => false,
            ["</s>"] => true,
            _ => throw processor["single"]
            .Expected("the text and </s>")
        };
    }

    private static PieceEdit ReadDecoder(JsonField step)
    {
        return step["type"].Text() switch
        {
            "Metaspace" => new MetaspaceDecoder(ReadPrefix(step) != PrefixSpace.Never),
            "ByteFallback" => new ByteFallbackDecoder(),
            "Fuse" => new FuseDecoder(),
            "Replace" => new ReplaceDecoder(step["pattern"]["String"].Text(), step["content"].Text()),
            "Strip" => new StripDecoder(step["content"].Text(), step["start"].Whole(0, int.MaxValue),
                                step["stop"].Whole(0, int.MaxValue)),
            _ => throw step["type"].Expected("Metaspace, ByteFallback, Fuse, Replace or Strip"),
        };
    }
}

/// <summary>Before which texts a space is set.</summary>
enum PrefixSpace
{
    /// <summary>Every stretch between special tokens.</summary>
    Always,

    /// <summary>The start of the text.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}

/// <summary>A change to a text before it is split.</summary>
abstract record TextEdit;

/// <summary>White space at the ends goes.</summary>
sealed record StripEdit(bool Left, bool Right) : TextEdit;

/// <summary>A text, or with null every run of two or more spaces, becomes another.</summary>
sealed record ReplaceEdit(string? Pattern, string Content) : TextEdit;

/// <summary>A step from pieces to text.</summary>
abstract record PieceEdit;

/// <summary>U+2581 becomes a space, or nothing in the first piece.</summary>
sealed record MetaspaceDecoder(bool TakesFirst) : PieceEdit;

/// <summary>Pieces that stand for bytes become characters.</summary>
sealed record ByteFallbackDecoder : PieceEdit;

/// <summary>All pieces become one.</summary>
sealed record FuseDecoder : PieceEdit;

/// <summary>In each piece, a text becomes another.</summary>
sealed record ReplaceDecoder(string Pattern, string Content) : PieceEdit;

/// <summary>At the ends of each piece, up to so many of one character go.</summary>
sealed record StripDecoder(string Content, int Start, int Stop) : PieceEdit;
