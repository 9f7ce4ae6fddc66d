using System.Text;
using CsCheck;
using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Tests.Text;

public sealed class HostileVocabularyTests
{
    private static readonly byte[] Small = SpieceModel([("<unk>", 0, 2), ("\u2581", -1, 1), ("a", -2, 1), ("ab", -3, 1),
        ("</s>", 0, 3)]);

    private static readonly byte[] SmallJson = Encoding.UTF8.GetBytes("""
        {"added_tokens":[{"id":0,"content":"<unk>","special":true}],"normalizer":{"type":"Strip","strip_left":false,"strip_right":true},
        "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"},"decoder":{"type":"Metaspace"},
        "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁",-1.0],["a",-2.0]]}}
        """);

    [Fact]
    public void A_small_vocabulary_made_here_is_read()
    {
        Assert.Equal([1, 2, 3, 4], Slow(Small).Encode("aab"));
        Assert.Equal([1, 2, 0], Fast(SmallJson).Encode("ab"));
    }

    [Fact]
    public void A_file_cut_anywhere_is_read_or_refused()
    {
        for (var length = 0; length < Small.Length; length++) ReadOrRefuse(Small[..length], Slow);
        for (var length = 0; length < SmallJson.Length; length++) ReadOrRefuse(SmallJson[..length], Fast);
        var real = File.ReadAllBytes(TextGoldens.Fixture("spiece.model"));
        for (var length = 0; length < real.Length; length += 3001) ReadOrRefuse(real[..length], Slow);
    }

    [Fact]
    public void Changed_bytes_are_read_or_refused()
    {
        var charsMap = SentencePieceModel.Load(TextGoldens.Fixture("spiece.model")).CharsMap.ToArray();
        Gen.Select(Gen.Int[0, Small.Length - 1], Gen.Byte).Array[1, 4]
            .Sample(changes => ReadOrRefuse(Changed(Small, changes), Slow));
        Gen.Select(Gen.Int[0, SmallJson.Length - 1], Gen.Byte).Array[1, 4]
            .Sample(changes => ReadOrRefuse(Changed(SmallJson, changes), Fast));
        Gen.Select(Gen.Int[0, charsMap.Length - 1], Gen.Byte).Array[1, 200].Sample(changes =>
            ReadOrRefuse(SpieceModel([("<unk>", 0, 2), ("a", -2, 1)], Changed(charsMap, changes)), Slow), iter: 30);
    }

    [Fact]
    public void Random_bytes_are_refused()
        => Gen.Byte.Array[1, 100].Sample(bytes =>
        {
            ReadOrRefuse(bytes, Slow);
            ReadOrRefuse(bytes, Fast);
        });

    [Theory]
    [InlineData("0AFFFFFFFFFFFFFFFF7F")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]
    [InlineData("0A80808080808080808080")]
    [InlineData("0B")]
    [InlineData("00")]
    [InlineData("FFFFFFFFFFFFFFFFFF01")]
    public void Hostile_sizes_are_refused(string hex)
        => Assert.Throws<BadFileException>(() => SentencePieceModel.Parse(Convert.FromHexString(hex), "hostile.model"));

    [Theory, InlineData(2, "BPE"), InlineData(3, "word"), InlineData(4, "character"), InlineData(9, "number 9")]
    public void A_model_of_another_kind_is_refused_by_its_name(int type, string name)
    {
        byte[] trainer = [0x12, 2, 0x18, (byte)type];
        var refused = Assert.Throws<BadFileException>(() => Slow([.. Small, .. trainer]));
        Assert.Contains($"of the kind {name};", refused.Message, StringComparison.Ordinal);
        trainer[^1] = 1;
        Slow([.. Small, .. trainer]);
    }

    [Fact]
    public void A_piece_of_a_hundred_kilobytes_is_refused_and_one_of_sixty_is_not()
    {
        Assert.Throws<BadFileException>(() => Slow(SpieceModel([("<unk>", 0, 2), (new string('a', 100_000), -1, 1)])));
        var tokenizer = Slow(SpieceModel([("<unk>", 0, 2), ("a", -5, 1), (new string('a', 60_000), -1, 1)]));
        Assert.Equal([0, 2], tokenizer.Encode(new string('a', 60_000)));
    }

