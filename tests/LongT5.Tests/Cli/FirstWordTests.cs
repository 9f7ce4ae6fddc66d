using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

public class FirstWordTests
{
    [Theory]
    [InlineData("there is no command sumarize; is summarize meant?", "sumarize", "a.txt")]
    [InlineData("there is no command summarized; is summarize meant?", "summarized")]
    [InlineData("there is no command frobnicate. longt5 --help lists them.", "frobnicate")]
    [InlineData("there is no option --foo.", "--foo")]
    [InlineData("there is no option --verison; is --version meant?", "--verison")]
    [InlineData("--num-beams is an option of summarize, answer, generate, evaluate", "--num-beams", "4")]
    [InlineData("there is no command task; is tasks meant?", "data", "task")]
    [InlineData("there is no option --lenght; is --length meant?", "summarize", "a.txt", "--lenght", "short")]
    [InlineData("there is no option --tensor; is --tensors meant?", "inspect", "m", "--tensor")]
    public void A_word_that_is_none_is_answered_with_the_nearest(string sentence, params string[] call)
    {
        var run = Longt5.Start(call);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(sentence, run.Errors);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_file_in_a_commands_place_is_told_what_to_do_with_it()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "War.");
        Assert.Contains($"longt5 summarize {text} summarises it", Longt5.Start(text).Errors);
    }

    [Fact]
    public void Help_and_version_are_given_however_they_are_asked_for()
    {
        Assert.Equal(Longt5.Start("--help").Output, Longt5.Start("help").Output);
        Assert.Equal(Longt5.Start("answer", "--help").Output, Longt5.Start("help", "answer").Output);
        Assert.StartsWith("Description:\n", Longt5.Start("data", "--help").Output);
        Assert.Equal(Longt5.Start("data", "--help").Output, Longt5.Start("help", "data").Output);
        Assert.Equal(Longt5.Start("--version").Output, Longt5.Start("-v").Output);
        Assert.Contains("is summarize meant?", Longt5.Start("help", "sumarise").Errors);
    }

    [Fact]
    public void The_British_spelling_is_the_same_command()
    {
        using var scratch = new Scratch();
        string[] call = [scratch.Write("a.txt", "The art of war."), "-m", TinyModel.Folder];
        Assert.Equal(Longt5.Start(["summarize", .. call, "--max-new-tokens", "4"]).Output,
            Longt5.Start(["summarise", .. call, "--max-new-tokens", "4"]).Output);
        Assert.Equal(Longt5.Start(["tokenize", .. call]).Output, Longt5.Start(["tokenise", .. call]).Output);
    }
}
