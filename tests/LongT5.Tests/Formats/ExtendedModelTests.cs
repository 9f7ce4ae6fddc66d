using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;

namespace LongT5.Tests.Formats;

/// <summary>Extensions that are added to a trained checkpoint.</summary>
public sealed class ExtendedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-extend-").FullName;

    [Fact]
    public void A_convolution_leaves_a_model_as_it_is_bit_for_bit()
    {
        using var checkpoint = Open();
        using var extended = Saved(checkpoint.Extend(["convolution.kernel=31"]));
        Assert.Equal(new ConvolutionExtension(31, checkpoint.Config.NumLayers), extended.Config.Extensions.Convolution);
        Assert.Equal(ModelFamily.Extended, extended.Config.ModelType);
        Assert.Equal(States(checkpoint), States(extended));
    }

    [Fact]
    public void What_is_new_begins_as_a_training_from_scratch_would_begin_it()
    {
        using var checkpoint = Open();
        using var extended = Saved(checkpoint.Extend(["convolution.kernel=31", "convolution.layers=1"]));
        var added = extended.Tensors.Keys.Except(checkpoint.Tensors.Keys).Order().ToArray();
        Assert.Equal(["depthwise.weight", "depthwise_norm.weight", "layer_norm.weight", "pointwise_in.weight",
            "pointwise_out.weight"], added.Select(name => name["encoder.block.0.convolution.".Length..]));
        float[] Of(string name) => extended.Tensors[$"encoder.block.0.convolution.{name}.weight"].ToArray();
        Assert.All(Of("depthwise_norm"), one => Assert.Equal(1, one));
        Assert.All(Of("pointwise_out"), one => Assert.Equal(0, one));
        double Deviation(string name) => Math.Sqrt(Of(name).Average(one => one * (double)one));
        Assert.Equal(Math.Pow(31, -0.5), Deviation("depthwise"), 0.1 * Math.Pow(31, -0.5));
        var width = Math.Pow(checkpoint.Config.DModel, -0.5);
        Assert.Equal(width, Deviation("pointwise_in"), 0.1 * width);
    }

    [Fact]
    public void Pooling_divides_the_states_by_its_stride()
    {
        using var checkpoint = Open();
        using var extended = Saved(checkpoint.Extend(["pooling.stride=4"]));
        Assert.Equal(4, extended.Config.Extensions.PoolingStride);
        Assert.Equal(States(checkpoint).Length / 4, States(extended).Length);
    }

    [Theory, InlineData("kernelized.map=elu+1"), InlineData("kernelized.map=favor+ kernelized.features=9")]
    public void Kernelized_attention_takes_over_the_weights_of_local_attention(string settings)
    {
        var local = Goldens.Folders("models").First(IsLocal);
        using var checkpoint = Checkpoint.Open(Goldens.Path("models", local));
        using var extended = Saved(checkpoint.Extend(settings.Split(' ')));
        Assert.NotNull(extended.Config.Extensions.Kernelized);
        Assert.Equal(checkpoint.Tensors["encoder.block.0.layer.0.LocalSelfAttention.q.weight"].ToArray(),
            extended.Tensors["encoder.block.0.layer.0.KernelizedSelfAttention.q.weight"].ToArray());
        Assert.DoesNotContain(States(extended), float.IsNaN);
    }

    [Theory]
    [InlineData("convolution.kernel", "must be a name and a value")]
    [InlineData("convolutions.kernel=3", "known are convolution.kernel=ODD, convolution.layers=N, pooling.stride=N")]
    [InlineData("reversible=true", "trained from scratch")]
    [InlineData("low_rank.x=3", "factored, by energy or by rank")]
    [InlineData("convolution.kernel=30", "an odd number")]
    [InlineData("convolution.kernel=3 convolution.layers=99", "convolution.layers")]
    [InlineData("pooling.stride=0", "pooling.stride")]
    [InlineData("kernelized.map=elu+1", "encoder_attention_type local")]
    public void What_cannot_be_added_is_an_error_that_says_why(string settings, string expected)
    {
        using var checkpoint = Open();
        Assert.Contains(expected, Assert.ThrowsAny<Exception>(() => checkpoint.Extend(settings.Split(' '))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Directions_are_orthogonal_in_blocks_and_their_products_estimate_the_exponential()
    {
        const int Width = 8, Count = 16_384;
        var drawn = new float[Count * Width];
        RandomFeatures.Draw(Count, Width, new(3), drawn);
        double Dot(int i, int j)
            => Enumerable.Range(0, Width).Sum(k => drawn[i * Width + k] * (double)drawn[j * Width + k]);
        for (var i = 0; i < Width; i++)
            for (var j = 0; j < i; j++)
                Assert.Equal(0, Dot(i, j) / Math.Sqrt(Dot(i, i) * Dot(j, j)), 1e-6);
        Assert.Equal(Width, Enumerable.Range(0, Count).Average(i => Dot(i, i)), 0.1);

        var random = new Random(4);
        double[] Some() => [.. RandomFeatures.Normal(Width, random).Select(x => x / 3)];
        for (var pair = 0; pair < 5; pair++)
        {
            double[] q = Some(), k = Some();
            var half = (q.Sum(x => x * x) + k.Sum(x => x * x)) / 2;
            var estimate = Enumerable.Range(0, Count).Average(i => Math.Exp(Enumerable.Range(0, Width)
                .Sum(d => drawn[i * Width + d] * (q[d] + k[d])) - half));
            var exact = Math.Exp(q.Zip(k, (a, b) => a * b).Sum());
            Assert.Equal(exact, estimate, 0.05 * exact);
        }
    }

    [Fact]
    public void An_embedding_of_its_own_stays_with_the_stack_that_has_it()
    {
        using var folder = new ChangedFolder();
        var own = folder.Add("encoder.embed_tokens.weight", [.. folder.Tensors["shared.weight"].Shape]);
        using var checkpoint = folder.Open();
        using var extended = Saved(checkpoint.Extend(["pooling.stride=2"]));
        Assert.Equal(own, extended.Tensors["encoder.embed_tokens.weight"].ToArray());
    }

    private static bool IsLocal(string name)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Path("models", name));
        return checkpoint.Config.EncoderAttentionType == EncoderAttention.Local;
    }

    private static Checkpoint Open()
        => Checkpoint.Open(Goldens.Path("models", Goldens.Folders("models").First(name => !IsLocal(name))));

    private Checkpoint Saved(Checkpoint checkpoint)
    {
        checkpoint.Save(Path.Combine(_folder, "saved"));
        return Checkpoint.Open(Path.Combine(_folder, "saved"));
    }

    private static float[] States(Checkpoint checkpoint)
    {
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var encoded = network.Encode([.. Enumerable.Range(0, 200).Select(i => 2 + i * 7 % 60)]);
        return encoded.States.ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
