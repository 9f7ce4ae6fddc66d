using LongT5.Cli;
using LongT5.Cli.Input;
using LongT5.Cli.Output;

namespace LongT5.Tests.Cli;

public class OutputPlanTests
{
    private static InputFile Input(string path) => new(path, path, Path.GetFileName(path));

    [Fact]
    public void What_was_there_stays_unless_it_is_forced()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("out.txt", "old");
        Assert.Contains("--force", Assert.Throws<Failure>(() => new OutputFile(path, force: false)).Message);
        using (var file = new OutputFile(path, force: true))
        {
            Assert.Equal("old", File.ReadAllText(path));
            file.Complete("new");
        }
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_file_that_is_given_up_leaves_nothing()
    {
        using var scratch = new Scratch();
        using (var file = new OutputFile(scratch["out.txt"], force: false))
            file.Stream.Write("half"u8);
        Assert.Empty(Directory.GetFiles(scratch.Folder));
    }

    [Fact]
    public void Several_texts_go_to_a_folder_each_under_its_name()
    {
        using var scratch = new Scratch();
        var inputs = new[] { Input("x/a.txt"), Input("y/b.md") };
        using var plan = new OutputPlan(inputs, scratch["out"], "summary", json: false, Existing.Refused);
        using (var file = plan.Open(inputs[1]))
            file!.Complete("b");
        Assert.Equal("b", File.ReadAllText(scratch["out/b.summary.txt"]));
    }

    [Fact]
    public void Documents_that_differ_in_their_ending_alone_keep_it()
    {
        using var scratch = new Scratch();
        var inputs = new[] { Input("x/a.pdf"), Input("x/a.docx"), Input("x/b.pdf") };
        using var plan = new OutputPlan(inputs, scratch["out"], "summary", json: false, Existing.Refused);
        foreach (var input in inputs)
            using (var file = plan.Open(input))
                file!.Complete("");
        Assert.Equal(
            ["a.docx.summary.txt", "a.pdf.summary.txt", "b.summary.txt"],
            Directory.GetFiles(scratch["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_texts_of_one_name_are_refused_before_any_work()
    {
        using var scratch = new Scratch();
        var failure = Assert.Throws<Failure>(() => new OutputPlan([Input("x/a.txt"), Input("y/a.txt")], scratch.Folder,
            "summary", false, Existing.Refused));
        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.Contains("x/a.txt and y/a.txt", failure.Message);
    }

    [Fact]
    public void The_input_is_never_the_output()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("a.txt", "text");
        Assert.Throws<Failure>(() => new OutputPlan([Input(path)], path, "summary", false, Existing.Replaced));
    }
}
