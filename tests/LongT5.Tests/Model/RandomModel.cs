using CsCheck;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>A LongT5 of any shape with random weights, in the memory of the test.</summary>
sealed unsafe class RandomModel : IDisposable
{
    private readonly List<NativeBuffer> _memory = [];
    private readonly Dictionary<string, StoredTensor> _tensors = [];
    private readonly Dictionary<string, double[,]> _values = [];

    public RandomModel(LongT5Config config, ElementType type, int seed)
    {
        Config = config;
        var random = new Random(seed);
        foreach (var (name, shape) in WeightShapes.Of(config))
            Add(name, shape);
        if (!config.TieWordEmbeddings)
            Add(WeightShapes.Head, [config.VocabSize, config.DModel]);

        void Add(string name, long[] shape)
        {
            var rows = shape.Length == 1 ? 1 : (int)shape[0];
            var columns = (int)(shape.Aggregate(1L, (a, b) => a * b) / rows);
            var scale = name.Contains("bias", StringComparison.Ordinal) || name == WeightShapes.Embedding
                ? 1 : 1 / Math.Sqrt(columns);
            var memory = new NativeBuffer(2L * rows * columns);
            var values = new double[rows, columns];
            var data = (byte*)memory.Pointer;
            for (var i = 0; i < rows * columns; i++)
            {
                var value = shape.Length == 1
                    ? 0.5 + random.NextDouble() : scale * (2 * random.NextDouble() - 1) * Math.Sqrt(3);
                values[i / columns, i % columns] = Write(data, type, i, value);
            }
            _memory.Add(memory);
            _values[name] = values;
            _tensors[name] = new(new(), name, type, shape, data);
        }
    }

    // Not narrower than 4: the norm of a few numbers near zero magnifies every rounding.
    public static Gen<LongT5Config> AnyConfig { get; } =
        from width in Gen.Select(Gen.Int[4, 24], Gen.Int[1, 12], Gen.Int[1, 40])
        from heads in Gen.Int[1, 3]
        from depth in Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2])
        from attention in Gen.Enum<EncoderAttention>()
        from reach in Gen.Select(Gen.Int[1, 40], Gen.Int[1, 7])
        from buckets in Gen.Int[4, 40]
        from beyond in Gen.Int[1, 100]
        from activation in Gen.Enum<Activation>()
        from choices in Gen.Select(Gen.Bool, Gen.Bool)
        from vocabulary in Gen.Int[3, 40]
        select new LongT5Config
        {
            DModel = width.Item1,
            DKv = width.Item2,
            DFf = width.Item3,
            NumHeads = heads,
            NumLayers = depth.Item1,
            NumDecoderLayers = depth.Item2,
            EncoderAttentionType = attention,
            LocalRadius = reach.Item1,
            GlobalBlockSize = reach.Item2,
            RelativeAttentionNumBuckets = buckets,
            RelativeAttentionMaxDistance = buckets / 2 + beyond,
            DenseActFn = activation,
            IsGatedAct = choices.Item1,
            TieWordEmbeddings = choices.Item2,
            VocabSize = vocabulary,
        };

    public static Gen<ElementType> AnyType { get; } =
        Gen.OneOf(ElementType.F32, ElementType.BF16, ElementType.F16, ElementType.F64);

    public LongT5Config Config { get; }

    public bool Has(string name) => _values.ContainsKey(name);

    public double[,] this[string name] => _values[name];

    public Network Load(Workers workers, EngineOptions? options = null)
        => Network.Load(Config, _tensors, workers, options);

    public void Dispose()
    {
        foreach (var memory in _memory)
            memory.Dispose();
    }

    private static double Write(byte* data, ElementType type, int i, double value)
    {
        return type switch
        {
            ElementType.F64 => ((double*)data)[i] = value,
            ElementType.F32 => (double)(((float*)data)[i] = (float)value),
            ElementType.F16 => (double)(((Half*)data)[i] = (Half)value),
            _ => (double)Halves.FromBFloat16(((ushort*)data)[i] = Halves.ToBFloat16((float)value)),
        };
    }
}
