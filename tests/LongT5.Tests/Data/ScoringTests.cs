using LongT5.Data;
using LongT5.Data.Scoring;
using LongT5.Evaluation;

namespace LongT5.Tests.Data;

public sealed class ScoringTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-scoring-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_perfect_summary_scores_a_hundred_and_one_without_a_common_word_none()
    {
        var examples = new[] { Example.Summarize("a", "One two three four. Five six.", "one two three") };
        Assert.All(Rouge(examples, "One two three."), measure => Assert.Equal(100, measure.Interval.Mean, 6));
        Assert.All(Rouge(examples, "nothing alike"), measure => Assert.Equal(0, measure.Interval.Mean));
    }

    [Fact]
    public void The_best_of_several_references_counts()
    {
        var example = Example.Summarize("a", "text", "quite another thing", "the right words");
        Assert.Equal(100, Rouge([example], "the right words")[0].Interval.Mean, 6);
    }

    [Fact]
    public void Answers_are_scored_by_exact_match_and_f1()
    {
        var example = Example.Answer("a", "who", "context", "the Larry Page", "Sergey");
        var scores = Scores.Of(TaskMetric.Squad, RougeProfile.T5, [example, example], ["Larry Page!", "Larry"]);
        Assert.Equal(["exact_match", "f1"], scores.Measures.Select(measure => measure.Name));
        Assert.Equal(50, scores.Measures[0].Interval.Mean);
        Assert.Equal((100 + 200.0 / 3) / 2, scores.Measures[1].Interval.Mean, 6);
    }

    [Fact]
    public void Labels_are_scored_by_accuracy_and_macro_f1()
    {
        Example[] examples = [Example.Answer("a", "q", "c", "yes"), Example.Answer("b", "q", "c", "no")];
        var scores = Scores.Of(TaskMetric.Classes, RougeProfile.T5, examples, ["Yes.", "yes"]);
        Assert.Equal(50, scores.Measures[0].Interval.Mean);
        Assert.Equal(100 * (2.0 / 3) / 2, scores.Figures[0].Value, 6);
    }

    [Fact]
    public void Translations_are_scored_by_BLEU_and_chrF()
    {
        Example[] examples = [Example.Summarize("a", "x", "the cat sat down on the mat ."),
            Example.Summarize("b", "y", "one two three four", "five six seven eight")];
        var scores = Scores.Of(TaskMetric.Translation, RougeProfile.T5, examples,
            ["the cat sat on the mat .", "five six seven eight"]);
        Assert.Equal(["sentence_chrf"], scores.Measures.Select(measure => measure.Name));
        Assert.Equal(["bleu", "chrf"], scores.Figures.Select(figure => figure.Name));
        Assert.Equal(Bleu.Corpus(["the cat sat on the mat .", "five six seven eight"],
            [.. examples.Select(example => example.Targets)]), scores.Figures[0].Value);
        Assert.True(scores.Figures[1].Value is > 60 and < 100);
    }

    [Fact]
    public void Two_systems_are_compared_example_by_example()
    {
        Example[] examples =
            [.. Enumerable.Range(0, 20).Select(i => Example.Summarize($"{i}", "text", "one two three"))];
        var better = Scores.Of(TaskMetric.Rouge, RougeProfile.T5, examples,
            [.. examples.Select((_, i) => i < 18 ? "one two three" : "none")]);
        var worse = Scores.Of(TaskMetric.Rouge, RougeProfile.T5, examples,
            [.. examples.Select((_, i) => i < 6 ? "one two three" : "none")]);
        var first = better.Against("worse", worse).Differences[0];
        Assert.Equal(("rouge1", 30.0, 60.0),
            (first.Measure, Math.Round(first.Theirs, 9), Math.Round(first.Ours.Difference.Mean, 9)));
        Assert.True(first.Ours.Difference.Low > 0 && first.Ours.PValue < 0.05);
        Assert.Equal((0.0, 1.0), (worse.Against("itself", worse).Differences[0].Ours.Difference.Mean,
            worse.Against("itself", worse).Differences[0].Ours.PValue));
    }

    [Fact]
    public void Sentences_are_split_the_same_way_whoever_wrote_them()
    {
        Example[] examples = [Example.Summarize("a", "x", "Dogs bark. Cats purr at night.\nBirds sing."),
            Example.Summarize("b", "y", "One . Two . Three .")];
        string[] oneLine = ["Birds sing. Cats purr at night. Dogs bark.", "Three . Two . One ."];
        string[] lineEach = [oneLine[0].Replace(". ", ".\n", StringComparison.Ordinal),
            oneLine[1].Replace(" . ", " .\n", StringComparison.Ordinal)];
        foreach (var profile in RougeProfile.All)
            Assert.Equal(Scores.Of(TaskMetric.Rouge, profile, examples, oneLine).Each.Select(one => one.Values),
                Scores.Of(TaskMetric.Rouge, profile, examples, lineEach).Each.Select(one => one.Values));

        // By sentences all of it is found again; as one line, which knows order, it is not.
        double Lsum(RougeProfile profile)
            => Scores.Of(TaskMetric.Rouge, profile, examples[..1], oneLine[..1]).Each[^1].Values[0];
        Assert.Equal(100, Lsum(RougeProfile.HuggingFace), 9);
        Assert.True(Lsum(RougeProfile.RougeScore) < 0.9);
        Assert.Equal(100, Scores.Of(TaskMetric.Rouge, RougeProfile.T5, examples[1..], oneLine[1..]).Each[^1].Values[0],
            9);
    }

    [Theory]
    [InlineData(0, "All of it, and 12 figures.")]
    [InlineData(0.4, "né à la")]
    [InlineData(1, "\u6218\u4e89 2024 \u0432\u043e\u0439\u043d\u0430")]
    [InlineData(0, "12 .")]
    public void The_letters_that_ROUGE_leaves_out_are_counted(double share, string text)
        => Assert.Equal(share, LongT5.Evaluation.Rouge.ShareOfLettersLeftOut([text]), 9);

    [Fact]
    public void The_oracle_is_never_worse_than_the_lead()
    {
        var example = Example.Summarize("a", "Dogs bark. Cats purr at night. Birds sing. The moon is bright.",
            "cats purr and birds sing");
        var rouge = new Rouge(RougeProfile.T5);
        double R1(string name) => rouge.Score(example.Targets[0], Baseline.All[name](example)).One.F;
        Assert.Equal("Cats purr at night.\nBirds sing.", Baseline.All["oracle"](example));
        Assert.True(R1("oracle") >= R1("lead-3"));
        Assert.Equal("Dogs bark. Cats purr at", Baseline.All["lead-to-length"](example));
        Assert.Equal("Dogs bark.", Baseline.FirstWords(example.Document, Baseline.Words("two  words")));
    }

    [Fact]
    public void A_file_of_predictions_whose_last_line_was_cut_goes_on_from_the_line_before()
    {
        var path = Path.Combine(_folder, "predictions.jsonl");
        using (var file = PredictionsFile.Open(path, out var none))
        {
            Assert.Empty(none);
            file.Add(new Prediction("a", "one \u2014 \"quoted\"\n") { InputTokens = 3, Seconds = 0.5 });
            file.Add(new Prediction("b", "two"));
        }
        var whole = File.ReadAllBytes(path);
        for (var cut = 1; cut < 40; cut++)
        {
            File.WriteAllBytes(path, whole[..^cut]);
            using (var file = PredictionsFile.Open(path, out var found))
            {
                Assert.Equal(["a"], found.Select(one => one.Id));
                Assert.Equal("one \u2014 \"quoted\"\n", found[0].Text);
                file.Add(new Prediction("b", "two"));
            }
            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Fingerprints_change_with_what_they_name()
    {
        var example = Example.Summarize("a", "document", "summary");
        Assert.Equal(Fingerprint.OfExamples([example]), Fingerprint.OfExamples([example]));
        Assert.NotEqual(Fingerprint.OfExamples([example]), Fingerprint.OfExamples([example with { Id = "b" }]));
        Assert.NotEqual(Fingerprint.OfExamples([example]), Fingerprint.OfExamples([example, example]));

        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "model", "target.encoder")).FullName,
            "0.0");
        File.WriteAllText(file, "weights");
        var before = Fingerprint.OfFolder(Path.Combine(_folder, "model"));
        File.WriteAllText(file, "others");
        Assert.NotEqual(before, Fingerprint.OfFolder(Path.Combine(_folder, "model")));
    }

    private static IReadOnlyList<(string Name, Interval Interval)> Rouge(
        Example[] examples, params string[] predictions)
        => Scores.Of(TaskMetric.Rouge, RougeProfile.T5, examples, predictions).Measures;
}
