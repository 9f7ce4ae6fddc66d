using System.Text;
using CsCheck;
using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Tests.Text;

public sealed class TokenizerTests
{
    private static readonly Tokenizer Slow = TextGoldens.Ours();
    private static readonly Tokenizer Fast = Tokenizer.From(Pipeline());
    private static readonly Tokenizer Bytes =
        Tokenizer.From(TokenizerJson.Parse(ByteFallbackJson(), "byte-fallback.json"));

    [Theory]
    [InlineData("pipeline.jsonl")]
    [InlineData("byte-fallback.jsonl")]
    public void A_pipeline_agrees_with_the_tokenizers_library(string recorded)
    {
        var tokenizer = recorded == "pipeline.jsonl" ? Fast : Bytes;
        foreach (var line in File.ReadLines(TextGoldens.Fixture(recorded))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement))
        {
            var text = line.Text("text");
            var found = tokenizer.EncodeWithOffsets(text);
            Assert.Equal(line.Ints("ids"), found.Ids);
            Assert.Equal(line.Ints("ids"), tokenizer.Encode(text));
            Assert.Equal(line.GetProperty("offsets").EnumerateArray()
                .Select(pair => (pair[0].GetInt32(), pair[1].GetInt32())),
                found.Offsets.Select(at => (CodePoints(text, at.Start), CodePoints(text, at.End))));
            Assert.Equal(line.Text("decoded"), tokenizer.Decode(found.Ids));
            Assert.Equal(line.Text("decoded_all"), tokenizer.Decode(found.Ids, skipSpecialTokens: false));
        }
    }

    [Fact]
    public void A_spiece_model_agrees_with_the_pipeline_on_ordinary_text()
    {
        var texts = File.ReadLines(TextGoldens.Fixture("pipeline.jsonl"))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.Text("text"))
            .Where(text => text.All(c => c is '\n' or (>= ' ' and < (char)127) or '\u2014' or 'é' or 'ö')
                && !text.Contains('<'));
        Assert.All(texts, text => Assert.Equal(Fast.Encode(text), Slow.Encode(text)));
    }

    [Fact]
    public void Text_behind_a_sentinel_gets_no_space_of_its_own_unless_legacy_is_asked_for()
    {
        var legacy = TextGoldens.Ours(new() { Sentinels = 64, Legacy = true });
        var sentinel = Slow.Id("<extra_id_0>");
        Assert.Equal([sentinel, Slow.Id("."), 1], Slow.Encode("<extra_id_0>."));
        Assert.Equal([sentinel, Slow.Id("\u2581"), Slow.Id("."), 1], legacy.Encode("<extra_id_0>."));
    }

    [Fact]
    public void Sentinels_follow_the_pieces_the_last_one_first()
    {
        var pieces = SentencePieceModel.Load(TextGoldens.Fixture("spiece.model")).Pieces.Count;
        Assert.Equal(pieces + 64, Slow.VocabularySize);
        Assert.Equal(pieces + 63, Slow.Id("<extra_id_0>"));
        Assert.Equal(pieces, Slow.Id("<extra_id_63>"));
        Assert.Equal(pieces + 100, TextGoldens.Ours(new()).VocabularySize);
    }

    [Fact]
    public void Truncation_keeps_the_end_token()
    {
        var ids = Slow.Encode("The quick brown fox jumps over the lazy dog.");
        var cut = Slow.Encode("The quick brown fox jumps over the lazy dog.", maxLength: 5);
        Assert.Equal([.. ids[..4], Slow.EosId], cut);
        Assert.Equal([Slow.EosId], Slow.Encode("The quick brown fox", maxLength: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Slow.Encode("The", maxLength: 0));
    }

    [Fact]
    public void A_pair_gives_from_its_longer_text_first()
    {
        var cut = Slow.EncodePair("one two three four five six seven eight nine ten", "one", maxLength: 8);
        var second = Slow.Encode("one");
        Assert.Equal(8, cut.Length);
        Assert.Equal(second, cut[^second.Length..]);
        Assert.Equal(Slow.EosId, cut[^(second.Length + 1)]);
    }

    [Fact]
    public void An_end_token_in_the_text_is_mere_text_if_asked()
    {
        var mere = TextGoldens.Ours(new() { Sentinels = 64, SpecialTokensInText = false });
        Assert.Contains(Slow.EosId, Slow.Encode("a</s>b", addEnd: false));
        Assert.DoesNotContain(mere.EosId, mere.Encode("a</s>b", addEnd: false));
    }

    [Fact]
    public void Rows_beyond_the_vocabulary_stand_for_nothing()
    {
        Assert.Equal(Slow.Decode(Slow.Encode("the end")),
            Slow.Decode([.. Slow.Encode("the end"), Slow.VocabularySize, int.MaxValue]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Slow.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Slow.Piece(Slow.VocabularySize));
    }

    [Fact]
    public void Lone_surrogates_count_as_the_replacement_character()
        => Gen.Char.Array[0, 40].Sample(chars =>
        {
            var text = new string(chars);
            var replaced = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            foreach (var tokenizer in (Tokenizer[])[Slow, Fast, Bytes])
                Assert.Equal(tokenizer.Encode(replaced), tokenizer.Encode(text));
        });

    [Fact]
    public void Offsets_are_in_order_and_inside_the_text()
        => Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char, Gen.Char[" \u0301½<"]), 0, 60].Sample(text =>
        {
            foreach (var tokenizer in (Tokenizer[])[Slow, Fast, Bytes])
            {
                var found = tokenizer.EncodeWithOffsets(text);
                Assert.Equal(tokenizer.Encode(text), found.Ids);
                Assert.All(found.Offsets,
                    at => Assert.True(0 <= at.Start && at.Start <= at.End && at.End <= text.Length));
                var starts = found.Offsets[..^1].Select(at => at.Start);
                Assert.True(starts.SequenceEqual(starts.Order()));
            }
        });

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("\0")]
    [InlineData("你")]
    [InlineData("e\u0301")]
    public void Ten_million_characters_without_a_space_are_taken(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 10_000_000 / unit.Length / (unit == "a" ? 1 : 10)));
        Assert.Equal(Slow.EosId, Slow.Encode(text)[^1]);
        if (unit != "a") Assert.Equal(Fast.EosId, Fast.Encode(text)[^1]);
    }

    [Fact]
    public void What_is_decoded_as_it_comes_is_what_is_decoded_at_once()
        => Gen.Int[0, 8063].Array[0, 60].Sample(ids =>
        {
            foreach (var tokenizer in (Tokenizer[])[Slow, Fast, Bytes])
            {
                var decoder = new StreamingDecoder(tokenizer);
                var parts = ids.Select(decoder.Add).ToList();
                Assert.Equal(tokenizer.Decode(ids), string.Concat(parts) + decoder.Finish());
            }
        });

    [Fact]
    public void Words_and_characters_arrive_whole()
    {
        var decoder = new StreamingDecoder(Bytes);
        var parts = Bytes.Encode("the weather 你好 today").Select(decoder.Add).Where(part => part.Length > 0).ToList();
        Assert.Equal(["the", " weather", " 你好"], parts);
        Assert.Equal(" today", decoder.Finish());
    }

    [Fact]
    public void A_tokenizer_serves_many_threads()
    {
        var text = File.ReadAllText(TextGoldens.Fixture("pipeline.jsonl"));
        var expected = Slow.Encode(text);
        Parallel.For(0, 8, _ => Assert.Equal(expected, Slow.Encode(text)));
    }

    private static int CodePoints(string text, int end) => text[..end].EnumerateRunes().Count();

    // The same vocabulary as the library converts it.
    internal static TokenizerJson Pipeline()
    {
        var model = SentencePieceModel.Load(TextGoldens.Fixture("spiece.model"));
        var pieces = model.Pieces.Select(piece => piece.Text)
            .Concat(Enumerable.Range(0, 64).Select(i => $"<extra_id_{63 - i}>")).ToList();
        return new TokenizerJson
        {
            Pieces = pieces,
            Scores = [.. model.Pieces.Select(piece => (double)piece.Score), .. new double[64]],
            UnknownId = 2,
            CharsMap = model.CharsMap,
            AddedTokens = [.. pieces.Select((text, id) => new AddedToken(id, text, id > 2, id > 2, true))
                .Where(token => token.Id is <= 2 or >= 8000)],
            Edits = [new StripEdit(false, true), new ReplaceEdit(null, "\u2581")],
            Prefix = PrefixSpace.First,
            AddsEnd = true,
            Decoders = [new MetaspaceDecoder(true)],
        };
    }

    internal static byte[] ByteFallbackJson()
        => Encoding.UTF8.GetBytes(File.ReadAllText(TextGoldens.Fixture("byte-fallback.json"))
            .Replace("CHARSMAP",
                Convert.ToBase64String(SentencePieceModel.Load(TextGoldens.Fixture("spiece.model")).CharsMap.Span),
                StringComparison.Ordinal));
}
