using LongT5.Formats;
using LongT5.Torch;
using LongT5.Training.Data;
using LongT5.Training.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Torch;

/// <summary>Heads of labels, against what transformers' heads compute over T5 and LongT5.</summary>
public class HeadGradientTests
{
    const string Missing = "LONGT5_GOLDENS names the recorded results.";

    public static bool Here => Goldens.Whole;

    public static TheoryData<string> Recorded()
        => Here
            ? [.. Goldens.Folders("heads").Where(name => !name.StartsWith("embeddings", StringComparison.Ordinal))]
            : [""];

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void Scores_loss_and_gradients_are_the_references(string name)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(Goldens.Path("heads", name));
        using var cases = Safetensors.Open(Goldens.Path("heads", name, "cases.safetensors"));
        using var model = TorchWeights.Open(checkpoint, new());
        var kind = (checkpoint.Head, checkpoint.Config.Problem) switch
        {
            (ModelHead.Tokens, _) => HeadKind.TokenClassification,
            (ModelHead.Spans, _) => HeadKind.Extractive,
            (_, LabelProblem.AnyLabels) => HeadKind.MultiLabel,
            (_, LabelProblem.Numbers) => HeadKind.Regression,
            _ => HeadKind.SequenceClassification,
        };
        var ids = cases.Tensors["batch.input_ids"];
        var (rows, width) = ((int)ids.Shape[0], (int)ids.Shape[1]);
        int[][] inputs = [.. ids.ToIntegers(0, rows * width).Chunk(width)
            .Zip(cases.Tensors["batch.attention_mask"].ToIntegers(0, rows * width).Chunk(width),
                (row, mask) => row[..mask.Sum()])];
        using var batch = new Batch(inputs, inputs, checkpoint.Config, CPU);
        var scores = model.LabelScores(model.HeadKind.HasDecoder()
            ? model.Decode(batch, model.Encode(batch, default), default) : model.Encode(batch, default), batch);
        // A batch is padded to whole blocks here; the reference's to its longest row.
        if (scores.dim() == 3) scores = scores.narrow(1, 0, width);

        var targets = Targets(kind, cases, rows, width);
        int[] lengths = [.. inputs.Select(_ => width)]; // the reference counts padding too
        var loss = kind == HeadKind.Extractive ? Side(0).add(Side(1))
            : new LabelLoss(kind).Sum(scores, targets, lengths).div(targets.Sum(target => target.Count));
        GoldenModel.Agree(cases.Tensors["batch.loss"].ToArray(), loss, "the loss");
        var read = kind == HeadKind.TokenClassification ? scores.mul(tensor(
            [.. cases.Tensors["batch.attention_mask"].ToIntegers(0, rows * width).Select(one => (float)one)])
            .view(rows, width, 1)) : scores;
        GoldenModel.Agree(cases.Tensors["batch.logits"].ToArray(), read, "the scores");

        TorchModel.Backward(loss);
        var weights = model.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
        var compared = 0;
        foreach (var (key, gradient) in cases.Tensors)
        {
            if (!key.StartsWith("batch.grad.", StringComparison.Ordinal)) continue;
            var weight = key["batch.grad.".Length..].Replace("transformer.", "", StringComparison.Ordinal);
            GoldenModel.Agree(gradient.ToArray(), weights[weight].grad!, $"the gradient of {weight}");
            compared++;
        }
        Assert.True(compared > 2, $"{compared} gradients were compared");

        // The mean over those rows of which this side of the answer is known.
        Tensor Side(int side)
        {
            HeadTarget[] known = [.. targets.Select(target => new HeadTarget(
                [.. target.Values.Select((value, i) => i == side ? value : Batch.Ignored)]))];
            return new LabelLoss(kind).Sum(scores, known, lengths)
                .div(known.Count(target => target.Values[side] != Batch.Ignored));
        }
    }

    static HeadTarget[] Targets(HeadKind kind, Safetensors cases, int rows, int width)
    {
        float[] Numbers(string name) => cases.Tensors[name] is { Type: ElementType.F32 } real ? real.ToArray()
            : [.. cases.Tensors[name].ToIntegers(0, (int)cases.Tensors[name].Count).Select(one => (float)one)];
        if (kind != HeadKind.Extractive)
            return [.. Numbers("batch.labels").Chunk((int)cases.Tensors["batch.labels"].Count / rows)
                .Select(row => new HeadTarget(row, kind == HeadKind.TokenClassification
                    ? row.Count(label => label != Batch.Ignored) : 1))];
        var (starts, ends) = (Numbers("batch.start_positions"), Numbers("batch.end_positions"));
        float Known(float place) => place >= width ? Batch.Ignored : place;
        return [.. starts.Zip(ends, (start, end) => new HeadTarget([Known(start), Known(end)]))];
    }
}
