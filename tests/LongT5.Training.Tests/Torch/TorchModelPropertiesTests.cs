using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Torch;
using LongT5.Torch.Autograd;
using LongT5.Training.Data;
using LongT5.Training.Losses;
using LongT5.Training.Tests.Losses;
using static TorchSharp.torch;
using Batch = LongT5.Torch.Batch;

namespace LongT5.Training.Tests.Torch;

/// <summary>What must hold of the model on tensors whatever the reference says.</summary>
public class TorchModelPropertiesTests
{
    static readonly LongT5Config s_config = new()
    {
        VocabSize = 50,
        DModel = 16,
        DKv = 4,
        DFf = 24,
        NumLayers = 2,
        NumDecoderLayers = 2,
        NumHeads = 4,
        LocalRadius = 5,
        GlobalBlockSize = 4,
        IsGatedAct = true,
        DenseActFn = Activation.GeluNew,
        DecoderStartTokenId = 0,
        EncoderAttentionType = EncoderAttention.TransientGlobal,
        TieWordEmbeddings = false,
    };

    static TorchModel Lively(LongT5Config config, TorchOptions? options = null, double deviation = 0.4)
    {
        using var generator = random.manual_seed(1);
        using var frozen = no_grad();
        var model = new TorchModel(config, options ?? new());
        foreach (var weight in model.parameters()) weight.normal_(0, deviation).add_(weight.dim() == 1 ? 1 : 0);
        return model;
    }

