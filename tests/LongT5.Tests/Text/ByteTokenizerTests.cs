using System.Text.Json;
using CsCheck;
using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Tests.Text;

/// <summary>ByT5's tokens: bytes, and no vocabulary file.</summary>
public sealed class ByteTokenizerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Ids_and_texts_are_those_of_the_reference()
    {
        var tokenizer = Load("""{"tokenizer_class": "ByT5Tokenizer"}""");
        Assert.Equal(384, tokenizer.VocabularySize);
        foreach (var line in File.ReadLines(TextGoldens.Fixture("bytes.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement))
        {
            if (line.TryGetProperty("text", out var text))
                Assert.Equal(line.Ints("ids"), tokenizer.Encode(text.GetString()!));
            Assert.Equal(line.Text("decoded"), tokenizer.Decode(line.Ints("ids")));
            Assert.Equal(line.Text("decoded_all"), tokenizer.Decode(line.Ints("ids"), skipSpecialTokens: false));
        }
    }

    [Fact]
    public void Every_text_comes_back_and_offsets_point_at_its_characters()
    {
        var tokenizer = Load("""{"tokenizer_class": "ByT5Tokenizer"}""");
        Gen.String.Sample(text =>
        {
            var whole = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
            var plain = Tokenizer.Load(_folder.FullName, new() { SpecialTokensInText = false });
            Assert.Equal(whole, plain.Decode(plain.Encode(text)));
            var tokens = tokenizer.EncodeWithOffsets(text);
            Assert.All(tokens.Offsets, at => Assert.InRange(at.End, at.Start, text.Length));
        });
    }

    [Fact]
    public void What_is_decoded_as_it_comes_is_what_is_decoded_at_once()
    {
        var tokenizer = Load("""{"tokenizer_class": "ByT5Tokenizer"}""");
        Gen.OneOf(Gen.Int[0, 390], Gen.Int[35, 130], Gen.Int[130, 258]).Array[0, 60].Sample(ids =>
        {
            var decoder = new StreamingDecoder(tokenizer);
            var parts = ids.Select(decoder.Add).ToList();
            Assert.Equal(tokenizer.Decode(ids), string.Concat(parts) + decoder.Finish());
        });
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 3}""", 262, "<extra_id_2>", 261)]
    [InlineData("""{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 0, "additional_special_tokens": ["<a>", "<b>"]}""",
        261, "<b>", 260)]
    [InlineData(
        """{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 0, "added_tokens_decoder": {"300": {"content": "<c>"}}}""",
        301, "<c>", 300)]
    public void What_stands_behind_the_bytes_is_what_the_files_say(string config, int size, string token, int id)
    {
        var tokenizer = Load(config);
        Assert.Equal((size, id), (tokenizer.VocabularySize, tokenizer.Id(token)));
        Assert.Equal([100, id, 1], tokenizer.Encode("a" + token));
    }

    [Fact]
    public void A_folder_of_another_tokenizer_without_its_vocabulary_has_none()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "tokenizer_config.json"),
            """{"tokenizer_class": "T5Tokenizer"}""");
        Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(_folder.FullName));
    }

    private Tokenizer Load(string config)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "tokenizer_config.json"), config);
        return Tokenizer.Load(_folder.FullName);
    }
}
