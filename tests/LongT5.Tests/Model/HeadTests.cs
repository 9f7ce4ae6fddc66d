using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Model;

/// <summary>Heads of labels in place of the vocabulary.</summary>
public sealed class HeadTests : IDisposable
{
    private const string Missing = "LONGT5_GOLDENS names the recorded results.";
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-heads-").FullName;

    public static bool Here => Goldens.Whole;

    public static TheoryData<string> Recorded()
        => Here
            ? [.. Goldens.Folders("heads").Where(name => !name.StartsWith("embeddings", StringComparison.Ordinal))]
            : [""];

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void A_head_gives_the_references_logits(string name)
    {
        using var cases = Safetensors.Open(Goldens.Path("heads", name, "cases.safetensors"));
        using var checkpoint = Checkpoint.Open(Goldens.Path("heads", name));
        using var network = Network.Load(checkpoint, Workers.Shared);
        Assert.Empty(checkpoint.Warnings);
        foreach (var alone in cases.Tensors.Keys.Where(key => key.StartsWith("alone.", StringComparison.Ordinal)
            && key.EndsWith("input_ids", StringComparison.Ordinal)))
        {
            var ids = cases.Tensors[alone];
            var logits = cases.Tensors[alone.Replace("input_ids", "logits", StringComparison.Ordinal)].ToArray();
            GoldenModelTests.Agrees(logits, network.Score(ids.ToIntegers(0, (int)ids.Count)), $"{name}/{alone}");
        }
    }

    [Theory]
    [InlineData(ModelHead.Sequence, "T5ForSequenceClassification"),
        InlineData(ModelHead.Tokens, "T5ForTokenClassification")]
    [InlineData(ModelHead.Spans, "T5ForQuestionAnswering")]
    public void A_head_is_written_under_the_references_names_and_read_again(ModelHead head, string architecture)
    {
        using var checkpoint = Write(head);
        Assert.Equal(head, checkpoint.Head);
        checkpoint.Save(Path.Combine(_folder, "again"));
        using var again = Checkpoint.Open(Path.Combine(_folder, "again"));
        Assert.Equal($"Long{architecture}", again.ConfigFields.GetProperty("architectures")[0].GetString());
        using var file = Safetensors.Open(Path.Combine(_folder, "again", "model.safetensors"));
        Assert.Equal(head != ModelHead.Spans, file.Tensors.ContainsKey("transformer.shared.weight"));
        using Network first = Network.Load(checkpoint, Workers.Shared), second = Network.Load(again, Workers.Shared);
        Assert.Equal(first.Score([5, 9, 4, 1]), second.Score([5, 9, 4, 1]));
    }

    [Fact]
    public void A_head_of_labels_writes_no_text()
    {
        Write(ModelHead.Sequence).Dispose();
        using var model = LongT5Model.Load(_folder);
        Assert.Contains("head of labels (Sequence)",
            Assert.Throws<NotSupportedException>(() => model.Generate([[5, 9, 1]])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Engine.Score([5, 9]));
    }

    [Fact]
    public void A_head_of_tokens_scores_each_token_as_it_does_in_a_longer_batch()
    {
        using var checkpoint = Write(ModelHead.Tokens);
        using var network = Network.Load(checkpoint, Workers.Shared);
        int[] ids = [.. Enumerable.Range(3, 40)];
        var encoded = network.EncodeBatch([[7, 8], ids]);
        Assert.Equal(network.Score(ids), network.ScoreTokens(encoded[1]));
        Assert.Equal(3 * ids.Length, network.Score(ids).Length);
        foreach (var input in encoded)
            input.Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Checkpoint Write(ModelHead head)
    {
        TinyModel.Write(_folder, head == ModelHead.Spans
            ? "" : ", \"id2label\": {\"0\": \"bad\", \"1\": \"good\", \"2\": \"odd\"}");
        using (var plain = Checkpoint.Open(_folder))
        {
            var config = plain.Config;
            var random = new Random(3);
            File.Delete(Path.Combine(_folder, "model.safetensors"));
            SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), WeightShapes.Of(config, head)
                .Select(weight => OutgoingTensor.Of(
                WeightShapes.PrefixOf(head, weight.Name) + weight.Name, weight.Shape,
                Enumerable.Range(0, (int)weight.Shape.Aggregate(1L, (a, b) => a * b))
                    .Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())));
        }
        return Checkpoint.Open(_folder);
    }
}
