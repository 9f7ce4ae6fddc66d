using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

public class AnswererTests
{
    private static readonly LongT5Model Model = LongT5Model.Load(TinyModel.Folder);

    [Fact]
    public void A_question_is_asked_in_the_words_that_T5_was_trained_with()
    {
        var options = new TextOptions { Generation = new() { MaxNewTokens = 9 } };
        Assert.Equal(Model.Generate("question: What is it? context: The art of war.", options)[0].Text,
            new Answerer(Model).Answer(" What is it? ", "The art of war.", options).Text);
    }

    [Fact]
    public void Without_a_word_on_length_an_answer_has_room_for_64_tokens()
        => Assert.Equal(Answerer.Tokens,
            new Answerer(Model).Answer("What?", "War.",
                new() { Generation = new() { MinNewTokens = 64 } }).OutputTokens);

    [Theory]
    [InlineData(" ", "War.")]
    [InlineData("What?", " ")]
    public void A_question_or_a_text_that_is_empty_is_an_error(string question, string text)
        => Assert.Throws<ArgumentException>(() => new Answerer(Model).Answer(question, text));

    [Fact]
    public void A_task_gives_what_its_class_gives_and_options_that_are_resolved_stay_as_they_are()
    {
        var options = new TextOptions { Generation = new() { NumBeams = 2, MaxNewTokens = 7 }, Prefix = "x " };
        Assert.Equal(new Answerer(Model).Answer("What?", "War.", options).Text,
            TextTask.Answer(Model, "What?", options).Run("War.", null, TestContext.Current.CancellationToken)[0].Text);
        Assert.Equal(new Summarizer(Model).Summarize("The art of war.", new() { Generation = options.Generation }).Text,
            TextTask.Summarize(Model, new() { Generation = options.Generation })
                .Run("The art of war.", null, TestContext.Current.CancellationToken)[0].Text);
        var resolved = options.Resolve(Model);
        Assert.Equal(resolved.Generation.ToString(), resolved.Resolve(Model).Generation.ToString());
        Assert.Equal("x ", resolved.Resolve(Model).Prefix);
    }
}
