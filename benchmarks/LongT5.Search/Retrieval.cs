using System.Numerics.Tensors;
using LongT5.Documents.Search;
using LongT5.Tasks;

namespace LongT5.Search;

/// <summary>How high the passage stands that a question was written about, by words, by vectors and by both.</summary>
sealed class Retrieval(LongT5Model model)
{
    private const int TextsAtOnce = 64;
    private const double VectorsInBoth = 0.2;

    /// <summary>Prints a line a way: recall at 1 and 5, and the mean of the reciprocal ranks.</summary>
    public void Report(string name, Questions set)
    {
        Console.WriteLine($"{name}: {set.Asked.Count} questions, {set.Passages.Count} passages");
        var passages = Vectors(set.Passages);
        var words = new Bm25(set.Passages);
        double[][] byWords = [.. set.Asked.Select(question => words.Scores(question.Text))];
        double[][] byVectors = [.. Vectors(set.Asked.Select(question => question.Text)).Select(asked =>
            passages.Select(passage => (double)TensorPrimitives.Dot<float>(asked, passage)).ToArray())];
        Report("words", set, byWords);
        Report("vectors", set, byVectors);
        Report("both", set, [.. byWords.Zip(byVectors, (a, b) => Standard(a).Zip(Standard(b),
            (word, vector) => (1 - VectorsInBoth) * word + VectorsInBoth * vector).ToArray())]);
    }

    private float[][] Vectors(IEnumerable<string> texts)
    {
        var embedder = new Embedder(model);
        return [.. texts.Select(text => model.Tokenizer.Encode(text)).Chunk(TextsAtOnce)
            .SelectMany(chunk => embedder.EmbedAll(chunk)).Select(one => one.Vector.ToArray())];
    }

    /// <summary>Scores of mean 0 and deviation 1.</summary>
    private static double[] Standard(double[] scores)
    {
        var mean = scores.Average();
        var deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        return [.. scores.Select(score => deviation > 0 ? (score - mean) / deviation : 0)];
    }

    private static void Report(string way, Questions set, double[][] scores)
    {
        double[] ranks = [.. set.Asked.Zip(scores, (question, all) =>
        {
            var best = question.Answers.Max(answer => all[answer]);
            // Among equals it stands in the middle.
            return 1 + all.Count(score => score > best) + (all.Count(score => score == best) - 1) / 2.0;
        })];
        Console.WriteLine($"  {way,-8} recall@1 {ranks.Average(rank => rank < 1.5 ? 1 : 0):0.000}"
            + $"  recall@5 {ranks.Average(rank => rank < 5.5 ? 1 : 0):0.000}"
            + $"  MRR {ranks.Average(rank => 1 / rank):0.000}");
    }
}
