using System.Diagnostics;
using LongT5.Server.Tests;

namespace LongT5.Browser.Tests;

/// <summary>The command line, for what a page is held against.</summary>
static class Command
{
    /// <summary>What <c>longt5 summarize --report</c> writes of a document.</summary>
    /// <param name="name">What the document is called.</param>
    /// <param name="content">The document.</param>
    /// <param name="ending">Of the report: <c>.html</c> or <c>.md</c>.</param>
    public static async Task<string> Report(string name, string content, string ending)
    {
        var folder = Directory.CreateTempSubdirectory("longt5-command-");
        var (document, report) = (Path.Combine(folder.FullName, name), Path.Combine(folder.FullName, "report" + ending));
        await File.WriteAllTextAsync(document, content);
        var command = LiveServer.Options.ReadingCommand!;
        using var process = Process.Start(new ProcessStartInfo(command[0],
            [.. command.Skip(1), "summarize", document, "--length", "medium", "--report", report])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(),
            process.WaitForExitAsync()).WaitAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(0, process.ExitCode);
        var text = await File.ReadAllTextAsync(report);
        folder.Delete(recursive: true);
        return text;
    }
}
