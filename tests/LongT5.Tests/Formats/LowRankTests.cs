using System.Text.Json;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Formats;

/// <summary>Matrices as products of two of lower rank.</summary>
public sealed class LowRankTests : IDisposable
{
    private const string Missing = "LONGT5_GOLDENS names the recorded results.";
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-rank-").FullName;

    public static bool Here => Goldens.Whole;

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(17), InlineData(60)]
    public void A_symmetric_matrix_is_its_values_and_vectors_again(int size)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var a = Enumerable.Range(0, size).Select(_ => new double[size]).ToArray();
        for (var i = 0; i < size; i++)
            for (var j = 0; j <= i; j++)
                a[i][j] = a[j][i] = random.Next(3) == 0 ? 0 : random.NextDouble() - 0.5;
        var (values, vectors) = SymmetricEigen.Of([.. a.Select(row => (double[])row.Clone())]);
        Assert.Equal(values.OrderDescending(), values);
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
            {
                var again = Enumerable.Range(0, size).Sum(k => values[k] * vectors[k][i] * vectors[k][j]);
                var product = Enumerable.Range(0, size).Sum(k => vectors[i][k] * vectors[j][k]);
                Assert.True(Math.Abs(again - a[i][j]) < 1e-12 && Math.Abs(product - (i == j ? 1 : 0)) < 1e-12,
                    $"seed {seed}");
            }
    }

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void Ranks_are_the_oracles_at_every_energy()
    {
        var cases = JsonDocument.Parse(
            File.ReadAllBytes(Goldens.Path("variants", "low-rank-svd", "cases.json"))).RootElement;
        using var checkpoint = Checkpoint.Open(Goldens.Path("variants", "low-rank-svd"));
        foreach (var energy in (double[])[0.5, 0.8, 0.9, 0.95, 0.99])
        {
            var seen = new Dictionary<string, FactoredMatrix>();
            checkpoint.Factor(new(energy, null), matrix => seen.Add(matrix.Name, matrix));
            foreach (var wanted in cases.GetProperty("matrices").EnumerateObject())
            {
                var rank = energy == 0.9 ? wanted.Value.GetProperty("rank")
                    : wanted.Value.GetProperty("other_ranks").GetProperty(FormattableString.Invariant($"{energy}"));
                Assert.Equal(rank.GetInt32(), seen[wanted.Name].Rank);
                if (energy == 0.9)
                    Assert.Equal(wanted.Value.GetProperty("saves").GetBoolean(), seen[wanted.Name].IsReplaced);
            }
        }
    }

    [Fact]
    public void A_factored_checkpoint_is_saved_and_computes_nearly_the_same()
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        var factored = checkpoint.Factor(new(null, 15, "encoder"));
        factored.Save(Path.Combine(_folder, "factored"));
        using var again = Checkpoint.Open(Path.Combine(_folder, "factored"));
        Assert.All(again.Config.Extensions.LowRank, map => Assert.Equal(15, map.Value));
        Assert.All(again.Config.Extensions.LowRank.Keys,
            name => Assert.StartsWith("encoder.", name, StringComparison.Ordinal));
        Assert.NotEmpty(again.Config.Extensions.LowRank);

        // Of full rank nothing is replaced: the product would be larger.
        var same = checkpoint.Factor(new(1, null));
        Assert.Equal(ModelExtensions.None, same.Config.Extensions);
        Assert.Equal(checkpoint.Tensors.Keys, same.Tensors.Keys);
        using Network whole = Network.Load(checkpoint, Workers.Shared), less = Network.Load(again, Workers.Shared);
        using EncodedInput a = whole.Encode([5, 9, 4, 1]), b = less.Encode([5, 9, 4, 1]);
        Assert.NotEqual(a.States.ToArray(), b.States.ToArray());
        Assert.DoesNotContain(b.States.ToArray(), float.IsNaN);
    }

    [Theory, InlineData(null, null), InlineData(0.9, 3), InlineData(0.0, null), InlineData(1.5, null),
        InlineData(null, 0)]
    public void Either_an_energy_or_a_rank_is_given(double? energy, int? rank)
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        Assert.Throws<ArgumentException>(() => checkpoint.Factor(new(energy, rank)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
