using LongT5.Evaluation;

namespace LongT5.Tests.Evaluation;

public sealed class OtherMetricsTests
{
    [Fact]
    public void BLEU_of_a_worked_example()
    {
        // All 7 words, 5 of 6 pairs, 3 of 5 triples, 1 of 4 quadruples; 7 words against 8.
        var score = Bleu.Corpus(["the cat sat on the mat ."], [["the cat sat down on the mat ."]]);
        Assert.Equal(100 * Math.Exp(1 - (8 / 7.0)) * Math.Pow(7 / 7.0 * (5 / 6.0) * (3 / 5.0) * (1 / 4.0), 0.25), score,
            9);
    }

    [Fact]
    public void BLEU_smooths_what_is_missing_and_takes_the_nearest_length()
    {
        // No quadruple matches: half of one in two is counted instead.
        Assert.Equal(100 * Math.Pow(5 / 5.0 * (2 / 4.0) * (1 / 3.0) * (1 / (2 * 2.0)), 0.25),
            Bleu.Corpus(["a b c d e"], [["a b c e d", "x"]]), 9);
        Assert.Equal(100, Bleu.Corpus(["a b c d"], [["q", "a b c d", "a b c d e f"]]), 9);
        Assert.Equal(0, Bleu.Corpus(["a b c d"], [["e f g h"]]));
        Assert.Equal(0, Bleu.Corpus(["a"], [["a"]]));
    }

    [Theory]
    [InlineData("It costs $3.50, or 1,000-fold (\"more\").", "It costs $ 3.50 , or 1,000 - fold ( \" more \" ) .")]
    [InlineData("Don't &amp; won't.", "Don't & won't .")]
    public void BLEU_tokenizes_as_mteval(string text, string tokens)
        => Assert.Equal(tokens, string.Join(' ', Bleu.Tokenize(text)));

    [Fact]
    public void ChrF_of_a_worked_example()
    {
        Assert.Equal(100, ChrF.Corpus(["the cat"], [["the cat"]]), 9);
        Assert.Equal(100, ChrF.Corpus(["the cat"], [["dog", "thec at"]]), 9);
        // "ab" and "abc": precision 1 and 1; recall 2/3 and 1/2; longer runs are on one side only.
        var (precision, recall) = (1.0, ((2 / 3.0) + (1 / 2.0)) / 2);
        Assert.Equal(100 * 5 * precision * recall / ((4 * precision) + recall), ChrF.Corpus(["a b"], [["abc"]]), 9);
        Assert.Equal(0, ChrF.Corpus([""], [["abc"]]));
    }

    [Fact]
    public void Accuracy_and_macro_F1_of_a_worked_example()
    {
        string[] predictions = ["yes", "yes", "no", "maybe"], labels = ["yes", "no", "no", "no"];
        Assert.Equal(0.5, Classification.Accuracy(predictions, labels));
        Assert.Equal(((2 / 3.0) + (2 / 4.0) + 0) / 3, Classification.MacroF1(predictions, labels), 12);
        Assert.Throws<ArgumentException>(() => Classification.Accuracy([], []));
        Assert.Throws<ArgumentException>(() => Classification.Accuracy(["a"], []));
    }

    [Fact]
    public void Traits_of_a_summary()
    {
        var traits = SummaryTraits.Of("The cat sat on the mat. It rained all day. We stayed in.",
            "It rained all day. The dog sat. The dog sat.");
        Assert.Equal(10, traits.Words);
        Assert.Equal(3, traits.SentenceCount);
        Assert.Equal(1.3, traits.Compression, 12);
        Assert.Equal([2 / 10.0, 4 / 7.0, 2 / 4.0, 0], traits.Novelty);
        Assert.Equal(1 / 8.0, traits.Repetition, 12);
        Assert.Equal(1 / 3.0, traits.CopiedSentences, 12);
        Assert.Equal(1 / 3.0, traits.SecondHalf, 12);
        Assert.Equal(0, SummaryTraits.Of("a", "").Compression);
    }

    [Fact]
    public void A_sentence_tells_of_the_half_where_most_of_its_runs_of_words_first_stand()
    {
        const string Document = "One two three four five six. Alpha beta gamma delta epsilon zeta. Seven eight nine "
            + "ten eleven twelve. Eta theta iota kappa lambda mu.";
        static double SecondHalf(string summary) => SummaryTraits.Of(Document, summary).SecondHalf;
        Assert.Equal(0, SecondHalf("Two three four five."));
        Assert.Equal(1, SecondHalf("Seven eight nine ten eleven."));
        Assert.Equal(0.5, SecondHalf("Two three four five.\neta theta iota kappa"));
        Assert.Equal(0, SecondHalf("Words of its own, and no others."));
        Assert.Equal(1, SecondHalf("Two three four five and eight nine ten eleven twelve."));
    }
}
