using System.Diagnostics;
using System.Text;

namespace LongT5.Tests.Cli;

/// <summary>What one run of the built program gave.</summary>
sealed record Run(int ExitCode, string Output, string Errors);

/// <summary>Runs the built command line as a process of its own, as a user does.</summary>
static class Longt5
{
    /// <summary>No run of a test takes a tenth of it, on a machine that does much else besides.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    /// <summary>The program that the tests were built with.</summary>
    private static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll");

    /// <summary>Runs <c>longt5 ARGUMENTS</c> to its end.</summary>
    public static Run Start(params string[] arguments) => Start(null, arguments);

    /// <summary>Runs it with these bytes on standard input.</summary>
    public static Run Start(byte[]? input, params string[] arguments)
        => Finish(Launch("dotnet", [Program, .. arguments]), input);

    /// <summary>Runs a line of the shell in which <c>longt5</c> is the program: for pipes and redirections.</summary>
    public static Run Shell(string line)
        => Finish(Launch("bash", ["-c", $"longt5() {{ dotnet '{Program}' \"$@\"; }}; {line}"]), null);

    /// <summary>Starts any program with pipes for its streams.</summary>
    public static Process Launch(
        string program, IEnumerable<string> arguments, string? folder = null,
        params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("LONGT5_MODEL");
        // No test asks the network; those of the hub name one of their own.
        start.Environment["HF_HUB_OFFLINE"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>
    /// Feeds a process, reads all it says, and waits for it; one that does not end is ended, and that is a failure.
    /// </summary>
    public static Run Finish(Process process, byte[]? input = null)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            var feeding = Feed(process.StandardInput, input);
            if (!process.WaitForExit(LongestRun))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"It did not end within {LongestRun.TotalMinutes:0} minutes. It "
                    + $"said:\n{output.Result}\n{errors.Result}");
            }
            feeding.GetAwaiter().GetResult();
            return new(process.ExitCode, output.Result, errors.Result);
        }
    }

    private static async Task Feed(StreamWriter to, byte[]? input)
    {
        await using (to)
        {
            if (input is not null) await to.BaseStream.WriteAsync(input);
        }
    }
}
