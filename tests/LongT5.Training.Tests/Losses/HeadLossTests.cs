using LongT5.Torch;
using LongT5.Training.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Losses;

public class HeadLossTests
{
    [Theory]
    [InlineData(0, 0), InlineData(0.1, 0), InlineData(0, 1e-2), InlineData(0.2, 1e-4)]
    public void It_is_the_plain_loss_with_its_gradients(double smoothing, double z)
    {
        using var scope = NewDisposeScope();
        using var generator = random.manual_seed(2);
        // Three slices of positions, the last one short; every seventh label counts for nothing.
        var (count, vocabulary, width) = (600L, 65536L, 4L);
        var hidden = randn(2, count / 2, width).requires_grad_();
        var head = randn(vocabulary, width).requires_grad_();
        var labels = randint(vocabulary, [2, count / 2], dtype: ScalarType.Int64);
        labels.view(-1).index_fill_(0, arange(0, count, 7, dtype: ScalarType.Int64), Batch.Ignored);

        var logits = hidden.view(-1, width).mm(head.t());
        var plain = nn.functional.cross_entropy(logits, labels.view(-1), ignore_index: Batch.Ignored,
            label_smoothing: smoothing)
            + z * logits.logsumexp(-1).square().masked_select(labels.view(-1).ne(Batch.Ignored)).mean();
        plain.backward();
        var expected = (hidden.grad!.clone(), head.grad!.clone());
        (hidden.grad, head.grad) = (null, null);

        var fused = new HeadLoss(new CrossEntropy(smoothing), new ZLoss(z)).Of(hidden, head, labels,
            ScalarType.Float32);
        TorchModel.Backward(fused);
        Assert.Equal(plain.item<float>(), fused.item<float>(), 1e-4);
        Assert.True(hidden.grad!.allclose(expected.Item1, rtol: 1e-3, atol: 1e-6));
        Assert.True(head.grad!.allclose(expected.Item2, rtol: 1e-3, atol: 1e-7));
    }

    [Fact]
    public void A_batch_without_labels_costs_nothing()
    {
        using var scope = NewDisposeScope();
        var hidden = randn(1, 3, 4).requires_grad_();
        var loss = new HeadLoss(new CrossEntropy()).Of(hidden, randn(9, 4),
            full(1, 3, Batch.Ignored, dtype: ScalarType.Int64), ScalarType.Float32);
        TorchModel.Backward(loss);
        Assert.Equal(0f, loss.item<float>());
        Assert.Equal(0f, hidden.grad!.abs().sum().item<float>());
    }
}