    static Batch Texts(LongT5Config config, params (int Input, int Target)[] lengths)
    {
        var dice = new Random(7);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => dice.Next(2, config.VocabSize))];
        return new([.. lengths.Select(row => Ids(row.Input))], [.. lengths.Select(row => Ids(row.Target))],
            config, CPU);
    }

    static Dictionary<string, Tensor> Gradients(TorchModel model, Batch batch, LossOptions options)
    {
        foreach (var weight in model.parameters()) weight.grad = null;
        TorchModel.Backward(model.Loss(batch, options));
        return model.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter.grad!.clone());
    }

    [Fact]
    public void Learning_salience_moves_a_dimension_of_the_encoder_and_nothing_is_asked_where_none_is_known()
    {
        using var scope = NewDisposeScope();
        using var model = Lively(s_config);
        int[][] inputs = [[.. Enumerable.Range(2, 40)], [.. Enumerable.Range(5, 21)]], targets = [[4, 5], [6]];
        TokenizedExample[] unknown = [new(inputs[0], targets[0]), new(inputs[1], targets[1])];
        TokenizedExample[] examples = [unknown[0] with { Salience = [new(0, 2), new(17, -2)] },
            unknown[1] with { Salience = [new(20, 1)] }];
        using var batch = new Batch(inputs, targets, s_config, CPU);
        var term = new SalienceLoss();
        Tensor? Loss(TokenizedExample[] of) => term.Of(ForwardPass.Take(model, batch) with { Examples = of });
        Assert.Null(Loss(unknown));

        var hidden = model.Encode(batch, default);
        var found = new[] { hidden[0, 0, 7], hidden[0, 17, 7], hidden[1, 20, 7] }.Select(value => value.item<float>())
            .ToArray();
        var expected = found.Zip([2f, -2f, 1f], (is_, wanted) => Math.Pow(is_ - wanted, 2)).Average();
        Assert.Equal(expected, Loss(examples)!.item<float>(), 1e-4 * expected);
        Descend(model, () => Loss(examples)!);
        Assert.True(Loss(examples)!.item<float>() < 0.5 * expected);
    }

    static void Descend(TorchModel model, Func<Tensor> loss)
    {
        var optimizer = optim.SGD(model.parameters(), 0.003);
        for (var step = 0; step < 10; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            TorchModel.Backward(loss());
            optimizer.step();
        }
    }

    [Fact]
    public void Learning_to_count_moves_a_dimension_of_the_encoder_to_the_logarithm_of_how_often_a_token_stands_there()
    {
        using var scope = NewDisposeScope();
        using var model = Lively(s_config);
        using var batch = new Batch([[7, 8, 7, 9, 7], [7, 7]], [[4], [6]], s_config, CPU); // the second row is padded
        Tensor Loss() => new TermFrequencyLoss().Of(ForwardPass.Take(model, batch));
        var hidden = model.Encode(batch, default);
        (int Row, int Place, double Count)[] wanted = [(0, 0, 3), (0, 1, 1), (0, 2, 3), (0, 3, 1), (0, 4, 3),
            (1, 0, 2), (1, 1, 2)];
        var expected = wanted.Average(one => Math.Pow(hidden[one.Row, one.Place, CopyCircuit.TermFrequency(s_config)]
            .item<float>() - Math.Log(one.Count), 2));
        Assert.Equal(expected, Loss().item<float>(), 1e-4 * expected);
        Descend(model, Loss);
        Assert.True(Loss().item<float>() < 0.5 * expected);
    }

    [Fact]
    public void With_dropout_the_gradient_is_the_slope_of_the_loss()
    {
        using var scope = NewDisposeScope();
        using var model = Lively(s_config);
        using var batch = Texts(s_config, (300, 150), (37, 9));
        var options = new LossOptions { Dropout = 0.2, Seed = 5, ZLoss = 1e-2, LabelSmoothing = 0.1 };
        foreach (var (name, gradient) in Gradients(model, batch, options))
        {
            var weight = model.get_parameter(name)!;
            // Along its own direction the slope is the gradient's length, far above the rounding of float32.
            var direction = gradient / gradient.norm();
            var step = 2e-3;
            var slope = (At(step) - At(-step)) / (2 * step);
            var length = gradient.norm().item<float>();
            Assert.True(Math.Abs(slope - length) <= 0.02 * length + 2e-3,
                $"{name}: the slope is {slope:g4}, the gradient {length:g4}");

            double At(double distance)
            {
                using var frozen = no_grad();
                using var inner = NewDisposeScope();
                var before = weight.clone();
                weight.add_(direction, distance);
                var loss = model.Loss(batch, options).item<float>();
                weight.copy_(before);
                return loss;
            }
        }
    }

    [Fact]
    public void Recomputation_drops_what_was_dropped()
    {
        using var scope = NewDisposeScope();
        using var batch = Texts(s_config, (40, 12), (21, 5));
        var options = new LossOptions { Dropout = 0.3, Seed = 11 };
        using var kept = Lively(s_config);
        using var recomputed = Lively(s_config, new() { Recompute = true });
        var expected = Gradients(kept, batch, options);
        foreach (var (name, gradient) in Gradients(recomputed, batch, options))
            Assert.True(gradient.allclose(expected[name], rtol: 1e-4, atol: 1e-5), name);
    }

    [Fact]
    public void The_same_seed_drops_the_same_and_another_drops_other_things()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var model = Lively(s_config);
        using var batch = Texts(s_config, (40, 12));
        float Loss(long seed) => model.Loss(batch, new() { Dropout = 0.3, Seed = seed }).item<float>();
        var first = Loss(1);
        Assert.NotEqual(first, Loss(2));
        Assert.Equal(first, Loss(1));
    }

    [Fact]
    public void A_text_counts_in_a_batch_as_it_counts_alone()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var model = Lively(s_config);
        var sum = new LossOptions { Divisor = 1 };
        var dice = new Random(3);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => dice.Next(2, 50))];
        int[][] inputs = [Ids(3), Ids(4), Ids(135), Ids(129), Ids(2)],
        targets = [Ids(1), Ids(140), Ids(7), Ids(2), Ids(3)];
        using var together = new Batch(inputs, targets, s_config, CPU);
        double alone = 0;
        foreach (var (input, target) in inputs.Zip(targets))
        {
            using var one = new Batch([input], [target], s_config, CPU);
            alone += model.Loss(one, sum).item<float>();
        }
        Assert.Equal(alone, model.Loss(together, sum).item<float>(), 5e-5 * alone);
    }

    [Fact]
    public void Parts_of_a_batch_add_up_to_its_gradient()
    {
        using var scope = NewDisposeScope();
        using var model = Lively(s_config);
        int[][] inputs = [[5, 6, 7, 8, 9], [9, 8, 7]], targets = [[4, 3], [2, 3, 4, 5]];
        using var whole = new Batch(inputs, targets, s_config, CPU);
        var expected = Gradients(model, whole, new());
        foreach (var weight in model.parameters()) weight.grad = null;
        for (var i = 0; i < 2; i++)
        {
            using var part = new Batch([inputs[i]], [targets[i]], s_config, CPU);
            TorchModel.Backward(model.Loss(part, new() { Divisor = 6 }));
        }
        foreach (var (name, weight) in model.named_parameters())
            Assert.True(weight.grad!.allclose(expected[name], rtol: 1e-4, atol: 1e-5), name);
    }

    [Theory]
    [InlineData(EncoderAttention.Local), InlineData(EncoderAttention.Full)]
    public void Without_global_tokens_there_are_none_of_their_weights(EncoderAttention kind)
    {
        using var model = new TorchModel(s_config with { EncoderAttentionType = kind }, new());
        Assert.Equal(
            WeightShapes.Of(model.Config).Select(weight => weight.Name).Append(WeightShapes.Head).Order(),
            model.named_parameters().Select(weight => weight.name).Order());
    }

    [Fact]
    public void Full_attention_is_local_attention_that_reaches_everywhere()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var full = Lively(s_config with { EncoderAttentionType = EncoderAttention.Full });
        using var local = Lively(s_config with { EncoderAttentionType = EncoderAttention.Local, LocalRadius = 299 });
        using var batch = Texts(s_config with { EncoderAttentionType = EncoderAttention.Full }, (300, 5), (130, 6));
        Assert.True(full.Logits(batch).allclose(local.Logits(batch), rtol: 1e-4, atol: 1e-4));
    }

    [Fact]
    public void Bfloat16_is_near_and_no_more()
    {
        using var scope = NewDisposeScope();
        using var batch = Texts(s_config, (140, 12), (21, 5));
        using var exact = Lively(s_config, deviation: 0.2);
        using var rounded = Lively(s_config, new() { Precision = MatrixPrecision.BFloat16, Recompute = true },
            deviation: 0.2);
        var expected = Gradients(exact, batch, new());
        foreach (var (name, gradient) in Gradients(rounded, batch, new()))
        {
            Assert.Equal(ScalarType.Float32, gradient.dtype);
            var apart = ((gradient - expected[name]).norm() / expected[name].norm()).item<float>();
            Assert.True(apart < 0.05, $"{name} is {apart:p1} off");
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Steps_leave_no_tensors_behind(bool recompute)
    {
        using var model = Lively(s_config, new() { Recompute = recompute });
        using var batch = Texts(s_config, (40, 12), (21, 5));
        Tensors.AssertStepsLeaveNone(model, batch);
    }

    [Fact]
    public void A_failure_on_the_way_back_is_an_exception()
    {
        using var scope = NewDisposeScope();
        var input = ones(2).requires_grad_();
        var output = Recomputed.Run(inputs => is_grad_enabled()
            ? throw new InvalidOperationException("no") : inputs[0]! * 2, input);
        Assert.Throws<InvalidOperationException>(() => TorchModel.Backward(output.sum()));
        TorchModel.Backward(Recomputed.Run(inputs => inputs[0]! * 2, input).sum());
        Assert.Equal(2f, input.grad![0].item<float>());
    }

    [Fact]
    public void Weights_come_back_as_they_were_written()
    {
        using var scope = NewDisposeScope();
        using var model = Lively(s_config);
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "model.safetensors");
        SafetensorsWriter.Write(path, TorchWeights.Outgoing(model));
        using var file = Safetensors.Open(path);
        Assert.Equal(model.named_parameters().Count(), file.Tensors.Count);
        foreach (var (name, weight) in model.named_parameters())
        {
            var read = zeros_like(weight);
            TorchWeights.Read(file.Tensors[name], read);
            Assert.True(read.Equals(weight.detach()), name);
        }
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(50), InlineData(-1), InlineData(-100)]
    public void An_input_outside_the_vocabulary_is_refused(int id)
        => Assert.Throws<ArgumentException>(() => new Batch([[3, id]], [[1]], s_config, CPU));

    [Fact]
    public void An_empty_text_or_one_without_its_pair_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Batch([[]], [[1]], s_config, CPU));
        Assert.Throws<ArgumentException>(() => new Batch([[3]], [[]], s_config, CPU));
        Assert.Throws<ArgumentException>(() => new Batch([[3]], [], s_config, CPU));
    }
}
