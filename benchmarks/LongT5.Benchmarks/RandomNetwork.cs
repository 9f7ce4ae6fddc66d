using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Benchmarks;

/// <summary>
/// Two layers of each stack at base size, in memory: a stage takes as long as
/// its layers, and there are six times as many.
/// </summary>
sealed unsafe class RandomNetwork : IDisposable
{
    private readonly List<NativeBuffer> _memory = [];

    public RandomNetwork(EncoderAttention attention, ElementType type)
    {
        var config = new LongT5Config
        {
            DModel = 768,
            DFf = 2048,
            NumHeads = 12,
            NumLayers = 2,
            NumDecoderLayers = 2,
            IsGatedAct = true,
            DenseActFn = Activation.GeluNew,
            EncoderAttentionType = attention,
        };
        var tensors = WeightShapes.Of(config)
            .ToDictionary(weight => weight.Name, weight => Random(weight.Name, weight.Shape));
        Network = Network.Load(config, tensors, Workers.Shared, new EngineOptions
        {
            WeightType = type,
            CrossType = type == ElementType.F32 ? ElementType.F32 : ElementType.BF16,
        });
        Weights = new(tensors, type, Workers.Shared);
    }

    public Network Network { get; }

    /// <summary>The network's weights, for its parts alone.</summary>
    public StoredWeights Weights { get; }

    /// <summary>So many tokens.</summary>
    public static int[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(i => 5 + i * 7919 % 32000)];

    public void Dispose()
    {
        Network.Dispose();
        Weights.Dispose();
        _memory.ForEach(buffer => buffer.Dispose());
    }

    /// <summary>Small enough that no softmax saturates and no sum overflows.</summary>
    private StoredTensor Random(string name, long[] shape)
    {
        var buffer = Operands.Floats(shape.Aggregate(1L, (a, b) => a * b));
        _memory.Add(buffer);
        if (shape.Length == 2)
            Vectors.Scale(buffer.Pointer, MathF.Pow(shape[1], -0.5f), buffer.Length);
        return new StoredTensor(new(), name, ElementType.F32, shape, (byte*)buffer.Pointer);
    }
}