    [Theory]
    [InlineData("a", 2, "two pieces for the unknown")]
    [InlineData("<unk>", 1, "a piece twice")]
    [InlineData("", 1, "an empty piece")]
    [InlineData("a", 9, "a kind that is not")]
    public void A_vocabulary_that_contradicts_itself_is_refused(string piece, int kind, string why)
        => Assert.True(Throws(() => Slow(SpieceModel([("<unk>", 0, 2), (piece, -1, kind)]))), why);

    [Theory]
    [InlineData("\"Unigram\"", "\"BPE\"")]
    [InlineData("\"unk_id\":0", "\"unk_id\":3")]
    [InlineData("\"unk_id\":0", "\"unk_id\":-1")]
    [InlineData("\"Strip\"", "\"Lowercase\"")]
    [InlineData("\"Metaspace\",", "\"ByteLevel\",")]
    [InlineData("-2.0", "1e999")]
    [InlineData("\"a\"", "\"\\ud800\"")]
    [InlineData("\"id\":0", "\"id\":7")]
    [InlineData("[[\"<unk>\",0.0]", "[[\"<unk>\"]")]
    [InlineData("\"strip_right\":true", "\"strip_right\":1")]
    [InlineData("\"strip_left\":false", "\"type\":\"Strip\"")]
    public void What_a_T5_tokenizer_never_says_is_refused_by_name(string from, string to)
    {
        var text = Encoding.UTF8.GetString(SmallJson).Replace(from, to, StringComparison.Ordinal);
        Assert.Contains("hostile.json",
            Assert.Throws<BadFileException>(() => Fast(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(21_000, true)]
    [InlineData(22_000, false)]
    public void A_piece_of_the_JSON_is_bounded_as_one_of_the_binary_file_is(int letters, bool isRead)
    {
        var text = Encoding.UTF8.GetString(SmallJson)
            .Replace("\"a\"", $"\"{new string('a', letters)}\"", StringComparison.Ordinal);
        var error = Record.Exception(() => Fast(Encoding.UTF8.GetBytes(text)));
        if (isRead) Assert.Null(error);
        else Assert.Contains("at most", Assert.IsType<BadFileException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_vocabulary_is_said_to_have_none()
    {
        var folder = Directory.CreateTempSubdirectory();
        Assert.Contains("tokenizer.json",
            Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(folder.FullName)).Message,
            StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(folder.FullName, "tokenizer.json"), SmallJson);
        Assert.Equal(3, Tokenizer.Load(folder.FullName).VocabularySize);
        File.WriteAllBytes(Path.Combine(folder.FullName, "spiece.model"), Small);
        File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), "{\"extra_ids\": 7}");
        Assert.Equal(12, Tokenizer.Load(folder.FullName).VocabularySize);
        folder.Delete(recursive: true);
    }

    private static Tokenizer Slow(byte[] file) => Tokenizer.From(SentencePieceModel.Parse(file, "hostile.model"),
        new() { Sentinels = 0 }, "hostile.model");

    private static Tokenizer Fast(byte[] file) => Tokenizer.From(TokenizerJson.Parse(file, "hostile.json"), null,
        "hostile.json");

    private static bool Throws(Func<Tokenizer> read)
    {
        try
        {
            read();
            return false;
        }
        catch (BadFileException)
        {
            return true;
        }
    }

    private static void ReadOrRefuse(byte[] file, Func<byte[], Tokenizer> read)
    {
        try
        {
            var tokenizer = read(file);
            tokenizer.Decode(tokenizer.Encode("aab  é½ <unk> ¼ab\u0301"));
        }
        catch (BadFileException)
        {
        }
    }

    private static byte[] Changed(byte[] file, (int At, byte Value)[] changes)
    {
        var changed = file.ToArray();
        foreach (var (at, value) in changes) changed[at] = value;
        return changed;
    }

    private static byte[] SpieceModel((string Text, float Score, int Kind)[] pieces, byte[]? charsMap = null)
    {
        using var file = new MemoryStream();
        foreach (var (text, score, kind) in pieces)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            byte[] piece = [0x0a, .. Varint(utf8.Length), .. utf8, 0x15, .. BitConverter.GetBytes(score), 0x18,
                (byte)kind];
            file.Write([0x0a, .. Varint(piece.Length), .. piece]);
        }
        if (charsMap is not null)
        {
            byte[] normalizer = [0x12, .. Varint(charsMap.Length), .. charsMap];
            file.Write([0x1a, .. Varint(normalizer.Length), .. normalizer]);
        }
        return file.ToArray();
    }

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
