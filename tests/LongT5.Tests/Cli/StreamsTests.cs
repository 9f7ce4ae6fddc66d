using System.Diagnostics;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

/// <summary>Standard streams that are closed, and signals while one waits for them.</summary>
public class StreamsTests
{
    private static readonly string Model = TinyModel.Folder;

    [Theory]
    [InlineData("<&-", 0)]
    [InlineData("2>&-", 0)]
    [InlineData("<&- 2>&-", 0)]
    [InlineData(">&-", 1)]
    [InlineData("<&- >&- 2>&-", 1)]
    public void A_closed_stream_ends_nothing_but_what_needs_it(string closed, int exitCode)
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "The art of war.");
        var run = Longt5.Shell($"longt5 summarize '{text}' -m '{Model}' --max-new-tokens 4 --cut-anywhere {closed}");
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 0, run.Output.Length > 0);
        if (closed == ">&-")
            Assert.Contains("longt5: standard output is closed", run.Errors);

        // A file needs none of them.
        Assert.Equal(0, Longt5.Shell($"longt5 summarize '{text}' -m '{Model}' --max-new-tokens 4 --cut-anywhere -o "
            + $"'{scratch["out.txt"]}' {closed}").ExitCode);
        Assert.NotEqual("", File.ReadAllText(scratch["out.txt"]));
    }

    [Theory]
    [InlineData("summarize", "no text was given")]
    [InlineData("summarize -", "standard input is closed")]
    [InlineData("tokenize -", "standard input is closed")]
    [InlineData("generate -", "standard input is closed")]
    public void A_closed_input_is_said_where_it_is_asked_for(string call, string sentence)
    {
        var run = Longt5.Shell($"longt5 {call} -m '{Model}' <&-");
        Assert.InRange(run.ExitCode, 1, 2);
        Assert.Contains(sentence, run.Errors);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    public void A_failure_that_nobody_can_be_told_of_is_its_exit_code(string closed)
        => Assert.Equal(1, Longt5.Shell($"longt5 summarize /no/such.txt -m '{Model}' {closed}").ExitCode);

    [Theory]
    [InlineData("-INT", 130, "summarize")]
    [InlineData("-TERM", 143, "summarize")]
    [InlineData("-INT", 130, "tokenize")]
    [InlineData("-TERM", 143, "generate")]
    public void The_first_signal_ends_the_wait_for_standard_input(string signal, int exitCode, string command)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var scratch = new Scratch();
        var process = Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), command, "-",
            "-m", Model]);
        WaitForReader(process);
        Process.Start("kill", [signal, $"{process.Id}"]).WaitForExit();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            process.Kill();
            Assert.Fail("the signal did not end it");
        }
        Assert.Equal(exitCode, process.ExitCode);
        Assert.Equal("", process.StandardError.ReadToEnd());
    }

    /// <summary>Waits until a thread of the process sleeps in a read of as much as is asked of a stream.</summary>
    private static void WaitForReader(Process process)
    {
        var clock = Stopwatch.StartNew();
        while (!Directory.GetDirectories($"/proc/{process.Id}/task").Any(Reads))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "it never read its input");
            Thread.Yield();
        }
    }

    private static bool Reads(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "syscall")).Split(' ') is ["0" or "63", _, _, "0x10000", ..];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
