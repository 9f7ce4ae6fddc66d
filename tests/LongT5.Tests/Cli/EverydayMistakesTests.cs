using System.Diagnostics;
using System.Text;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>
/// Each mistake that people make gives one sentence that says what to do, on stderr, and code 1 or 2.
/// </summary>
public class EverydayMistakesTests
{
    private static readonly string Model = TinyModel.Folder;

    private static string Sentence(Run run, int exitCode)
    {
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("longt5: ", run.Errors);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", run.Errors);
        return run.Errors;
    }

    [Theory]
    [InlineData("missing.txt", null, "does not exist")]
    [InlineData("empty.txt", "", "is empty")]
    [InlineData("a.pdf", "%PDF-1.7\n%\u00E2\u00E3\u00CF\u00D3", "a.pdf: the PDF is")]
    [InlineData("a.docx", "PK\u0003\u0004\u0014\0", "damaged or cut-off zip archive")]
    [InlineData("a.bin", "abc\u0001\u0002\u0003", "(at byte 3): it is not text: 0x01")]
    [InlineData("a.txt", "Caf\u00C3\u00A9, na\u00C3\u00AFve, and then \u00C3 broken.",
        "(at byte 24): it is not sound UTF-8")]
    public void A_file_that_cannot_be_read_is_named(string name, string? content, string expected)
    {
        using var scratch = new Scratch();
        if (content is not null)
            scratch.Write(name, Encoding.Latin1.GetBytes(content));
        Assert.Contains(expected, Sentence(Longt5.Start("summarize", scratch[name], "-m", Model), 1));
    }

    [Fact]
    public void No_model_and_a_wrong_model_are_said()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "Text.");
        Assert.Contains("no model is bundled with this installation: name one",
            Sentence(Longt5.Finish(Longt5.Launch("dotnet", [CopiedAlone(scratch["alone"]), "summarize", text])), 1));
        Assert.Contains("there are no weights", Sentence(Longt5.Start("summarize", text, "-m", scratch.Folder), 1));
        var unknown = Longt5.Start("summarize", text, "-m", "nobody/nothing");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("nobody/nothing/resolve/main/config.json -> ", unknown.Errors);
    }

    [Fact]
    public void What_cannot_be_written_is_said()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "Text.");
        var taken = scratch.Write("taken.txt", "old");
        Assert.Contains("--force", Sentence(Longt5.Start("summarize", text, "-m", Model, "-o", taken), 1));
        Assert.Equal("old", File.ReadAllText(taken));
        Assert.Contains("cannot be written",
            Sentence(Longt5.Start("summarize", text, "-m", Model, "-o", Path.Combine(taken, "b.txt")), 1));
    }

    [Fact]
    public void A_full_disk_and_a_closed_pipe_are_said()
    {
        if (!File.Exists("/dev/full"))
            return;
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "Text.");
        Assert.Contains("the disk is full",
            Sentence(
                Longt5.Shell($"longt5 summarize '{text}' -m '{Model}' --max-new-tokens 3 --cut-anywhere > /dev/full"),
                1));
        scratch.Write("many.txt", string.Concat(Enumerable.Repeat("Many words. ", 100_000)));
        Assert.Contains("closed it",
            Sentence(
                Longt5.Shell($"longt5 tokenize '{scratch["many.txt"]}' -m '{Model}' | true; exit ${{PIPESTATUS[0]}}"),
                1));
    }

    [Theory]
    [InlineData("there is no option --lenght", "summarize", "--lenght", "short", "a.txt")]
    [InlineData("'middle' not recognized", "summarize", "--length", "middle", "a.txt")]
    [InlineData("num_beams must be from 1 to 1024, not 0", "generate", "x", "--num-beams", "0")]
    [InlineData("num_beams is \"many\"; expected a whole number", "generate", "x", "--num-beams", "many")]
    [InlineData("temperature 0.5 contradicts do_sample false", "generate", "x", "--temperature", "0.5")]
    [InlineData("--max-memory must be a size", "generate", "x", "--max-memory", "lots")]
    [InlineData("'int4' not recognized", "generate", "x", "--dtype", "int4")]
    [InlineData("--lengths must be from 1 to", "bench", "--lengths", "64", "0")]
    [InlineData("'-x'", "generate", "a prompt", "-x")]
    [InlineData("--threads must be from 1", "generate", "x", "--threads", "0")]
    [InlineData("--question", "answer", "a.txt")]
    [InlineData("--stream writes words", "generate", "x", "--stream", "--json")]
    public void A_wrong_call_is_a_sentence_and_code_2(string expected, params string[] arguments)
        => Assert.Contains(expected, Sentence(Longt5.Start([.. arguments, "-m", Model]), 2));

    [Fact]
    public void One_file_that_fails_does_not_stop_the_others()
    {
        using var scratch = new Scratch();
        string[] files = [scratch.Write("a.txt", "The art of war."), scratch.Write("b.txt", "%PDF-1.4"),
            scratch.Write("c.txt", "It is life.")];
        var run = Longt5.Start(["summarize", .. files, "-m", Model, "--max-new-tokens", "4", "--json"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(3, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("the PDF is", run.Output.Split('\n')[1]);
        Assert.EndsWith("longt5: 1 of 3 texts failed.\n", run.Errors);

        run = Longt5.Start(["summarize", .. files, "-m", Model, "--max-new-tokens", "4", "-o", scratch["out"]]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["a.summary.txt", "c.summary.txt"], Directory.GetFiles(scratch["out"])
            .Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Ctrl_C_ends_cleanly_with_code_130()
    {
        if (OperatingSystem.IsWindows())
            return;
        var process = Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"),
            "generate", "The art of war.", "-m", Model, "--stream", "--min-new-tokens", "1000000", "--max-new-tokens",
            "1000000"]);
        process.StandardOutput.Read();
        Assert.Equal(0, Longt5.Finish(Longt5.Launch("kill", ["-INT", $"{process.Id}"])).ExitCode);
        var run = Longt5.Finish(process);
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("", run.Errors);
    }

    /// <summary>
    /// The program with its libraries in a folder of their own, where nothing lies beside them or above.
    /// </summary>
    private static string CopiedAlone(string folder)
    {
        Directory.CreateDirectory(folder);
        var needed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.deps.json"));
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith("LongT5.Cli.", StringComparison.Ordinal)
                || needed.Contains($"{name}\"", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(folder, name));
        }
        return Path.Combine(folder, "LongT5.Cli.dll");
    }
}
