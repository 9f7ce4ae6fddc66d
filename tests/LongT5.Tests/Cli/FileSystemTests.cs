using System.Text;
using System.Text.Json;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>What the file system holds for a program that reads whole folders, and where its results may go.</summary>
public sealed class FileSystemTests : IDisposable
{
    private static readonly string Model = TinyModel.Folder;
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_link_that_loops_gives_each_text_once()
    {
        _scratch.Write("in/a.txt", "The art of war.");
        Directory.CreateSymbolicLink(_scratch["in/loop"], ".");
        Directory.CreateSymbolicLink(_scratch["in/up"], _scratch.Folder);
        Directory.CreateSymbolicLink(_scratch["in/itself"], "itself");
        File.CreateSymbolicLink(_scratch["in/b.txt"], "a.txt");
        var run = Summarize(_scratch["in"], "--json");
        Assert.Equal("", run.Errors);
        Assert.Single(Lines(run));
        Assert.Single(Lines(Summarize(_scratch["in/**/*.txt"], "--json")));
    }

    [Fact]
    public void A_pipe_in_a_folder_is_named_and_the_other_texts_are_done()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _scratch.Write("in/a.txt", "The art of war.");
        Start("mkfifo", _scratch["in/b.txt"]);
        _scratch.Write("in/c.txt", "It is life.");
        var run = Summarize(_scratch["in"], "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["a.txt", "b.txt", "c.txt"],
            Lines(run).Select(line => Path.GetFileName(line.GetProperty("file").GetString()!)));
        Assert.Contains("b.txt is a pipe or a device", run.Errors);
    }

    [Fact]
    public void A_locked_folder_is_named_and_the_other_texts_are_done()
    {
        if (OperatingSystem.IsWindows())
            return;
        _scratch.Write("in/a.txt", "The art of war.");
        _scratch.Write("in/locked/b.txt", "It is life.");
        File.SetUnixFileMode(_scratch["in/locked"], UnixFileMode.None);
        try
        {
            // Who may read everything is locked out of nothing.
            if (CanRead(_scratch["in/locked"]))
                return;
            var run = Summarize(_scratch["in"], "--json");
            Assert.Equal(1, run.ExitCode);
            Assert.Equal(2, Lines(run).Count);
            Assert.Contains("locked may not be read", run.Errors);
        }
        finally
        {
            File.SetUnixFileMode(_scratch["in/locked"], UnixFileMode.UserRead | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_said_and_the_other_texts_are_done()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _scratch.Write("in/a.txt", "The art of war.");
        Start("bash", "-c", $"echo 'It is life.' > '{_scratch["in"]}'/$'caf\\xe9.txt'");
        var run = Summarize(_scratch["in"], "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(2, Lines(run).Count);
        Assert.Contains("a name that is not UTF-8", run.Errors);
        var named = Longt5.Shell($"longt5 summarize '{_scratch["in"]}'/$'caf\\xe9.txt' -m '{Model}'").Errors;
        // .NET cannot name this file either, so it cannot take it away.
        Start("bash", "-c", $"rm '{_scratch["in"]}'/*");
        Assert.Contains("its name is not UTF-8", named);
    }

    [Fact]
    public void What_is_done_is_left_and_the_rest_is_done()
    {
        _scratch.Write("in/a.txt", "The art of war.");
        _scratch.Write("in/deep/b.txt", "It is life.");
        Summarize(_scratch["in"], "-o", _scratch["out"]);
        Assert.Equal(["a.summary.txt", "deep/b.summary.txt"], Results());
        File.Delete(_scratch["out/a.summary.txt"]);
        File.WriteAllText(_scratch["out/deep/b.summary.txt"], "mine");

        var refused = Summarize(_scratch["in"], "-o", _scratch["out"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--skip-done", refused.Errors);

        File.Delete(_scratch["out/a.summary.txt"]);
        var run = Summarize(_scratch["in"], "-o", _scratch["out"], "--skip-done");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"longt5: 1 of 2 texts are done already.\nlongt5: {_scratch["in/a.txt"]}: ", run.Errors);
        Assert.Equal(2, run.Errors.Count('\n'));
        Assert.Equal("mine", File.ReadAllText(_scratch["out/deep/b.summary.txt"]));
        Assert.Equal(["a.summary.txt", "deep/b.summary.txt"], Results());
        Assert.Equal("longt5: 2 of 2 texts are done already.\n",
            Summarize(_scratch["in"], "-o", _scratch["out"], "--skip-done").Errors);
    }

    [Fact]
    public void A_folder_gives_one_file_of_lines_and_a_run_that_was_stopped_goes_on_in_it()
    {
        _scratch.Write("in/a.txt", "The art of war.");
        _scratch.Write("in/b.txt", "%PDF-1.4");
        var lines = _scratch["out.jsonl"];
        Assert.Equal(1, Summarize(_scratch["in"], "-o", lines).ExitCode);
        Assert.Equal([false, true], Read(lines).Select(line => line.TryGetProperty("error", out _)));

        Assert.Contains("exists already", Summarize(_scratch["in"], "-o", lines).Errors);
        File.AppendAllText(lines, "{\"file\": \"cut");
        _scratch.Write("in/b.txt", "It is life.");
        Assert.Equal(0, Summarize(_scratch["in"], "-o", lines, "--skip-done").ExitCode);
        Assert.Equal(["a.txt", "b.txt", "b.txt"],
            Read(lines).Select(line => Path.GetFileName(line.GetProperty("file").GetString())));
        Assert.Equal(0, Summarize(_scratch["in"], "-o", lines, "--force").ExitCode);
        Assert.Equal(2, Read(lines).Count);

        File.WriteAllText(lines, "no result\n");
        Assert.Contains("line 1 is no result", Summarize(_scratch["in"], "-o", lines, "--skip-done").Errors);
    }

    [Fact]
    public void Several_texts_are_not_written_to_a_name_that_is_one_files()
    {
        var files = new[] { _scratch.Write("a.txt", "War."), _scratch.Write("b.txt", "Life.") };
        var run = Longt5.Start(["summarize", .. files, "-m", Model, "-o", _scratch["out.txt"]]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("names one file for 2 texts", run.Errors);
        Assert.False(Path.Exists(_scratch["out.txt"]));
    }

    [Fact]
    public void Devices_and_pipes_are_written_and_not_replaced()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var text = _scratch.Write("a.txt", "The art of war.");
        var plain = Summarize(text).Output;
        Assert.NotEqual("", plain);
        Assert.Equal(plain, Summarize(text, "-o", "/dev/stdout").Output);
        Assert.Equal(plain, Summarize(text, "-o", "-").Output);
        Assert.Equal(plain, Summarize(text, "-o", "/dev/stderr").Errors);
        Assert.Equal((0, "", ""), Summarize(text, "-o", "/dev/null") is var run
            ? (run.ExitCode, run.Output, run.Errors) : default);
        Assert.Equal(plain,
            Longt5.Shell(
                $"longt5 summarize '{text}' -m '{Model}' --max-new-tokens 4 --cut-anywhere -o >(cat); wait").Output);
        Assert.Equal(plain, Longt5.Shell(
            $"longt5 summarize '{text}' -m '{Model}' --max-new-tokens 4 --cut-anywhere -o /dev/stdout > "
                + $"'{_scratch["here"]}'; cat '{_scratch["here"]}'").Output);
    }

    private List<string> Results()
        => [.. Directory.GetFiles(_scratch["out"], "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_scratch["out"], path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    private static Run Summarize(params string[] arguments)
        => Longt5.Start(["summarize", .. arguments, "-m", Model, "--max-new-tokens", "4", "--cut-anywhere"]);

    private static List<JsonElement> Lines(Run run) => Parse(run.Output);

    private static List<JsonElement> Read(string path) => Parse(File.ReadAllText(path));

    private static List<JsonElement> Parse(string lines)
        => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(Encoding.UTF8.GetBytes(line)).RootElement)];

    private static void Start(string program, params string[] arguments)
    {
        var run = Longt5.Finish(Longt5.Launch(program, arguments));
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    private static bool CanRead(string folder)
    {
        try
        {
            return Directory.GetFiles(folder).Length > 0;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
