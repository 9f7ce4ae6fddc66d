using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model;

namespace LongT5.Benchmarks;

/// <summary>The decoder after 4,096 tokens: two layers at base size and the vocabulary, all threads.</summary>
public class DecoderBenchmark : IMeasured
{
    private const int Read = 4096;
    private const int Past = 64;
    private const int Vocabulary = 32128;
    private RandomNetwork? _network;
    private EncodedInput? _input;
    private EngineSession? _session;
    private int[] _parents = [];
    private int[] _tokens = [];
    private float[] _logits = [];

    /// <summary>Beams, or tokens of a draft.</summary>
    [Params(1, 4, 16)]
    public int Rows { get; set; }

    [Params(ElementType.F32, ElementType.BF16, ElementType.I8)]
    public ElementType Type { get; set; }

    public Work WorkOf(string method)
    {
        using var network = new RandomNetwork(EncoderAttention.Local, Type);
        return method == nameof(Step)
            ? new(null, network.Network.StepBytes(Read, Past))
            : new(ModelWork.CrossMemory(network.Network.Config, Read), null);
    }

    [GlobalSetup]
    public void SetUp()
    {
        (_network, _logits) = (new(EncoderAttention.Local, Type), new float[Rows * Vocabulary]);
        _input = _network.Network.Encode(RandomNetwork.Tokens(Read));
        _session = _network.Network.StartDecoding([_input]);
        _session.Extend([DecoderSession.Root(0), .. Enumerable.Range(0, Past - 1)], RandomNetwork.Tokens(Past), []);
        (_parents, _tokens) = ([.. Enumerable.Repeat(Past - 1, Rows)], RandomNetwork.Tokens(Rows));
    }

    /// <summary>Keys and values of cross attention.</summary>
    [Benchmark]
    public void Start() => _network!.Network.StartDecoding([_input!]).Dispose();

    /// <summary>One call of the decoder, always over the same past.</summary>
    [Benchmark]
    public void Step()
    {
        _session!.Extend(_parents, _tokens, _logits);
        _session.Keep([Past - 1]);
    }

    [GlobalCleanup]
    public void TearDown()
    {
        _session?.Dispose();
        _input?.Dispose();
        _network?.Dispose();
    }
}
