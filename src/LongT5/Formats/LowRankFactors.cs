// Shapes: O outputs, C inputs of a matrix, R rank.

using System.Numerics.Tensors;
using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>How far a checkpoint is factored; one of the two is given.</summary>
/// <param name="Energy">The share of the sum of squared singular values that
/// each matrix keeps, above 0, up to 1.</param>
/// <param name="Rank">The rank of each matrix.</param>
/// <param name="Stack">The stack whose matrices are factored, encoder or decoder; null for both.</param>
public sealed record LowRankOptions(double? Energy, int? Rank, string? Stack = null);

/// <summary>What became of a matrix.</summary>
/// <param name="Name">Its name without <c>.weight</c>.</param>
/// <param name="Outputs">O.</param>
/// <param name="Inputs">C.</param>
/// <param name="Rank">R.</param>
/// <param name="Energy">The share of the sum of squared singular values that R of them hold.</param>
public sealed record FactoredMatrix(string Name, int Outputs, int Inputs, int Rank, double Energy)
{
    /// <summary>Whether two matrices stand in its place: otherwise they would be larger, and it stays whole.</summary>
    public bool IsReplaced => (long)Rank * (Outputs + Inputs) < (long)Outputs * Inputs;

    /// <summary>Multiplications of a row that are saved.</summary>
    public long Saved => IsReplaced ? (long)Outputs * Inputs - (long)Rank * (Outputs + Inputs) : 0;
}

