using System.Diagnostics;

namespace LongT5.Tests;

public class PortablePathTests
{
    /// <summary>The runtime decides once what the processor has, so a process without vector instructions is another process.</summary>
    [Fact]
    public async Task Kernels_and_model_pass_their_tests_without_vector_instructions()
    {
        var start = new ProcessStartInfo("dotnet",
            [typeof(PortablePathTests).Assembly.Location, "-class", "LongT5.Tests.Kernels.*", "-class", "LongT5.Tests.Model.OracleTests", "-class", "LongT5.Tests.Model.GoldenModelTests"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableHWIntrinsic"] = "0";
        start.Environment.Remove("LONGT5_GOLDENS"); // the selection in the repository is enough for the same code

        using var tests = Process.Start(start)!;
        var output = await tests.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tests.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(tests.ExitCode == 0, output);
        Assert.DoesNotContain("Total: 0,", output, StringComparison.Ordinal);
    }
}
