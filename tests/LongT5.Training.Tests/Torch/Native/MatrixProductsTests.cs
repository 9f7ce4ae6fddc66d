using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Torch.Native;

public class MatrixProductsTests
{
    [Fact]
    public void Products_of_floats_keep_the_precision_of_floats_wherever_they_are_computed()
    {
        MatrixProducts.UseOneDnn();
        using var scope = NewDisposeScope();
        using var generator = random.manual_seed(1);
        var (left, right) = (randn(130, 700), randn(700, 90));
        var exact = left.to(float64).mm(right.to(float64));
        var difference = (left.mm(right).to(float64) - exact).abs().max().item<double>();
        Assert.InRange(difference, 0, 1e-5 * exact.abs().max().item<double>());
    }

    [Fact]
    public void The_gain_of_bfloat16_is_measured() => Assert.True(MatrixProducts.BFloat16Speedup(CPU) > 0);
}
