using System.Text.Json;
using CsCheck;
using LongT5.Evaluation;
using LongT5.Tests.Text;

namespace LongT5.Tests.Evaluation;

public sealed class RougeTests
{
    private static readonly JsonElement Recorded = TextGoldens.Document("rouge.json");
    private static readonly Rouge Plain = new(RougeProfile.RougeScore);
    private static readonly Rouge Stemmed = new(RougeProfile.HuggingFace);

    [Fact]
    public void Every_recorded_pair_agrees_with_rouge_score()
    {
        foreach (var pair in Recorded.GetProperty("pairs").EnumerateArray())
        {
            AssertEqual(pair.GetProperty("plain"), Plain.Score(pair.Text("reference"), pair.Text("candidate")));
            AssertEqual(pair.GetProperty("stemmed"), Stemmed.Score(pair.Text("reference"), pair.Text("candidate")));
        }
    }

    [Fact]
    public void Of_several_references_the_best_counts_for_each_measure()
    {
        foreach (var pair in Recorded.GetProperty("multi_reference").EnumerateArray())
        {
            var references = pair.GetProperty("references").EnumerateArray().Select(reference => reference.GetString()!)
                .ToList();
            AssertEqual(pair.GetProperty("stemmed"), Stemmed.Score(references, pair.Text("candidate")));
        }
        Assert.Throws<ArgumentException>(() => Plain.Score([], "a"));
    }

    [Fact]
    public void Stems_agree_with_NLTK()
        => Assert.All(TextGoldens.Document("porter.json").EnumerateObject().Where(word => word.Name.Length > 3),
            word => Assert.Equal(word.Value.GetString(), PorterStemmer.Stem(word.Name)));

    [Fact]
    public void The_longest_common_subsequence_is_the_one_of_the_whole_table()
        => Gen.Select(Gen.Int[0, 5].Array[0, 200], Gen.Int[0, 5].Array[0, 200]).Sample((first, second) =>
        {
            var table = new int[first.Length + 1, second.Length + 1];
            for (var i = 1; i <= first.Length; i++)
            {
                for (var j = 1; j <= second.Length; j++)
                    table[i, j] = first[i - 1] == second[j - 1]
                        ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
            }
            var expected = new bool[first.Length];
            for (var (i, j) = (first.Length, second.Length); i > 0 && j > 0;)
            {
                if (first[i - 1] == second[j - 1]) (expected[--i], j) = (true, j - 1);
                else if (table[i, j - 1] > table[i - 1, j]) j--;
                else i--;
            }
            var found = new LongestCommonSubsequence(first);
            var marked = new bool[first.Length];
            found.Mark(second, marked);
            Assert.Equal(table[first.Length, second.Length], found.Length(second));
            Assert.Equal(expected, marked);
            if (first.Length > 64) return;
            var (masks, bits) = (new ulong[6], 0UL);
            for (var i = 0; i < first.Length; i++) masks[first[i]] |= 1UL << i;
            LongestCommonSubsequence.MarkShort(first, masks, second, new ulong[second.Length], ref bits);
            Assert.Equal(expected, Enumerable.Range(0, first.Length).Select(i => (bits >> i & 1) != 0));
        });

    [Fact]
    public void Profiles_differ_as_they_say()
    {
        var t5 = new Rouge(RougeProfile.Named("t5"));
        var (reference, prediction) = ("the cat sat . it ran", "it ran . the cat sat");
        Assert.Equal(Plain.Score(reference.Replace(" . ", " .\n"), prediction.Replace(" . ", " .\n")),
            t5.Score(reference, prediction));
        Assert.NotEqual(Plain.Score(reference, prediction).Lsum, t5.Score(reference, prediction).Lsum);
        Assert.True(Stemmed.Score("running", "runs").One.F > Plain.Score("running", "runs").One.F);
        Assert.Contains("huggingface", Assert.Throws<ArgumentException>(() => RougeProfile.Named("bart")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_that_Python_makes_small_letters_of_ASCII_count()
    {
        Assert.Equal(1, Plain.Score("10 k", "10 \u212a").One.F);
        Assert.Equal(1, Plain.Score("i stanbul", "\u0130stanbul").One.F);
        Assert.Equal(0, Plain.Score("日本", "日本").One.F);
    }

    [Fact]
    public void Many_pairs_are_scored_like_one()
    {
        var pairs = Recorded.GetProperty("pairs").EnumerateArray().ToList();
        var scores = Plain.ScoreAll([.. pairs.Select(pair => (IReadOnlyList<string>)[pair.Text("reference")])],
            [.. pairs.Select(pair => pair.Text("candidate"))]);
        Assert.Equal(pairs.Select(pair => Plain.Score(pair.Text("reference"), pair.Text("candidate"))), scores);
        Assert.Throws<ArgumentException>(() => Plain.ScoreAll([], ["a"]));
    }

    private static void AssertEqual(JsonElement expected, RougeScores found)
    {
        foreach (var measure in RougeScores.Names)
        {
            if (!expected.TryGetProperty(measure, out var numbers)) continue;
            Assert.Equal(numbers[0].GetDouble(), found[measure].Precision, 1e-9);
            Assert.Equal(numbers[1].GetDouble(), found[measure].Recall, 1e-9);
            Assert.Equal(numbers[2].GetDouble(), found[measure].F, 1e-9);
        }
    }
}
