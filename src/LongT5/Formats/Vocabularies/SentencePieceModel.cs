using System.Buffers.Binary;
using System.Text;

namespace LongT5.Formats;

/// <summary>What a piece of a SentencePiece vocabulary is for.</summary>
enum PieceKind
{
    /// <summary>Text that a model was trained on.</summary>
    Normal = 1,

    /// <summary>Stands for whatever the vocabulary has no piece for.</summary>
    Unknown = 2,

    /// <summary>Never written by a text: padding, the end.</summary>
    Control = 3,

    /// <summary>Text that is always kept whole.</summary>
    UserDefined = 4,

    /// <summary>In the list, but never used.</summary>
    Unused = 5,

    /// <summary>One byte of a character that has no piece: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    Byte = 6,
}

/// <summary>One line of a vocabulary.</summary>
/// <param name="Text">The piece; U+2581 stands for a space.</param>
/// <param name="Score">Its log-probability.</param>
/// <param name="Kind">What it is for.</param>
readonly record struct VocabularyPiece(string Text, float Score, PieceKind Kind);

/// <summary>A <c>spiece.model</c>: SentencePiece's ModelProto, as far as a unigram tokenizer needs it.</summary>
sealed record SentencePieceModel
{
    /// <summary>A longer piece than this many bytes is refused; the longest of T5's has 48.</summary>
    public const int LongestPiece = 1 << 16;

    /// <summary>The vocabulary; a piece's id is its index.</summary>
    public required IReadOnlyList<VocabularyPiece> Pieces { get; init; }

    /// <summary>The character rules as SentencePiece compiles them; empty if there are none.</summary>
    public ReadOnlyMemory<byte> CharsMap { get; init; }

    /// <summary>Whether a text starts with a space that was not written.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Whether spaces at both ends go, and one of several stays.</summary>
    public bool RemoveExtraWhitespaces { get; init; } = true;

    /// <summary>Whether U+2581 stands for a space.</summary>
    public bool EscapeWhitespaces { get; init; } = true;

    /// <summary>Whether U+2581 ends a word instead of starting it.</summary>
    public bool TreatWhitespaceAsSuffix { get; init; }

    /// <summary>Whether unknown characters are spelled in bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>What an unknown piece is decoded to.</summary>
    public string UnknownSurface { get; init; } = " \u2047 ";

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadFileException">It is not a SentencePiece unigram model.</exception>
    public static SentencePieceModel Load(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads the bytes of a file; <paramref name="path"/> names it in errors.</summary>
    /// <exception cref="BadFileException">It is not a SentencePiece unigram model.</exception>
    public static SentencePieceModel Parse(ReadOnlyMemory<byte> file, string path)
    {
        Impostor.Refuse(path, file.Span);
        var pieces = new List<VocabularyPiece>();
        var model = new SentencePieceModel { Pieces = pieces };
        var reader = new ProtobufReader(file.Span, path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    pieces.Add(ReadPiece(reader.Message(), path));
                    break;
                case 2:
                    model = ReadTrainer(model, reader.Message(), path);
                    break;
                case 3:
                    model = ReadNormalizer(model, reader.Message(), file);
                    break;
            }
        }
        Validate(pieces, path);
        return model;
    }

