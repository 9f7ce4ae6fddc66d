using System.Diagnostics;
using LongT5.Tests.Tasks;

namespace LongT5.Server.Tests;

/// <summary><c>longt5 serve</c> that cannot serve: one sentence, and an exit code.</summary>
public sealed class ServeCommandTests
{
    [Fact]
    public async Task A_model_that_is_damaged_ends_the_command_with_one_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("longt5-damaged-").FullName;
        TinyModel.Write(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), "{");
        var (code, said) = await Run("-m", $"x={folder}", "--port", "0");
        Directory.Delete(folder, recursive: true);
        Assert.Equal(1, code);
        Assert.Contains("config.json", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_sentence()
    {
        await using var other = await LiveServer.Start();
        var (code, said) = await Run("-m", $"x={TinyModel.Folder}", "--port", $"{other.Url.Port}");
        Assert.Equal(1, code);
        Assert.Contains("is taken by another program", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_machines_are_not_served_without_a_key()
    {
        var (code, said) = await Run("--host", "0.0.0.0", "--port", "0");
        Assert.Equal(2, code);
        Assert.Contains("--api-key-file", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_the_page_is_told_and_opened_where_that_is_asked_for()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Programs open pages by xdg-open on Linux.");
            return;
        }
        var folder = Directory.CreateTempSubdirectory("longt5-open-").FullName;
        var opener = Path.Combine(folder, "xdg-open");
        File.WriteAllText(opener, "#!/bin/sh\necho \"$1\" > \"$0.part\" && mv \"$0.part\" \"$0.said\"\n");
        File.SetUnixFileMode(opener, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var command = LiveServer.Options.ReadingCommand!;
        using var process = Process.Start(new ProcessStartInfo(command[0],
            [.. command.Skip(1), "serve", "--open", "-m", $"x={TinyModel.Folder}", "--port", "0"])
        {
            RedirectStandardError = true,
            Environment = { ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}" },
        })!;
        var told = await process.StandardError.ReadLineAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (!File.Exists(opener + ".said")) await Task.Delay(20, limit.Token);
        Assert.Equal($"longt5: serving x at {File.ReadAllText(opener + ".said").TrimEnd()}: open it in a browser, or send it "
            + "requests; Ctrl-C ends it.", told);
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_page_that_is_left_out_is_not_opened()
    {
        var (code, said) = await Run("--open", "--no-page");
        Assert.Equal(2, code);
        Assert.Contains("--no-page", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--keep", true)]
    [InlineData("--max-memory", false)]
    public async Task No_document_may_be_kept_and_no_memory_may_not_be_taken(string flag, bool isTaken)
        => Assert.Equal(!isTaken, (await Run(flag, "0", "--open", "--no-page")).Said
            .Contains($"{flag} must be", StringComparison.Ordinal));

    internal static async Task<(int Code, string Said)> Run(params string[] arguments)
    {
        var command = LiveServer.Options.ReadingCommand!;
        using var process = Process.Start(new ProcessStartInfo(command[0], [.. command.Skip(1), "serve", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        return (process.ExitCode, await output + await error);
    }
}
