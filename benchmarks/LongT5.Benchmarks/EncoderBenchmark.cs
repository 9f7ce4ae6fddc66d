using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Machine;

namespace LongT5.Benchmarks;

/// <summary>The encoder: two layers at base size, all threads.</summary>
public class EncoderBenchmark : IMeasured
{
    private RandomNetwork? _network;
    private int[] _ids = [];

    [Params(1024, 4096)]
    public int Tokens { get; set; }

    [Params(EncoderAttention.Local, EncoderAttention.TransientGlobal, EncoderAttention.Full)]
    public EncoderAttention Attention { get; set; }

    [Params(ElementType.F32, ElementType.I8)]
    public ElementType Type { get; set; }

    public Work WorkOf(string method) => new(ModelWork.Encode(new LongT5Config
    {
        DModel = 768,
        DFf = 2048,
        NumHeads = 12,
        NumLayers = 2,
        IsGatedAct = true,
        EncoderAttentionType = Attention,
    }, Tokens), null);

    [GlobalSetup]
    public void SetUp() => (_network, _ids) = (new(Attention, Type), RandomNetwork.Tokens(Tokens));

    [Benchmark]
    public void Encode() => _network!.Network.Encode(_ids).Dispose();

    [GlobalCleanup]
    public void TearDown() => _network?.Dispose();
}
