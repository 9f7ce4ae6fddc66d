namespace LongT5.Tests.Cli;

/// <summary>
/// Under a limit of address space (<c>ulimit -v</c>) a run ends in a summary or in one sentence, never in words of
/// the runtime's.
/// </summary>
public class AddressLimitTests
{
    /// <summary>How the launcher starts the program, taken from it.</summary>
    private static readonly string Start = string.Join('\n',
        File.ReadAllLines(Path.Combine(Goldens.Repository, "longt5"))
            .SkipWhile(line => !line.StartsWith("limit=", StringComparison.Ordinal)));

    [Theory]
    [InlineData(256, false)]
    [InlineData(400, null)]
    [InlineData(500, null)]
    [InlineData(1000, true)]
    [InlineData(3000, true)]
    [InlineData(6000, true)]
    public void A_limit_of_addresses_ends_in_a_summary_or_in_one_sentence(int mebibytes, bool? suffices)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var scratch = new Scratch();
        var launcher = scratch.Write("launcher", $"""
            program='{Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll")}'
            ulimit -v {mebibytes * 1024}
            {Start}
            """);
        var run = Longt5.Finish(Longt5.Launch("bash",
            [launcher, "summarize", Path.Combine(Goldens.Repository, "CONTRIBUTING.md"), "--length", "short"]));
        Assert.True(suffices is null || suffices == (run.ExitCode == 0), $"{run.ExitCode} {run.Errors}");
        Assert.InRange(run.ExitCode, 0, 1);
        if (run.ExitCode == 0)
            Assert.EndsWith(".", run.Output.Trim());
        else
            Assert.StartsWith("longt5: ", Assert.Single(run.Errors.Trim().Split('\n')));
    }
}
