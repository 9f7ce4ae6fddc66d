using BenchmarkDotNet.Attributes;

namespace LongT5.Benchmarks;

/// <summary>What stands before the first token: opening a checkpoint, and reading its vocabulary.</summary>
/// <remarks>LONGT5_MODEL names another checkpoint than the embedded one.</remarks>
public class CheckpointBenchmark : IMeasured
{
    private readonly string _model = Repository.Named("LONGT5_MODEL", "models/longt5-embedded");

    public Work WorkOf(string method) => new(null, null);

    [Benchmark]
    public void Open() => LongT5Model.Load(_model).Dispose();

    [Benchmark]
    public int OpenWithVocabulary()
    {
        using var model = LongT5Model.Load(_model);
        return model.Tokenizer.VocabularySize;
    }
}