    private static VocabularyPiece ReadPiece(ProtobufReader reader, string path)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Text(LongestPiece);
                    break;
                case 2:
                    score = reader.Single();
                    break;
                case 3:
                    var found = reader.Integer();
                    if (found is < 1 or > 6) throw reader.Bad($"a piece has the type {found}; expected 1 to 6");
                    kind = (PieceKind)found;
                    break;
            }
        }
        if (text.Length == 0) throw reader.Bad("a piece of the vocabulary is empty");
        if (!float.IsFinite(score))
            throw new BadFileException(path, $"the piece '{Shown(text)}' has the score {score}; expected a number");
        return new(text, score, kind);
    }

    private static SentencePieceModel ReadTrainer(SentencePieceModel model, ProtobufReader reader, string path)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3 when reader.Integer() is not 1 and var type:
                    var name = type switch { 2 => "BPE", 3 => "word", 4 => "character", _ => $"number {type}" };
                    throw new BadFileException(path,
                        $"it is a SentencePiece model of the kind {name}; T5's are unigram models");
                case 24:
                    model = model with { TreatWhitespaceAsSuffix = reader.Integer() != 0 };
                    break;
                case 35:
                    model = model with { ByteFallback = reader.Integer() != 0 };
                    break;
                case 44:
                    model = model with { UnknownSurface = reader.Text(LongestPiece) };
                    break;
            }
        }
        return model;
    }

    private static SentencePieceModel ReadNormalizer(
        SentencePieceModel model, ProtobufReader reader, ReadOnlyMemory<byte> file)
    {
        while (reader.Next())
        {
            model = reader.Field switch
            {
                2 => model with { CharsMap = file.Slice(reader.ValueOffset, reader.Bytes().Length) },
                3 => model with { AddDummyPrefix = reader.Integer() != 0 },
                4 => model with { RemoveExtraWhitespaces = reader.Integer() != 0 },
                5 => model with { EscapeWhitespaces = reader.Integer() != 0 },
                _ => model,
            };
        }
        return model;
    }

    private static void Validate(List<VocabularyPiece> pieces, string path)
    {
        if (pieces.Count == 0)
            throw new BadFileException(path,
                "it holds no vocabulary; expected a spiece.model as SentencePiece writes it");
        var known = new HashSet<string>(pieces.Count, StringComparer.Ordinal);
        var unknown = 0;
        foreach (var piece in pieces)
        {
            if (!known.Add(piece.Text))
                throw new BadFileException(path, $"the piece '{Shown(piece.Text)}' is there twice");
            if (piece.Kind == PieceKind.Unknown) unknown++;
        }
        if (unknown != 1) throw new BadFileException(path, $"{unknown} pieces are of the type 'unknown'; expected one");
    }

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

/// <summary>Walks over the fields of one protobuf message; unknown fields are passed over.</summary>
ref struct ProtobufReader(ReadOnlySpan<byte> message, string path, int start = 0)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;
    private int _wire;
    private ulong _number;
    private int _length;

    /// <summary>The number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Where its value starts in the file.</summary>
    public int ValueOffset { get; private set; }

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_position == _message.Length) return false;
        var tag = Varint();
        if (tag >> 3 is 0 or > 536_870_911)
            throw Bad($"a field has the number {tag >> 3}; this is not a protobuf file");
        (Field, _wire) = ((int)(tag >> 3), (int)(tag & 7));
        _number = _wire == 0 ? Varint() : 0;
        _length = _wire switch
        {
            0 => 0,
            1 => 8,
            2 => Length(Varint()),
            5 => 4,
            _ => throw Bad($"field {Field} has the wire type {_wire}; this is not a protobuf file of SentencePiece"),
        };
        if (_length > _message.Length - _position)
            throw Bad($"field {Field} is cut short: {_length} bytes expected, {_message.Length - _position} left");
        ValueOffset = start + _position;
        _position += _length;
        return true;
    }

    public readonly long Integer() => _wire == 0 ? (long)_number : throw Mismatch("a whole number");

    public readonly float Single() => _wire == 5
        ? BinaryPrimitives.ReadSingleLittleEndian(Value) : throw Mismatch("a float");

    public readonly ReadOnlySpan<byte> Bytes() => _wire == 2 ? Value : throw Mismatch("bytes");

    public readonly ProtobufReader Message() => new(Bytes(), path, ValueOffset);

    public readonly string Text(int longest)
    {
        var bytes = Bytes();
        if (bytes.Length > longest)
            throw Bad($"field {Field} has {bytes.Length} bytes of text; at most {longest} are allowed");
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad($"field {Field} is not UTF-8");
        }
    }

    public readonly BadFileException Bad(string problem) => new(path, problem, start + _position);

    private readonly ReadOnlySpan<byte> Value => _message.Slice(ValueOffset - start, _length);

    private readonly BadFileException Mismatch(string expected)
        => Bad($"field {Field} has the wire type {_wire}; expected {expected}");

    private readonly int Length(ulong length)
        => length <= (ulong)(_message.Length - _position) ? (int)length
            : throw Bad($"field {Field} is cut short: {length} bytes expected, {_message.Length - _position} left");

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position == _message.Length) throw Bad("the file ends inside a number");
            var next = _message[_position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        throw Bad("a number is longer than ten bytes; this is not a protobuf file");
    }
}
