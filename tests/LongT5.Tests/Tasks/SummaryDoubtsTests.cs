using System.Text.Json;
using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

public class SummaryDoubtsTests
{
    private const string Document = "Wages rose by 10 per cent. The plant in Trier closes in May. Nobody was asked.";

    private static readonly Summary Written = new()
    {
        Text = "Wages rose by 12 per cent. The plant in Trier closes in May.  The plant in Metz closes in May.",
        Sentences = ["Wages rose by 12 per cent.", "The plant in Trier closes in May.", "The plant in Metz closes in May."],
        Evidence = [[], [new(27, 59, "The plant in Trier closes in May.", 1)], []],
    };

    [Fact]
    public void A_summary_says_what_its_document_does_not()
    {
        var doubts = Written.ComparedWith(Document, strict: false).Doubts;
        Assert.Equal([(0, DoubtKind.Number), (2, DoubtKind.Name)],
            doubts.Select(doubt => (doubt.Sentence, doubt.Kind)));
    }

    [Fact]
    public void Strictly_doubtful_sentences_are_left_out_with_all_that_belongs_to_them_and_counted()
    {
        var strict = Written.ComparedWith(Document, strict: true);
        Assert.Equal("The plant in Trier closes in May.", strict.Text);
        Assert.Equal([strict.Text], strict.Sentences);
        Assert.Equal(1, Assert.Single(Assert.Single(strict.Evidence!)).Weight);
        Assert.Equal((0, 2), (strict.Doubts.Count, strict.SentencesLeftOut));
        Assert.Contains("2 of 3 sentences were left out", Assert.Single(strict.Warnings));
    }

    [Fact]
    public void A_summary_without_doubts_is_the_same_strictly()
        => Assert.Equal((Document, 0), Fields(new Summary { Text = Document, Sentences = [Document] }
            .ComparedWith(Document, strict: true)));

    [Fact]
    public void As_json_a_doubt_has_its_kind_its_place_and_its_reason()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            ResultJson.Write(writer, "summary", Written.ComparedWith(Document, strict: false));
            writer.WriteEndObject();
        }
        var doubt = JsonDocument.Parse(bytes.ToArray()).RootElement.GetProperty("doubts")[0];
        Assert.Equal(("number", 0, 14, 16, "12"), (doubt.GetProperty("kind").GetString(),
            doubt.GetProperty("sentence").GetInt32(), doubt.GetProperty("start").GetInt32(),
            doubt.GetProperty("end").GetInt32(), doubt.GetProperty("text").GetString()));
        Assert.NotEmpty(doubt.GetProperty("reason").GetString()!);
    }

    [Fact]
    public void What_is_given_out_while_it_grows_cannot_be_strict()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        Assert.Throws<ArgumentException>(() => new Summarizer(model).StreamAsync(Document, new() { Strict = true }));
    }

    [Theory]
    [InlineData("art-of-war.txt")]
    public void What_the_embedded_model_quotes_raises_none(string document)
    {
        using var model = LongT5Model.LoadEmbedded();
        var text = File.ReadAllText(Path.Combine(Goldens.Repository, "samples", "documents", document));
        Assert.Empty(new Summarizer(model).Summarize(text).Doubts);
    }

    private static (string, int) Fields(Summary summary) => (summary.Text, summary.SentencesLeftOut);
}
