using LongT5.Evaluation;
using LongT5.Tests.Text;

namespace LongT5.Tests.Evaluation;

public sealed class AnswerMatchTests
{
    [Fact]
    public void Every_recorded_pair_agrees_with_SQuAD()
    {
        foreach (var pair in TextGoldens.Document("squad.json").EnumerateArray())
        {
            var (gold, prediction) = (pair.Text("gold"), pair.Text("prediction"));
            Assert.Equal(pair.Text("normalized_gold"), AnswerMatch.Normalize(gold));
            Assert.Equal(pair.GetProperty("exact").GetInt32() == 1, AnswerMatch.Exact(prediction, [gold]));
            Assert.Equal(pair.GetProperty("f1").GetDouble(), AnswerMatch.F1(prediction, [gold]), 1e-12);
        }
    }

    [Theory]
    [InlineData("The Beatles' \u2018Help!\u2019", "beatles help", "beatles \u2018help\u2019")]
    [InlineData("rock_and-roll", "rock and roll", "rockandroll")]
    [InlineData("an A.B.", "b", "ab")]
    public void TriviaQA_puts_spaces_where_SQuAD_deletes(string answer, string trivia, string squad)
    {
        Assert.Equal(trivia, AnswerMatch.Normalize(answer, AnswerStyle.TriviaQa));
        Assert.Equal(squad, AnswerMatch.Normalize(answer));
    }

    [Fact]
    public void The_best_gold_answer_counts()
    {
        Assert.True(AnswerMatch.Exact("the U.S.", ["England", "US"]));
        Assert.Equal(2 / 3.0, AnswerMatch.F1("president Lincoln", ["Grant", "Lincoln"]), 12);
        Assert.Throws<ArgumentException>(() => AnswerMatch.Exact("a", []));
    }
}
