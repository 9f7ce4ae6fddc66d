using BenchmarkDotNet.Attributes;
using LongT5.Evaluation;
using LongT5.Text;

namespace LongT5.Benchmarks;

/// <summary>Text on one thread: a book to ids and back, and ROUGE of pairs of 500 words on all cores.</summary>
/// <remarks>
/// LONGT5_TEXT and LONGT5_VOCABULARY name another text and vocabulary; <c>benchmarks/rust-tokenizers.py</c> measures
/// the Rust library on the same two.
/// </remarks>
public class TextBenchmark : IMeasured
{
    private const int Pairs = 1000;

    private static readonly string s_text = File.ReadAllText(
        Repository.Named("LONGT5_TEXT", "samples/documents/art-of-war.txt"));

    private int[] _ids = [];
    private Tokenizer _tokenizer = null!;
    private string[] _predictions = [];
    private IReadOnlyList<string>[] _references = [];

    public Work WorkOf(string method) => new(null, method == nameof(Rouge1000Pairs)
        ? Pairs * 2 * 500 * 6.0 : s_text.Length);

    [GlobalSetup]
    public void SetUp()
    {
        _tokenizer = Tokenizer.Load(Repository.Named("LONGT5_VOCABULARY", "models/longt5-embedded/spiece.model"));
        _ids = _tokenizer.Encode(s_text);
        var words = s_text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string Words(int start) => string.Join(' ', Enumerable.Range(start, 500).Select(i => words[i % words.Length]));
        _predictions = [.. Enumerable.Range(0, Pairs).Select(i => Words(31 * i))];
        _references = [.. Enumerable.Range(0, Pairs).Select(i => (IReadOnlyList<string>)[Words(31 * i + 170)])];
    }

    [Benchmark]
    public int[] Encode() => _tokenizer.Encode(s_text);

    [Benchmark]
    public string Decode() => _tokenizer.Decode(_ids);

    [Benchmark]
    public RougeScores[] Rouge1000Pairs() => new Rouge(RougeProfile.HuggingFace).ScoreAll(_references, _predictions);
}
