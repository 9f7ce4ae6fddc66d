using LongT5.Evaluation;

namespace LongT5.Tests.Evaluation;

/// <summary>Measures of what heads say, against numbers that were reckoned by hand from their definitions.</summary>
public class HeadMetricsTests
{
    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "PER 0-1, LOC 3-3")]
    [InlineData("I-PER I-PER O I-LOC", "PER 0-1, LOC 3-3")] // IOB1: nothing stands before it that it goes on from
    [InlineData("B-PER I-LOC O O", "PER 0-0, LOC 1-1")] // another type begins another
    [InlineData("B-PER B-PER I-PER", "PER 0-0, PER 1-2")]
    [InlineData("S-PER B-LOC E-LOC I-LOC", "PER 0-0, LOC 1-2, LOC 3-3")]
    [InlineData("O O", "")]
    [InlineData("NNP NNP VBD O DT", "NNP 0-1, VBD 2-2, DT 4-4")] // no position: neighbours are one stretch
    [InlineData("U-PER O L-PER", "PER 0-0, PER 2-2")] // a position that is none of these goes on, or begins
    [InlineData("B-A-B I-A-B", "A-B 0-1")] // the type is all behind the first dash
    public void Entities_are_those_of_conlleval(string tags, string entities)
        => Assert.Equal(entities, Said(EntityF1.Entities(tags.Split(' '))));

    [Theory]
    [InlineData("I-PER I-PER O B-LOC I-LOC", "LOC 3-4")]
    [InlineData("B-PER I-LOC I-PER", "PER 0-0")]
    [InlineData("B-PER I-PER B-PER", "PER 0-1, PER 2-2")]
    public void Held_to_IOB2_only_a_B_begins_one(string tags, string entities)
        => Assert.Equal(entities, Said(EntityF1.Entities(tags.Split(' '), strict: true)));

    [Fact]
    public void An_entity_counts_where_its_type_and_both_ends_are_right()
    {
        // The example of seqeval's README: one of two MISC is cut at the wrong end, PER is right.
        string[][] right = [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]];
        string[][] said = [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]];
        var all = EntityF1.Score(said, right);
        Assert.Equal((1, 2, 2, 0.5, 0.5, 0.5), (all.Right, all.Found, all.There, all.Precision, all.Recall, all.F1));
        var each = EntityF1.ByType(said, right);
        Assert.Equal((0.0, 1.0), (each["MISC"].F1, each["PER"].F1));
        Assert.Equal(0, EntityF1.Score([["O"]], [["O"]]).F1);
        Assert.Throws<ArgumentException>(() => EntityF1.Score([["O"]], [["O", "O"]]));
    }

    [Fact]
    public void Correlations_are_those_of_the_numbers_and_of_their_ranks()
    {
        // means 2.5 and 5; products 3, 1.5, 1.5, 3; squares 5 and 26
        Assert.Equal(9 / Math.Sqrt(5 * 26), Correlation.Pearson([1, 2, 3, 4], [3, 2, 8, 7]), 12);
        // ranks 2 1 4 3 of the second: differences 1 1 1 1: 1 - 6 * 4 / (4 * 15)
        Assert.Equal(0.6, Correlation.Spearman([1, 2, 3, 4], [3, 2, 8, 7]), 12);
        // equal numbers share a rank: 1.5 1.5 3 against 1 2 3 is 1.5 / sqrt(1.5 * 2)
        Assert.Equal(1.5 / Math.Sqrt(3), Correlation.Spearman([7, 7, 9], [1, 2, 3]), 12);
        Assert.Equal(1, Correlation.Spearman([1, 10, 100], [1, 2, 3]), 12);
        Assert.True(double.IsNaN(Correlation.Pearson([1, 1], [1, 2])));
        Assert.Throws<ArgumentException>(() => Correlation.Pearson([], []));
    }

    [Fact]
    public void Where_texts_have_several_labels_F1_counts_each_of_them()
    {
        // a: 1 right of 1 and 2; b: 1 of 2 and 1; c: 0 of 0 and 1
        var (micro, macro) = Classification.F1([["a", "b"], ["b"], []], [["a", "b"], ["a"], ["c"]]);
        Assert.Equal(2.0 * 2 / (3 + 4), micro, 12);
        Assert.Equal((2.0 / 3 + 2.0 / 3 + 0) / 3, macro, 12);
        Assert.Equal((0, 0), Classification.F1([[]], [[]]));
    }

    private static string Said(IEnumerable<TaggedWords> entities)
        => string.Join(", ", entities.Select(one => $"{one.Type} {one.First}-{one.Last}"));
}