/// <summary>The best approximation of matrices by products of two of lower rank (Eckart and Young 1936).</summary>
static class LowRankFactors
{
    /// <summary>A checkpoint whose matrices of attention and feed-forward are factored.</summary>
    /// <param name="checkpoint">The checkpoint; it must live as long as the result.</param>
    /// <param name="options">How far.</param>
    /// <param name="report">Hears of each matrix.</param>
    /// <param name="cancellation">Honoured between matrices.</param>
    public static (LongT5Config Config, JsonElement Fields, OrderedDictionary<string, StoredTensor> Tensors) Of(
        Checkpoint checkpoint, LowRankOptions options, Action<FactoredMatrix>? report, CancellationToken cancellation)
    {
        if (options is not ({ Energy: > 0 and <= 1, Rank: null } or { Energy: null, Rank: > 0 }))
            throw new ArgumentException("Give an energy above 0 and up to 1, or a rank of at least 1.",
                nameof(options));
        if (checkpoint.Config.ModelType is not ("longt5" or ModelFamily.Extended))
            throw new NotSupportedException(
                $"{checkpoint.Path} is a {checkpoint.Config.ModelType}; extensions are LongT5's.");
        var ranks = new Dictionary<string, int>(checkpoint.Config.Extensions.LowRank);
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsMeant(name, tensor, options))
            {
                tensors.Add(name, tensor);
                continue;
            }
            if (tensor.Type.IsWhole())
                throw new NotSupportedException(
                    $"{checkpoint.Path} is in 8 bits; factor the checkpoint that it was made from.");
            var module = name[..^".weight".Length];
            var (matrix, down, up) = Factor(module, tensor, options);
            report?.Invoke(matrix);
            if (!matrix.IsReplaced)
            {
                tensors.Add(name, tensor);
                continue;
            }
            ranks[module] = matrix.Rank;
            foreach (var (part, numbers, shape) in ((string, float[], long[])[])
                [("a", down, [matrix.Rank, matrix.Inputs]), ("b", up, [matrix.Outputs, matrix.Rank])])
            {
                tensors.Add($"{module}.{part}.weight", MadeTensor.Of(tensor, $"{module}.{part}.weight", shape,
                    (row, target) => numbers.AsSpan(row * target.Length, target.Length).CopyTo(target)));
            }
        }
        var extensions = checkpoint.Config.Extensions with { LowRank = ranks };
        return ranks.Count == 0 ? (checkpoint.Config, checkpoint.ConfigFields, tensors)
            : (checkpoint.Config with { ModelType = ModelFamily.Extended, Extensions = extensions },
                WithRanks(checkpoint.ConfigFields, ranks), tensors);
    }

    private static bool IsMeant(string name, StoredTensor tensor, LowRankOptions options)
        => (options.Stack is null
                ? name.StartsWith("encoder.", StringComparison.Ordinal)
                    || name.StartsWith("decoder.", StringComparison.Ordinal)
                : name.StartsWith($"{options.Stack}.", StringComparison.Ordinal))
            && name.EndsWith(".weight", StringComparison.Ordinal) && WeightShapes.IsLinear(name, tensor.Shape)
            && !name.EndsWith(".a.weight", StringComparison.Ordinal)
            && !name.EndsWith(".b.weight", StringComparison.Ordinal);

    /// <summary>W = U S Vᵀ, of which R singular values are kept: A = S^½ Vᵀ [R, C], B = U S^½ [O, R].</summary>
    private static (FactoredMatrix Matrix, float[] Down, float[] Up) Factor(
        string name, StoredTensor tensor, LowRankOptions options)
    {
        var (outputs, inputs) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var isTall = outputs > inputs;
        var rows = Rows(tensor, turned: isTall);                                      // the shorter side first
        var (squares, vectors) = SymmetricEigen.Of(Products(rows));
        var total = squares.Sum(square => Math.Max(0, square));
        var rank = options.Rank is { } asked
            ? Math.Min(asked, rows.Length) : RankOf(squares, options.Energy!.Value * total);
        var kept = squares.Take(rank).Sum(square => Math.Max(0, square));
        var matrix = new FactoredMatrix(name, outputs, inputs, rank, total > 0 ? kept / total : 1);
        if (!matrix.IsReplaced)
            return (matrix, [], []);

        // With the shorter side first, W = U S Vᵀ has the vectors as U: S Vᵀ = Uᵀ W. Turned back, both change places.
        var (near, far) = (new float[rank * rows.Length], new float[rank * rows[0].Length]);
        Workers.Shared.For(rank, k =>
        {
            var root = Math.Sqrt(Math.Sqrt(Math.Max(squares[k], double.Epsilon)));    // S^½
            var mixed = new double[rows[0].Length];
            for (var i = 0; i < rows.Length; i++)
                TensorPrimitives.MultiplyAdd(rows[i], vectors[k][i], mixed, mixed);
            for (var i = 0; i < rows.Length; i++)
                near[isTall ? k * rows.Length + i : i * rank + k] = (float)(vectors[k][i] * root);
            for (var i = 0; i < mixed.Length; i++)
                far[isTall ? i * rank + k : k * mixed.Length + i] = (float)(mixed[i] / root);
        });
        return isTall ? (matrix, near, far) : (matrix, far, near);
    }

    private static int RankOf(double[] squares, double wanted)
    {
        var sum = 0.0;
        for (var rank = 1; rank < squares.Length; rank++)
        {
            sum += Math.Max(0, squares[rank - 1]);
            if (sum >= wanted)
                return rank;
        }
        return squares.Length;
    }

    private static double[][] Rows(StoredTensor tensor, bool turned)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var numbers = tensor.ToArray();
        return turned
            ? [.. Enumerable.Range(0, columns)
                .Select(j => Enumerable.Range(0, rows).Select(i => (double)numbers[i * columns + j]).ToArray())]
            : [.. Enumerable.Range(0, rows)
                .Select(i => Array.ConvertAll(numbers[(i * columns)..((i + 1) * columns)], x => (double)x))];
    }

    /// <summary>rows rowsᵀ</summary>
    private static double[][] Products(double[][] rows)
    {
        var products = rows.Select(_ => new double[rows.Length]).ToArray();
        Workers.Shared.For(rows.Length, i =>
        {
            for (var j = 0; j <= i; j++)
                products[i][j] = TensorPrimitives.Dot<double>(rows[i], rows[j]);
        });
        for (var i = 0; i < rows.Length; i++)
            for (var j = 0; j < i; j++)
                products[j][i] = products[i][j];
        return products;
    }

    private static JsonElement WithRanks(JsonElement fields, Dictionary<string, int> ranks)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var field in fields.EnumerateObject().Where(field => field.Name != "extensions"))
                field.WriteTo(json);
            json.WriteStartObject("extensions");
            if (fields.TryGetProperty("extensions", out var others))
            {
                foreach (var other in others.EnumerateObject().Where(other => other.Name != "low_rank"))
                    other.WriteTo(json);
            }
            json.WriteStartObject("low_rank");
            foreach (var (name, rank) in ranks)
                json.WriteNumber(name, rank);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
