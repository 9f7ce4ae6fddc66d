using System.Text.Json;
using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Tests.Text;

/// <summary>Tokens that were added to a vocabulary by hand, from whichever file names them.</summary>
public sealed class AddedTokensTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Normalized_stripping_and_single_word_tokens_agree_with_the_tokenizers_library()
    {
        var added = JsonDocument.Parse(
            File.ReadAllBytes(TextGoldens.Fixture("added-tokens.json"))).RootElement.EnumerateArray()
            .Select(token => AddedToken.Read(new(token, "added-tokens.json"), token.GetProperty("id").GetInt32()));
        var plain = TokenizerTests.Pipeline();
        var tokenizer = Tokenizer.From(plain with { AddedTokens = [.. plain.AddedTokens, .. added] });
        foreach (var line in File.ReadLines(TextGoldens.Fixture("added-tokens.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement))
        {
            var text = line.Text("text");
            Assert.Equal(line.Ints("ids"), tokenizer.Encode(text));
            Assert.Equal(line.GetProperty("offsets").EnumerateArray()
                .Select(pair => (pair[0].GetInt32(), pair[1].GetInt32())),
                tokenizer.EncodeWithOffsets(text).Offsets.Select(at => (at.Start, at.End)));
            Assert.Equal(line.Text("decoded"), tokenizer.Decode(line.Ints("ids")));
        }
    }

    [Fact]
    public void Ties_of_the_best_path_fall_as_in_SentencePiece()
    {
        var tokenizer = TextGoldens.Ours();
        foreach (var line in File.ReadLines(TextGoldens.Fixture("sentencepiece-ties.tsv"))
            .Select(line => line.Split('\t')))
            Assert.Equal(line[1].Split(' ').Select(int.Parse), tokenizer.Encode(line[0], addEnd: false));
    }

    [Theory]
    [InlineData("added_tokens.json", """{"<ORG>": 8100, "{": 8101}""")]
    [InlineData("tokenizer_config.json",
        """{"added_tokens_decoder": {"8100": {"content": "<ORG>"}, "8101": {"content": "{"}}}""")]
    [InlineData("tokenizer.json", """
        {"added_tokens": [{"id": 8100, "content": "<ORG>", "special": false}, {"id": 8101, "content": "{", "special": false}],
         "model": {"vocab": []}}
        """)]
    public void Beside_a_spiece_model_each_file_that_names_added_tokens_is_read(string file, string content)
    {
        var tokenizer = Load((file, content));
        Assert.Equal(8102, tokenizer.VocabularySize);
        var ids = tokenizer.Encode("to <ORG>{ and");
        Assert.Equal([8100, 8101], ids.Where(id => id >= 8000));
        Assert.Equal("to <ORG> { and", tokenizer.Decode(ids));
    }

    [Fact]
    public void A_special_token_of_added_tokens_is_left_out_of_a_decoded_text()
    {
        var tokenizer = Load(("added_tokens.json", """{"<SEP>": 8100, "{": 8101}"""),
            ("special_tokens_map.json", """{"additional_special_tokens": ["<SEP>"]}"""));
        Assert.Equal("to { and", tokenizer.Decode(tokenizer.Encode("to <SEP>{ and")));
    }

    [Fact]
    public void Files_that_give_one_id_to_two_tokens_are_told_and_the_first_is_taken()
    {
        var tokenizer = Load(("tokenizer_config.json", """{"added_tokens_decoder": {"8100": {"content": "<A>"}}}"""),
            ("added_tokens.json", """{"<B>": 8100, "<A>": 8101}"""));
        Assert.Equal(8100, tokenizer.Id("<A>"));
        Assert.Equal(2, tokenizer.Warnings.Count);
        Assert.Contains("added_tokens.json to '<B>'", tokenizer.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("the id 8101", tokenizer.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_json_that_is_of_another_vocabulary_is_told()
    {
        var tokenizer =
            Load(("tokenizer.json", """{"model": {"vocab": [["<pad>", 0.0], ["</s>", 0.0], ["other", -1.0]]}}"""));
        Assert.Contains("piece 2 is '<unk>' in the first and 'other' in the second", Assert.Single(tokenizer.Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_json_of_the_same_vocabulary_is_nothing_to_speak_of()
    {
        var pieces = SentencePieceModel.Load(TextGoldens.Fixture("spiece.model")).Pieces;
        var vocabulary = JsonSerializer.Serialize(
            pieces.Select(piece => new object[] { piece.Text, (double)piece.Score }));
        Assert.Empty(Load(("tokenizer.json", "{\"model\": {\"vocab\": " + vocabulary + "}}")).Warnings);
    }

    [Theory]
    [InlineData("added_tokens.json", """{"<B>": 2147483647}""")]
    [InlineData("added_tokens.json", """{"<B>": "x"}""")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"-3": {"content": "<A>"}}}""")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"99999999999": {"content": "<A>"}}}""")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": [1]}""")]
    public void Hostile_ids_are_refused_with_the_name_of_the_file(string file, string content)
        => Assert.Contains(file, Assert.Throws<BadFileException>(() => Load((file, content))).Message,
            StringComparison.Ordinal);

    private Tokenizer Load(params (string Name, string Content)[] files)
    {
        File.Copy(TextGoldens.Fixture("spiece.model"), Path.Combine(_folder.FullName, "spiece.model"), overwrite: true);
        foreach (var (name, content) in files) File.WriteAllText(Path.Combine(_folder.FullName, name), content);
        return Tokenizer.Load(_folder.FullName, new() { Sentinels = 100 });
    }
}
