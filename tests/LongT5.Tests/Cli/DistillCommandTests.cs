using System.Text.Json;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary><c>longt5 shrink</c> and <c>longt5 distill</c>.</summary>
public class DistillCommandTests
{
    private static readonly string[] Rows = [.. Enumerable.Range(1, 4).Select(i =>
        $$"""{"document": "The art of war is a matter of life and death, and {{i}} of safety.", "summary": "war"}""")];

    [Fact]
    public void Shrink_says_which_layers_it_keeps_and_writes_what_summarize_reads()
    {
        using var scratch = new Scratch();
        var run = Longt5.Start("shrink", TinyModel.Folder, "-o", scratch["student"], "--encoder-layers", "1");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("encoder: layers 0 of 0 to 1\ndecoder: layers 0, 1 of 0 to 1", run.Output);
        var told = JsonDocument.Parse(Longt5.Start("inspect", scratch["student"], "--json").Output).RootElement;
        Assert.Contains("\"num_layers\":1", told.GetRawText().Replace(" ", ""));
        Assert.Equal(0, Longt5.Start("generate", scratch.Write("a.txt", "the art of war"), "-m", scratch["student"],
            "--max-new-tokens", "3").ExitCode);

        var named = Longt5.Start("shrink", TinyModel.Folder, "-o", scratch["named"], "--encoder-layers", "1,0",
            "--decoder-layers", "0/1");
        Assert.Equal(0, named.ExitCode);
        Assert.Contains("encoder: layers 1, 0 of 0 to 1\ndecoder: layers 0/1 of 0 to 1", named.Output);

        Assert.Equal(2, Longt5.Start("shrink", TinyModel.Folder, "-o", scratch["none"]).ExitCode);
        Assert.Contains("'x' is no layer", Longt5.Start("shrink", TinyModel.Folder, "-o", scratch["none"],
            "--decoder-layers", "0,x").Errors);
        var deep = Longt5.Start("shrink", TinyModel.Folder, "-o", scratch["deep"], "--decoder-layers", "3");
        Assert.Contains("from 1 to 2", deep.Errors);
        Assert.False(Directory.Exists(scratch["deep"]));
    }

    [Fact]
    public void A_teacher_writes_rows_that_training_reads_and_a_run_that_was_stopped_goes_on()
    {
        using var scratch = new Scratch();
        var rows = scratch.Write("rows.jsonl", string.Join('\n', Rows) + "\n");
        Assert.Equal(0, Write("whole.jsonl").ExitCode);
        var whole = File.ReadAllLines(scratch["whole.jsonl"]);
        Assert.Equal(4, whole.Length);
        foreach (var line in whole)
        {
            var row = JsonDocument.Parse(line).RootElement;
            Assert.StartsWith("The art of war", row.GetProperty("document").GetString());
            Assert.NotEqual("", row.GetProperty("summary").GetString());
        }

        Assert.Equal(0, Write("cut.jsonl", "--limit", "2").ExitCode);
        File.AppendAllText(scratch["cut.jsonl"], "{\"docum"); // cut in the middle of a line
        Assert.Equal(0, Write("cut.jsonl").ExitCode);
        Assert.Equal(whole, File.ReadAllLines(scratch["cut.jsonl"]));

        var other = Write("cut.jsonl", "--num-beams", "2");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("other settings", other.Errors);

        Run Write(string to, params string[] more) => Longt5.Start(["distill", "write", rows, "-o", scratch[to], "-m",
            TinyModel.Folder, "--max-new-tokens", "12", .. more]);
    }

    [Fact]
    public void What_the_page_on_distillation_says_to_type_works_as_it_is_written_there()
    {
        using var scratch = new Scratch();
        var lines = File.ReadAllLines(Path.Combine(Goldens.Repository, "docs", "training", "distillation.md"));
        foreach (var (command, made) in ((string, string)[])
            [("longt5 shrink models", "student/config.json"), ("longt5 distill write samples", "taught.jsonl")])
        {
            var words = lines.Single(line => line.StartsWith(command, StringComparison.Ordinal)).Split(' ')[1..];
            var output = Array.IndexOf(words, "-o") + 1;
            words[output] = scratch[words[output]];
            var run = Longt5.Start([.. words.Select(word => Path.Exists(Path.Combine(Goldens.Repository, word))
                ? Path.Combine(Goldens.Repository, word) : word)]);
            Assert.True(run.ExitCode == 0, run.Errors);
            Assert.True(File.Exists(scratch[made]), command);
        }
    }

    [Fact]
    public void What_the_teacher_finds_unlikely_is_left_out_and_counted()
    {
        using var scratch = new Scratch();
        var run = Longt5.Start("distill", "write", scratch.Write("rows.jsonl", string.Join('\n', Rows)), "-o",
            scratch["few.jsonl"], "-m", TinyModel.Folder, "--max-new-tokens", "12", "--least-score", "1000");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", File.ReadAllText(scratch["few.jsonl"]));
        Assert.Contains("4 texts were left out,", run.Errors);
    }
}
