using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>Features of a vector, all above zero, whose products stand for the weights of far keys.</summary>
abstract class FeatureMap
{
    /// <param name="x">[B H, n, D]</param>
    /// <returns>The logarithms of the features, [B H, n, M].</returns>
    public abstract Tensor Log(Tensor x);
}

/// <summary>elu(x) + 1 of each number (Katharopoulos et al. 2020).</summary>
sealed class EluMap : FeatureMap
{
    /// <inheritdoc/>
    public override Tensor Log(Tensor x) => where(x.gt(Number.Of(0)), x.relu().log1p(), x);
}

/// <summary>
/// M^-1/2 exp(W x - |x|²/2): the mean of the products over W is exp(q · k) (Choromanski et al. 2020).
/// </summary>
/// <param name="features">W [H, M, D].</param>
sealed class FavorMap(Tensor features) : FeatureMap
{
    /// <inheritdoc/>
    public override Tensor Log(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (heads, count) = (features.shape[0], features.shape[1]);
        var products = x.view(-1, heads, x.shape[1], x.shape[2]).matmul(features.transpose(1, 2)).view(x.shape[0],
            x.shape[1], count);
        var length = x.Squared().sum([-1L], keepdim: true).mul(Number.Of(0.5));
        return products.sub(length).sub(Number.Of(0.5 * Math.Log(count))).MoveToOuterDisposeScope();
    }
}
